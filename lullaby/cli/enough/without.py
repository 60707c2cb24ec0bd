"""`lullaby without`: a night without sound."""

from __future__ import annotations

import argparse

from lullaby.cli.journal.whose import whose
from lullaby.cli.terminal.bedside import Bedside
from lullaby.evening.enough_heard import heard_by
from lullaby.journal.book import evening_of
from lullaby.journal.nights import NightPlayed, end_night, note_night

SAYS = "Tonight without. That is a good night already: nothing more to do. Sleep well."


def without(asked: argparse.Namespace, bedside: Bedside) -> int:
    listener, now = whose(asked), bedside.clock.now()
    evening = evening_of(now)
    if not heard_by(listener, evening).without:
        night = NightPlayed("", (), "", "", 0, evening, now, without=True)
        number = note_night(listener, night, now.date(), bedside.note)
        end_night(listener, number, now, 0.0, now.date())
    if asked.json:
        from lullaby.evening.facts.enough import facts_of_without

        bedside.facts(facts_of_without(evening))
    else:
        bedside.say(SAYS)
    return 0
