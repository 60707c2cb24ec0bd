"""Pictures: covers, spectrograms of a night, hypnograms. The one door to Pillow."""
