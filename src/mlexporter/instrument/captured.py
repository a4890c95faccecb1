"""What was captured of a call, on its way from the begin of the call to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlexporter.state.entries import Call

if TYPE_CHECKING:
    from mlexporter.instrument.capture import Capture, Captured
    from mlexporter.instrument.source import Arguments, Keywords, Pick


class _PickFailed:
    """Stands for what a callable of the user failed to take out; no reader can read it."""


def picked(pick: Pick | None, args: Arguments, kwargs: Keywords) -> object:
    """Return what ``pick`` takes out of the arguments, None without one; what fails is unreadable."""
    if pick is None:
        return None
    try:
        return pick(args, kwargs)
    except Exception:  # noqa: BLE001 - the user's callable may fail on rubbish: an unreadable row
        return _PickFailed()


def as_call(capture: Capture, captured: Captured) -> Call:
    """Return the call of what was captured."""
    if isinstance(captured, Call):
        return captured
    return Call(capture.lane, rows=(captured,))


def is_well_formed(captured: Captured) -> bool:
    """Return whether one row was read, and nothing in it breaks the schema."""
    if type(captured) is tuple:
        return True
    return isinstance(captured, Call) and captured.timestamps is not None and not any(captured.violations)


def without_references(call: Call) -> Call:
    """Let go of rows that were for a warm-up: a buffer holds what it counts and no more."""
    call.held = ()
    columns: Any = getattr(call, "columns", None)
    if columns:
        call.columns = {}  # type: ignore[attr-defined]
    return call
