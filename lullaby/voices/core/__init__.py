"""What every voice is built from: settings, chance, coloured noise, layers, struck onsets, weather."""
