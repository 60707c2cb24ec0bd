"""Speech that was prepared: lines at their frames, played in order from the shelf."""
