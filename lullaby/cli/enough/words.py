"""A word that is typed unseen."""

from __future__ import annotations

import contextlib
import getpass
import sys

from lullaby.errors import AskedWrongly


def word_typed(asks: str, *, twice: bool = False) -> str:
    """The word: typed at a terminal, where it is not shown, else a line of standard input. Never an option: a
    shell keeps what is typed to it."""
    if sys.stdin is None or not sys.stdin.isatty():
        word = ""
        with contextlib.suppress(OSError):  # it is closed
            word = "" if sys.stdin is None else sys.stdin.readline().rstrip("\r\n")
    else:
        try:
            word = getpass.getpass(asks)
            if twice and getpass.getpass("Once more: ") != word:
                raise AskedWrongly("these are two words. Nothing is changed.")
        except EOFError:
            word = ""
    if not word:
        raise AskedWrongly("no word was typed. Nothing is changed.")
    return word
