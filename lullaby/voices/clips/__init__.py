"""The listener's own recordings, played as an endless bed of overlapping grains."""
