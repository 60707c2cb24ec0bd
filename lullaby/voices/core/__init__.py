"""Parts that every voice is built from: settings, random numbers, coloured noise, one-shots, panning,
weather."""
