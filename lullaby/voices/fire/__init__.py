"""Fire: a bed of flames, and its crackles."""
