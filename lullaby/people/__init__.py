"""The listeners: private files of who listens, their limits, and how loud their devices are."""
