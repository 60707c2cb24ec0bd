"""Pitched tones: pads, bowls and bells, beating tones."""
