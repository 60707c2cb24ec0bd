"""Unity: the loudness that every voice has alone. Powers of ten are written out: they differ by processor."""

LUFS = -27.0
"""The loudness of any voice alone, at unity."""
MINUS_27 = 0.001995262314968879
"""10^-2.7: the power of -27 dB."""
UNITY = 0.002339375837841565
"""10^((-27 + 0.691) / 10): K-weighted power of both channels together at unity, -27 LUFS."""
ROOT_2 = 1.4142135623730951
