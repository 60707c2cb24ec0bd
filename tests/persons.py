"""A listener for the tests, with something said of everything."""

from __future__ import annotations

import datetime

from lullaby.people.listeners import (
    Person,
)
from lullaby.people.sleep_timer import SleepTimer
from lullaby.people.story_wishes import StoryWishes
from lullaby.people.traits import Sex
from lullaby.score.avoiding import Avoid

ANNA = Person(
    "anna",
    birth_year=1984,
    insomnia=0.25,
    chronotype=-1.5,
    sex=Sex.FEMALE,
    bedtime=22.5,
    latency=1.375,
    teller="old-keeper",
    names=("Anna", 'B"o', "Zoë"),
    stories=StoryWishes("harbour", "goose", "she", ("trains", "the moon"), datetime.date(2026, 11, 27)),
    avoid=Avoid(words=("spider",), kinds=("bell",), clips=("my dog",)),
    cap_dba=42.5,
    longest_min=90,
    play_out_min=75,
    timer=SleepTimer(2_700, (22.0, 6.25)),
)
