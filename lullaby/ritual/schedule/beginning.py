"""Beginning a night that is due: the ordinary command line, run as a list of words in a process of its own.

    python -m lullaby.ritual.schedule.beginning CLAIM -- COMMAND…

That process takes over the claim, and becomes the command. Just before it sounds the command itself writes
down that it has begun (`confirmed`); until then whoever kills it has only made another one begin."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys

from lullaby.errors import LullabyError
from lullaby.ritual.schedule.book import KeptRule, rule_numbered, schedule
from lullaby.ritual.schedule.claims import BEGUN, INVITED, QUIET, Claim, claim_of, settle, take_over
from lullaby.ritual.schedule.due import Due
from lullaby.ritual.schedule.of_a_rule import CLAIM
from lullaby.score.plain_text import plain
from lullaby.time import Clock, WallClock


def command_of(rule: KeptRule, ends: datetime.datetime | None, now: datetime.datetime) -> list[str]:
    """`lullaby play NIGHT… --for NAME --device D --for-time T`."""
    words = [sys.executable, "-P", "-m", "lullaby", "play", *rule.night]
    if rule.listener is not None:
        words += ["--for", rule.listener]
    if rule.device is not None:
        words += ["--device", rule.device]
    if ends is not None:
        seconds = min(24 * 3600, max(1, round((ends - now).total_seconds())))
        words += ["--for-time", f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"]
    return words


def command_for(due: Due, now: datetime.datetime) -> list[str]:
    return [*command_of(due.rule, due.start.ends_if_begun(due.rule, now), now), "--plain"]


def begin(due: Due, command: list[str]) -> subprocess.Popen[bytes]:
    """The process that begins it, in a session of its own: a watcher that ends takes no night along."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(due.claim), "--", *command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def confirmed(clock: Clock) -> str | None:
    """Called by what plays, just before it sounds: may it? None: yes, and it is written down that it has
    begun. Else why not, in words. A night that no schedule begins may always."""
    said = os.environ.pop(CLAIM, None)
    if said is None:
        return None
    mine = claim_of(said)
    with schedule() as db:
        rule = rule_numbered(db, mine.rule)
        if rule is None:
            return "Its rule was removed, so it does not begin."
        due = _due(db.execute("select due from nights where rule = ? and key = ?", (mine.rule, mine.key)))
        if due is not None and clock.now() - due > datetime.timedelta(seconds=rule.grace):
            return "Its time is over, so it does not begin."
        if not settle(db, mine, BEGUN):
            return "Another process has begun this night."
    return None


def _due(rows: object) -> datetime.datetime | None:
    row = rows.fetchone()  # type: ignore[attr-defined]
    return None if row is None else datetime.datetime.fromisoformat(row[0])


def why_not_alone(rule: KeptRule) -> str:
    """Why a night whose rule lets it begin alone does not, in words; "" where it does."""
    from lullaby.ritual.schedule.bell import device_called
    from lullaby.ritual.schedule.sounding import sounding

    if rule.device is not None and isinstance(found := device_called(rule.device), str):
        return found
    return sounding().why_not or ""


def main(words: list[str]) -> int:
    mine, command = claim_of(words[0]), words[2:]
    try:
        return _begun(mine, command)
    except LullabyError as error:
        _note(str(error))
        return error.exit_code


def _begun(mine: Claim, command: list[str]) -> int:
    with schedule() as db:
        if not take_over(db, mine):
            return 0
        rule = rule_numbered(db, mine.rule)
    if rule is None:
        return 0
    if enough := is_enough(rule):
        with schedule() as db:  # neither a sound nor an invitation: nothing is to be
            settle(db, mine, QUIET, enough)
        return 0
    why = ""
    if rule.begins == "alone":
        why = why_not_alone(rule)
        if not why:
            return _become(command, {**os.environ, CLAIM: str(mine)})
    with schedule() as db:  # before it is shown: one invitation rather than two
        if not settle(db, mine, INVITED, why):
            return 0
    from lullaby.ritual.schedule.inviting import invite

    invite(rule.name, rule.device, why, _note)
    return 0


def is_enough(rule: KeptRule) -> str:
    """Why there is to be no sound this evening, by its listener's own wish; "" where there may be."""
    from lullaby.evening.enough import Enough, left_now
    from lullaby.journal.book import evening_of

    try:
        left_now(rule.listener, evening_of(WallClock().now()), anyway=False)
    except Enough as enough:
        return str(enough)
    return ""


def _become(command: list[str], env: dict[str, str]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "win32":  # there exec makes another process, and nobody would hold the claim
        return subprocess.call(command, env=env)
    os.execve(command[0], command, env)


def _note(text: str) -> None:
    print(plain(text), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
