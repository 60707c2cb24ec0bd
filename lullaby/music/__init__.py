"""Music written by rules: melodies, their harmony, and how they slow into sleep."""
