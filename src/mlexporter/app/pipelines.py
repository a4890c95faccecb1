"""``Pipelines``: what an exporter pushes over OTLP; who pushes nothing loads nothing of it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from mlexporter.state.forking import IMPORTING, survives_fork
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter

    from mlexporter.app.engine import Engine
    from mlexporter.app.pushing.handle import PushHandle
    from mlexporter.app.pushing.options import Temporality
    from mlexporter.app.pushing.pushes import Pushes
    from mlexporter.records import View
    from mlexporter.settings import Settings

_ON: Final = "on"
_END_SECONDS: Final = 3.0
"""What a process that ends gives its last push."""
_THREAD_NAME: Final = "mlexporter-last-push"


class _LastPush:
    """A thread that waits for the end of a process that may be over before the first look: at its end none starts."""

    def __init__(self, push: Callable[[], None]) -> None:
        self._push = push
        self._event = threading.Event()
        self._is_needed = False
        self._thread = threading.Thread(target=self._work, name=_THREAD_NAME, daemon=True)
        self._thread.start()

    def go(self, seconds: float) -> None:
        """Push, and wait so long for it."""
        self._is_needed = True
        self._event.set()
        self._thread.join(seconds)
        if self._thread.is_alive():
            LOG.warning(
                "mlexporter: the last push over OTLP was not answered within %g s and is given up: the counts "
                "of this process may be missing at the receiver", seconds,
            )  # fmt: skip

    def let_go(self) -> None:
        """It is not needed any more."""
        self._event.set()

    def _work(self) -> None:
        self._event.wait()
        if self._is_needed:
            self._push()


class Pipelines:
    """Stands for ``Pushes`` until something is pushed.

    Args:
        engine: What the exporter counts with.
        settings: ``push``, ``strict`` and ``disabled``.
        view: Returns all that a scrape would show.
    """

    def __init__(self, engine: Engine, settings: Settings, view: Callable[[], View]) -> None:
        self._engine = engine
        self._settings = settings
        self._view = view
        self._began = time.time_ns()
        self._made: Pushes | None = None
        self._is_wanted = settings.push == _ON and not settings.disabled
        self._changing = survives_fork(threading.RLock())
        self._last_push: _LastPush | None = None

    @property
    def degraded(self) -> Mapping[str, str]:
        """What is wrong with pushes, by reason."""
        return {} if self._made is None else self._made.degraded

    def push(self, exporter: Any, **arguments: Any) -> PushHandle:
        """Begin to push; ``Exporter.push`` says what the arguments mean."""
        with self._changing:
            handle = self._pushes().push(exporter, **arguments)
            self._is_wanted = False  # the code does itself what the setting asks for
            self._let_go()
        return handle

    def merge(self, inner: MetricExporter, temporality: Temporality | None) -> MetricExporter:
        """Return an exporter that adds our points; ``Exporter.exporter_with_models`` says more."""
        return self._pushes().merge(inner, temporality)

    def look(self) -> None:
        """Begin what the setting asks for, once a call is counted: until then the application may be setting up."""
        if self._is_wanted and self._engine.prepare is None:
            with self._changing:
                is_wanted, self._is_wanted = self._is_wanted, False
                if is_wanted:  # the code may have begun meanwhile
                    self._let_go()
                    self._pushes().push_by_setting()
        self.resume()

    def resume(self) -> None:
        """Start threads: of a process that may end before the first look, and those that a fork has left behind."""
        if self._is_wanted and self._last_push is None and self._engine.prepare is None:
            self._wait_for_the_end()
        if self._made is not None:
            self._made.resume()

    def forget(self) -> None:
        """In a forked child: what is under way is the parent's."""
        self._began = time.time_ns()
        self._last_push = None
        if self._made is not None:
            self._made.forget()

    def end(self) -> None:
        """Push what is left, at the end of the process, also of one that was over before the first look."""
        last = self._last_push
        if last is not None and self._is_wanted:
            self._is_wanted = False
            last.go(_END_SECONDS)
        if self._made is not None:
            self._made.end()

    def close(self) -> None:
        """End all of them."""
        self._let_go()
        if self._made is not None:
            self._made.close()

    def _wait_for_the_end(self) -> None:
        if not self._changing.acquire(blocking=False):  # a call never waits; the next look comes soon
            return
        try:
            if self._is_wanted and self._last_push is None:
                with contextlib.suppress(
                    RuntimeError
                ):  # the process ends already: it starts no thread any more
                    self._last_push = _LastPush(self._push_at_once)
        finally:
            self._changing.release()

    def _push_at_once(self) -> None:
        try:
            self._pushes().push_by_setting(at_once=True)
        except Exception as error:  # noqa: BLE001 - a thread of ours
            self._engine.counter.on_error("push", error)

    def _let_go(self) -> None:
        last, self._last_push = self._last_push, None
        if last is not None:
            last.let_go()

    def _pushes(self) -> Pushes:
        if self._made is None:
            with IMPORTING:
                from mlexporter.app.pushing.pushes import Pushes  # noqa: PLC0415 - see above

                if self._made is None:
                    self._made = Pushes(self._engine, self._settings, self._view, lambda: self._began)
        return self._made
