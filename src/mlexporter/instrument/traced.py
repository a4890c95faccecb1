"""A function that is called within a span where the application wants one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mlexporter.instrument.observed import is_plain_function, observed, run
from mlexporter.instrument.spans import Spans

Function: TypeAlias = Callable[..., Any]


def traced(function: Function, kind: Function, spans: Spans) -> Function:
    """Return ``function``, called within a span where one is wanted.

    With a span, a generator has a context of its own, which is the current one only while a piece of
    it runs.

    Args:
        function: What is called.
        kind: What really runs, which tells how: a coroutine function, a generator function or another.
        spans: Begins and ends the spans.
    """
    if is_plain_function(kind):
        return _traced_function(function, spans)
    return observed(function, kind, spans.begin)


def _traced_function(function: Function, spans: Spans) -> Function:
    """See first whether the current span has no flag at all: most are not sampled."""
    begin, current, key, invalid = spans.begin, spans.current, spans.key, spans.invalid

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            found = current()[key].get_span_context()  # type: ignore[attr-defined]  # or whatever is there
            is_unsampled = not found.trace_flags and found is not invalid
        except Exception:  # noqa: BLE001 - there is no current span, or none that can be asked
            is_unsampled = False
        begun = None if is_unsampled else begin(args, kwargs)
        if begun is None:
            return function(*args, **kwargs) if kwargs else function(*args)  # a dict is dear to hand on
        return run(begun, function, args, kwargs)

    return call
