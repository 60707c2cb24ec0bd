"""Options that several commands share: which night, whose sleep, a mix, a listener."""
