"""What a contestant brings to a contest, and what it says when it cannot."""

from __future__ import annotations

from typing import Protocol

Numbers = dict[str, float]
"""Seconds of processor time for each unit of work, bytes, or counts, by name."""


class NotMeasurable(Exception):  # noqa: N818 - no error: a fact that the table states
    """Says in one sentence why a contestant cannot take part here."""


class Miscount(Exception):  # noqa: N818 - named for what it says
    """Says that a contestant did not do the work: its counts are not those of the rows it was given."""


class Task(Protocol):
    """Prepared when it is made; then repeated. It compares its counts with its work each time."""

    def __init__(self, *, quick: bool) -> None:
        """Prepare, do a little of the work and check that it is counted."""

    def repeat(self) -> Numbers:
        """Do the work once more and return what it cost."""

    def close(self) -> None:
        """Let go of threads and servers."""


def check(what: str, found: float, expected: float) -> None:
    """Compare a count with the work that was done.

    Raises:
        Miscount: they differ.
    """
    if found != expected:
        raise Miscount(f"{what}: {found} counted, {expected} expected")


def require(what: str, *, holds: bool) -> None:
    """Make sure of what a contest takes for granted.

    Raises:
        Miscount: it is not so.
    """
    if not holds:
        raise Miscount(f"it does not hold: {what}")
