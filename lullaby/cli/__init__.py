"""The command line: what a person types. Everything heavy is imported by the command that needs it, when it
runs."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from lullaby.cli.parser import parsed
from lullaby.cli.terminal.bedside import Bedside, let_go_of_output
from lullaby.cli.terminal.signals import Ended, heeded
from lullaby.errors import LullabyError
from lullaby.time import Clock, WallClock

__all__ = ["main"]

STOPPED = 130
"""The exit code that shells expect of a command stopped with Ctrl-C."""


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Do what was typed; the exit code says how it went: 0 done, 1 could not, 2 asked wrongly."""
    bedside = Bedside(clock or WallClock())
    collects, frozen = gc.isenabled(), gc.get_freeze_count()
    gc.disable()  # what is loaded stays: to look through it for garbage takes a twentieth of all the time
    try:
        with heeded():
            asked = parsed(sys.argv[1:] if argv is None else argv)
            if collects and not getattr(asked, "loads_on", False):
                gc.enable()
            code: int = asked.run(asked, bedside)
            bedside.finish()
        return code
    except LullabyError as error:
        bedside.note(str(error))
        return error.exit_code
    except Ended as ended:
        bedside.note(f"Stopped ({ended}).")
        return ended.exit_code
    except KeyboardInterrupt:
        bedside.note("Stopped.")
        return STOPPED
    except BrokenPipeError:
        let_go_of_output()
        return 1
    except SystemExit as asked_for:  # --help and --version
        return asked_for.code if isinstance(asked_for.code, int) else 0
    except Exception as error:
        if isinstance(error, FileNotFoundError) and _folder_is_gone():
            bedside.note("The folder you are in was deleted: go to another one (cd) and type it again there.")
            return 1
        _report(bedside, error)
        return 1
    finally:
        if not frozen:
            gc.unfreeze()
        if collects:
            gc.enable()


def _folder_is_gone() -> bool:
    """Was the current folder deleted? Then nothing that is named without its whole path can be found."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return True
    return False


def _report(bedside: Bedside, error: Exception) -> None:
    """A mistake of ours: one line for the listener; all of it for who wants to mend it."""
    if os.environ.get("LULLABY_DEBUG"):
        import traceback

        traceback.print_exc()
    said = " ".join(str(error).split())[:120]
    bedside.note(
        f"This should not have happened ({type(error).__name__}{': ' if said else ''}{said}). "
        "Please report it with what `lullaby doctor` prints; LULLABY_DEBUG=1 shows more."
    )
