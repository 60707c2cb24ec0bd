"""Everything that sounds: kinds of sound, and the one place that lists them."""
