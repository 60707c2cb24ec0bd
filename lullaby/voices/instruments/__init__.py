"""Instruments: what plays the notes it is given, and by itself where it is given none."""
