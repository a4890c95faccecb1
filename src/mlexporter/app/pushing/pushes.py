"""``Pushes``: all that an exporter pushes, and what becomes of it in forks, at the end, and in trouble."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from mlexporter.app.pushing.delivery import Delivery, PointSource
from mlexporter.app.pushing.exporters import (
    call_maker,
    check_exporter,
    check_inner,
    check_resource,
    load_early,
    make_exporter,
    need_packages,
)
from mlexporter.app.pushing.handle import PushHandle
from mlexporter.app.pushing.identity import Identity
from mlexporter.app.pushing.office import Life, Office
from mlexporter.app.pushing.options import PushOptions, Temporality, is_delta, read_options
from mlexporter.app.troubles import Troubles
from mlexporter.errors import PushError
from mlexporter.state.forking import IMPORTING, survives_fork
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.resources import Resource

    from mlexporter.app.engine import Engine
    from mlexporter.app.pushing.answers import Answers
    from mlexporter.app.pushing.merging import MergingExporter
    from mlexporter.records import View
    from mlexporter.settings import Settings

ExporterOrMaker: TypeAlias = Any
"""A ``MetricExporter`` of OpenTelemetry, or a function without arguments that returns one."""

_LOCK: Final = "push"


class Pushes:
    """The pipelines of one exporter; safe with threads.

    Args:
        engine: What it counts with.
        settings: ``strict`` and ``disabled``.
        view: Returns all that a scrape would show.
        began: Returns when counters in memory of this process began, nanoseconds since 1970.
    """

    def __init__(
        self, engine: Engine, settings: Settings, view: Callable[[], View], began: Callable[[], int]
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._view = view
        self._changing = survives_fork(threading.RLock())
        self._handles: dict[str, tuple[ExporterOrMaker, PushHandle]] = {}
        self._mergers: list[MergingExporter] = []
        self._by_setting: PushHandle | None = None
        self._began = began
        self._begin()

    def _begin(self) -> None:
        self._troubles = Troubles()
        self._undelivered: dict[str, int] = {}
        self._life = uuid.uuid4().hex
        self._notes: dict[str, bytes] = {}

    @property
    def degraded(self) -> dict[str, str]:
        """What is wrong, by reason of ``catalogue.DEGRADED_REASONS``."""
        return self._troubles.degraded

    def push(
        self, exporter: ExporterOrMaker, *, interval_seconds: float | None, resource: Resource | None,
        temporality: Temporality | None,
    ) -> PushHandle:  # fmt: skip
        """Begin to push; what was begun with the same exporter ends. See ``Exporter.push``."""
        check_exporter(exporter)
        check_resource(resource)
        options = read_options(
            os.environ, interval_seconds=interval_seconds, temporality=temporality,
            is_exporter_given=exporter is not None,
        )  # fmt: skip
        if self._settings.disabled:
            options = options._replace(off="MLEXPORTER_DISABLED is set")
        handle = self._begun(exporter, options, resource, is_strict=self._settings.strict)
        handle.resume()
        by_setting, self._by_setting = self._by_setting, None
        if by_setting is not None:
            by_setting.close()  # else each series would go out twice
        return handle

    def merge(self, inner: MetricExporter, temporality: Temporality | None) -> MetricExporter:
        """Return an exporter that adds our points to those of another one. See ``exporter_with_models``."""
        check_inner(inner)
        delta = is_delta(os.environ, temporality)
        if self._settings.disabled:
            return inner
        from mlexporter.app.pushing.exporters import load_sdk  # noqa: PLC0415 - most push nothing

        load_sdk()
        from mlexporter.app.pushing.merging import MergingExporter  # noqa: PLC0415 - it needs the SDK

        with self._changing:
            office = self._office(f"{_LOCK}-merged-{len(self._mergers)}")
            source = PointSource(self._view, office, self._engine.counter, is_delta=delta)
            merging = MergingExporter(inner, source, office, self._engine.counter)
            self._mergers.append(merging)
        return merging

    def push_by_setting(self, *, at_once: bool = False) -> None:
        """Begin what the setting asks for; a missing package is told, and raises nothing here.

        Args:
            at_once: Push in this thread, and no more: the process ends.
        """
        handle = self._by_setting = self._begun(None, read_options(os.environ), None, is_strict=False)
        if at_once:
            handle.end(is_unstarted=True)
        else:
            handle.resume()

    def resume(self) -> None:
        """Start threads that a fork has left behind."""
        for _, handle in tuple(self._handles.values()):
            handle.resume()

    def forget(self) -> None:
        """In a forked child: what is under way is the parent's."""
        self._begin()
        for _, handle in tuple(self._handles.values()):
            handle.forget()
        for merging in self._mergers:
            merging.forget()

    def end(self) -> None:
        """Push what is left, at the end of the process."""
        for _, handle in tuple(self._handles.values()):
            handle.end()
        for merging in self._mergers:
            merging.resign()

    def close(self) -> None:
        """End all of them."""
        with self._changing:
            handles, self._handles = tuple(self._handles.values()), {}
        for _, handle in handles:
            handle.close()
        for merging in self._mergers:
            merging.resign()

    def _begun(
        self, exporter: ExporterOrMaker, options: PushOptions, resource: Resource | None, *, is_strict: bool
    ) -> PushHandle:
        """Return a handle whose thread does not run yet."""
        with self._changing:
            name, before = self._name_for(exporter)
            if before is not None:
                if exporter is None:
                    before.close()  # the next one makes its own
                else:
                    before.hand_over()
                self._heard(name, None)
            handle = self._handle(name, exporter, options, resource, is_strict=is_strict)
            self._handles[name] = exporter, handle
            return handle

    def _name_for(self, exporter: ExporterOrMaker) -> tuple[str, PushHandle | None]:
        """Return the name of a pipeline, which all workers give it that begin the same ones, and the one before it."""
        self._handles = {name: kept for name, kept in self._handles.items() if not kept[1].is_closed}
        for name, (known, handle) in self._handles.items():
            if known is exporter:
                return name, handle
        if exporter is None:
            return _LOCK, None
        free = (f"{_LOCK}-{number}" for number in itertools.count(1))
        return next(name for name in free if name not in self._handles), None

    def _handle(
        self, name: str, exporter: ExporterOrMaker, options: PushOptions, resource: Resource | None, *,
        is_strict: bool,
    ) -> PushHandle:  # fmt: skip
        interval = options.interval_seconds
        if options.off:
            tell = LOG.info if self._settings.disabled else LOG.warning
            tell("mlexporter: nothing is pushed, although it is asked for: %s", options.off)
            return PushHandle(None, None, interval_seconds=interval, reason=options.off)
        protocol = options.protocol if exporter is None else None
        try:
            need_packages(protocol)
            load_early(protocol)
        except PushError as error:
            if is_strict:
                raise
            self._heard(name, str(error))
            return PushHandle(
                None, None, interval_seconds=interval, reason=str(error),
                on_outcome=functools.partial(self._heard, name),
            )  # fmt: skip
        with IMPORTING, contextlib.suppress(RuntimeError):  # a process that ends can do without
            # It has hooks for forks and for the end. Here, for in our thread it might come in the middle of
            # a fork, or too late.
            import concurrent.futures.thread  # noqa: F401, PLC0415 - detectors of resources need it

        office, counter = self._office(name), self._engine.counter
        delivery = Delivery(
            PointSource(self._view, office, counter, is_delta=options.is_delta), office, Identity(resource),
            make=_maker(exporter, options.protocol), counter=counter,
            timeout_seconds=options.timeout_seconds,
        )  # fmt: skip
        return PushHandle(
            delivery, office, interval_seconds=interval, on_outcome=functools.partial(self._heard, name),
            on_error=counter.on_error,
        )  # fmt: skip

    def _office(self, name: str) -> Office:
        return Office(self._engine.place, name, lambda: Life(self._life, self._began()), self._notes)

    def _heard(self, name: str, problem: str | None) -> None:
        """Tell that pushes fail, or that it is over; None where they are not ours any more."""
        if problem:
            self._undelivered[name] = self._undelivered.get(name, 0) + 1
            self._troubles.begin(name, PushError.reason, f"pushes over OTLP fail: {problem}")
        else:
            missed = self._undelivered.pop(name, 0)
            over = (
                f"pushes over OTLP are taken again, with all counts; {missed} in between were not delivered"
            )
            self._troubles.end(name, "" if problem is None else over)
        self._engine.counter.push_fails(is_failing=bool(self._undelivered))


def _maker(exporter: ExporterOrMaker, protocol: str) -> Callable[[Answers], MetricExporter]:
    """Return what makes the exporter of a process."""
    made_in = os.getpid()

    def make(answers: Answers) -> MetricExporter:
        if exporter is None:
            return make_exporter(protocol, answers)
        if callable(exporter):
            return call_maker(exporter)
        if os.getpid() != made_in:
            # Its connections are the parent's: what both write into one is garbage.
            raise PushError(
                "the exporter belongs to the process that has forked this one; give push() a function that "
                "makes one, so that each process has its own"
            )
        given: MetricExporter = exporter
        return given

    return make
