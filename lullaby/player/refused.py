"""The errors of what a player is asked for, apart: the door opens before all else is loaded."""

from __future__ import annotations


class Refused(Exception):
    """The error of a request that cannot be done: what is wrong with it, in a few words without a stop."""


class NameTaken(Refused):
    """The error of a score that is to be kept under a name that is taken, and may be replaced."""
