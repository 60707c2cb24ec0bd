"""Boxes on a shelf that are sent a night: DLNA renderers, Chromecasts, Sonos."""
