"""How a call ended, told from what it raised."""

from __future__ import annotations

from mlexporter.state.entries import ABANDONED, CANCELLED, ERROR
from mlexporter.state.names import class_in, class_name


def end_of(error: BaseException | str) -> tuple[int, str | None]:
    """Return the status of a call that raised ``error``, and the error's class for an ``error``.

    A text is the name of the class of an error.
    """
    if isinstance(error, str):
        return ERROR, class_in(error)
    name = class_name(error)
    if isinstance(error, GeneratorExit):
        return ABANDONED, None
    if not isinstance(error, Exception) or name == "CancelledError":
        return CANCELLED, None
    return ERROR, name
