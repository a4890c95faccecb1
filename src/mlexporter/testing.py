"""For your tests and ours: a clock that is moved by hand, an exporter of its own, and strictness.

Example:
    >>> from mlexporter.testing import isolated_exporter
    >>> import mlexporter
    >>> with isolated_exporter() as exporter:
    ...     @mlexporter.monitor(model="doubler", version="1")
    ...     def predict(x):
    ...         return 2 * x
    ...     _ = predict(21)
    ...     exporter.view().models[0].snapshot.service.accepted
    1
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mlexporter.app import Exporter, use_exporter
from mlexporter.configuration.effective import effective_settings
from mlexporter.state.clock import StandingClock, WindowClock


class FakeClock(StandingClock):
    """A clock of windows that stands still until it is moved by ``advance``.

    Args:
        start: First reading, seconds.
    """


@contextmanager
def isolated_exporter(clock: WindowClock | None = None, **settings: object) -> Iterator[Exporter]:
    """Make a strict exporter the default one for the time of the block, and close it after.

    Args:
        clock: Clock of the windows; a ``FakeClock`` if not given.
        settings: Fields of ``Settings`` that differ from their defaults, such as
            ``required_observations=10``. ``strict`` is on and ``dir`` off unless they are given. The environment
            is not read, and nothing is evaluated but by ``exporter.evaluate()``.

    Yields:
        The exporter that ``mlexporter.monitor`` and its sisters use inside the block.
    """
    chosen: dict[str, object] = {"strict": True, "evaluation_interval": 3600.0, "dir": "off", **settings}
    exporter = Exporter(effective_settings({}, **chosen), clock=FakeClock() if clock is None else clock)
    before = use_exporter(exporter)
    try:
        yield exporter
    finally:
        use_exporter(before)
        exporter.close()
