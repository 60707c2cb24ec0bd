"""Air and what it does: wind, leaves, a howl at the window, snow, thunder."""
