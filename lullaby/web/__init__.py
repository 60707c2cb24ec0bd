"""What a phone's browser and the boxes at home are given, over the home's own network."""
