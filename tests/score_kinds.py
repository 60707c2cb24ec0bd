"""Three small kinds of voice that scores are read with in tests: a rain, a sea and a teller."""

from lullaby.score import Form, Kind, Setting

RAIN = Kind("rain", "rain on a roof", (
    Setting("level", "level", 0.0, "dB", -60, 12, "louder"),
    Setting("drops", "drops.rate", 6.0, "per second", 0, 400, "more drops", by_ratio=True),
    Setting("pitch", "drops.pitch", (900.0, 3200.0), "Hz", 100, 12_000, "smaller drops", Form.RANGE),
    Setting("spread", "drops.spread", 0.7, "", 0, 1, "wider"),
    Setting("tilt", "bed.tilt", -4.0, "dB per octave", -12, 0, "brighter", moves=False),
    Setting("sway", "bed.sway.by", 2.0, "dB", 0, 6, "more wind", moves=False),
    Setting("sway over", "bed.sway.over", 30.0, "s", 5, 300, "slower wind", moves=False),
))  # fmt: skip

SEA = Kind("sea", "waves on a shore", (
    Setting("level", "level", 0.0, "dB", -60, 12, "louder"),
    Setting("every", "every", 9.0, "s", 3, 60, "rarer waves"),
    Setting("chord", "chord", (110.0, 220.0), "Hz", 20, 2000, "higher", Form.NUMBERS, longest=4),
    Setting("shape", "shape", (), "dB", -60, 12, "louder there", Form.POINTS),
    Setting("shore", "shore", "sand", "", 0, 0, "its ground", Form.CHOICE, choices=("sand", "pebbles")),
    Setting("foam", "foam", True, "", 0, 1, "a hiss at the end", Form.FLAG),
    Setting("clip", "clip", "", "", 0, 0, "a recording beneath", Form.NAME),
    Setting("send", "room.send", -16.0, "dB", float("-inf"), 0, "more room"),
))  # fmt: skip

TELLER = Kind("teller", "a voice that tells stories", (
    Setting("level", "level", 0.0, "dB", -60, 12, "louder"),
    Setting("pace", "pace", 110.0, "words a minute", 60, 180, "quicker", moves=False),
), speaks=True)  # fmt: skip

KINDS = {kind.name: kind for kind in (RAIN, SEA, TELLER)}
