"""What somebody has decided about how much sound is enough: limits, quiet nights, a pledge, a month in which
it grows less. One private database for each listener."""
