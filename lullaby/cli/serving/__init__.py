"""Serving nights to phones and boxes: what is typed for it, and what the terminal shows meanwhile."""
