"""How a call ended, told from what it raised."""

from __future__ import annotations

from mlexporter.state.entries import ABANDONED, CANCELLED, ERROR


def end_of(error: BaseException) -> tuple[int, str | None]:
    """Return the status of a call that raised ``error``, and the error's class for an ``error``."""
    name = class_name(error)
    if isinstance(error, GeneratorExit):
        return ABANDONED, None
    if not isinstance(error, Exception) or name == "CancelledError":
        return CANCELLED, None
    return ERROR, name


def class_name(error: BaseException) -> str:
    """Return the name of the class of ``error``; never raises, whatever its metaclass does."""
    return str(type.__dict__["__name__"].__get__(type(error)))
