"""``Exporter``: one set of monitored models, evaluated and served together."""

from __future__ import annotations

import logging
import os
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from mlexporter import catalogue
from mlexporter.app.arguments import MonitorArguments, Target, shows_arguments, target
from mlexporter.app.background import Background
from mlexporter.app.loading import Loaded, load_profile
from mlexporter.app.models import Model, Models, owner_of
from mlexporter.app.not_serving import NotServing
from mlexporter.app.process import process_metrics
from mlexporter.app.warming import learn
from mlexporter.errors import PortInUseError
from mlexporter.instrument.monitor import Monitor as Recorder
from mlexporter.instrument.warmup import WarmUp
from mlexporter.records import ModelKey, ModelView, View
from mlexporter.settings import Settings, read_settings
from mlexporter.state.clock import WindowClock
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState
from mlexporter.state.windows import WindowRing

if TYPE_CHECKING:
    from mlexporter.exposition.collector import Collector
    from mlexporter.exposition.server import ServerHandle

_LOGGER = logging.getLogger("mlexporter")
Function = TypeVar("Function", bound=Callable[..., Any])


class Exporter:
    """Counts, evaluates and serves; the functions of the module use a default one.

    Args:
        settings: Parsed settings; read from ``MLEXPORTER_*`` if not given.
        clock: Clock of the windows; injected by tests and by the demo.
        wall_clock: Unix seconds, for display only.

    Raises:
        SettingError: an ``MLEXPORTER_*`` variable has an impossible value.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: WindowClock | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = read_settings(os.environ) if settings is None else settings
        self._clock = WindowClock() if clock is None else clock
        self._wall_clock = wall_clock
        self._counter = ExporterCounter()
        self._models = Models()
        self._degraded: dict[str, str] = {}
        self._servers: list[ServerHandle] = []
        self._warmups: list[threading.Thread] = []
        self._background = Background(self.drain, self.evaluate, self.settings.evaluation_interval)

    # --- accepting ------------------------------------------------------------------------------

    @shows_arguments
    def monitor(self, **arguments: Unpack[MonitorArguments]) -> Callable[[Function], Function]:
        """Return a decorator that monitors a function that predicts.

        ``MonitorArguments`` says what each argument means.

        Raises:
            ConfigurationError: an argument that can never work.
            ProfileError: a broken profile, only under ``strict``.
        """
        where = target(**arguments)
        if self.settings.disabled:
            return lambda function: function
        # A profile that cannot be is told where the decorator stands, not where it is applied.
        loaded = load_profile(where.profile, where.key, self.settings)

        def decorate(function: Function) -> Function:
            return self._register(where, loaded, owner_of(function)).wrap(function)

        return decorate

    @shows_arguments
    def recorder(self, **arguments: Unpack[MonitorArguments]) -> Recorder | None:
        """Return what ``Monitor.record`` counts into, or None when disabled; see ``monitor``."""
        where = target(**arguments)
        if self.settings.disabled:
            return None
        return self._register(where, load_profile(where.profile, where.key, self.settings), "Monitor.record")

    def _register(self, where: Target, loaded: Loaded, owner: str) -> Recorder:
        key = where.key

        def create() -> Model:
            created = Model(key, self._new_state(key), WindowRing(self.settings.window_seconds), loaded)
            reopen(created)
            return created

        def reopen(model: Model) -> None:
            if loaded.is_warmup:
                model.warmup = WarmUp(self.settings.warmup_rows, lambda columns: self._learn(model, columns))
            if loaded.reference is not None:
                model.open_profile(loaded.reference, self._clock.now())

        model = self._models.claim(
            key, owner, loaded=loaded, selection=where.selection, create=create, reopen=reopen
        )
        recorder = Recorder(
            model.state, selection=where.selection, reference=model.state.reference, warmup=model.warmup,
            strict=self.settings.strict, on_error=self._counter.on_error,
        )  # fmt: skip
        model.monitors[owner] = recorder
        self._background.start()
        return recorder

    def _learn(self, model: Model, columns: Mapping[str, Any]) -> None:
        self._warmups.append(learn(model, columns, self.settings, self._clock.now, self._counter))

    def _new_state(self, key: ModelKey) -> ModelState:
        bounds = set(catalogue.LATENCY_BOUNDS_SECONDS)
        if self.settings.latency_objective is not None:
            bounds.add(self.settings.latency_objective)
        return ModelState(
            key,
            latency_bounds=tuple(sorted(bounds)),
            buffer_rows=self.settings.buffer_rows,
            buffer_limit_rows=self.settings.buffer_limit_rows,
            wall_clock=self._wall_clock,
            epoch=uuid.uuid4().hex,
            counter=self._counter,
            strict=self.settings.strict,
        )

    # --- computing ------------------------------------------------------------------------------

    def drain(self) -> None:
        """Move what is buffered into the counts."""
        for model in self._models.all():
            model.state.drain()

    def evaluate(self) -> None:
        """Compute the reports of all models now; the background thread calls it every interval."""
        from mlexporter.statistics.evaluate import evaluate  # noqa: PLC0415 - it loads scipy, off the request path

        started = time.perf_counter()
        for model in self._models.all():
            try:
                snapshot = model.state.snapshot(self._clock.now())
                model.ring.push(snapshot)
                reference = model.state.reference
                if reference is None or snapshot.profile is None:
                    continue
                if reference.fingerprint != snapshot.profile.fingerprint:
                    continue
                model.report = evaluate(
                    reference, model.ring.counts(snapshot), key=model.key,
                    evaluated_timestamp=self._wall_clock(),
                    required_observations=self.settings.required_observations,
                    measures=self.settings.measures,
                )  # fmt: skip
            except Exception as error:  # noqa: BLE001 - one model's report must not stop the others
                model.report = None
                self._counter.on_error("evaluate", error)
        self._counter.evaluated(time.perf_counter() - started, self._wall_clock())

    def view(self, *, include_process: bool = True) -> View:
        """Return all that a reader may see, counted up to this moment."""
        now = self._clock.now()
        models = tuple(self._model_view(model, now) for model in self._models.all())
        return View(
            models=models,
            exporter=self._counter.counts(),
            degraded=dict(self._degraded),
            windows=self.settings.window_seconds,
            evaluation_interval_seconds=self.settings.evaluation_interval,
            series_budget=self.settings.series_budget,
            measures=self.settings.measures,
            time_factor=self._clock.factor,
            process=process_metrics() if include_process else {},
        )

    def _model_view(self, model: Model, now: float) -> ModelView:
        snapshot = model.state.snapshot(now)
        reference, report = model.state.reference, model.report
        if report is not None and (reference is None or reference.fingerprint != report.fingerprint):
            report = None
        notes = tuple(note for monitor in model.monitors.values() for note in monitor.notes())
        return ModelView(
            snapshot=snapshot, reference=reference, report=report,
            notes=tuple(dict.fromkeys((*model.loaded.notes, *notes))), degraded=model.loaded.degraded,
        )  # fmt: skip

    # --- showing --------------------------------------------------------------------------------

    def serve(self, port: int | None = None, *, host: str | None = None) -> ServerHandle | NotServing:
        """Serve ``/metrics``, health and the page from a daemon thread.

        Args:
            port: Port to bind, 0 lets the system choose; the setting ``port`` if not given.
            host: Address to bind; the setting ``host`` (127.0.0.1) if not given.

        Returns:
            A handle with ``.url`` and ``.close()``. Where the port is taken and ``strict`` is off,
            the handle's ``.url`` is empty, and the log and a series say why.

        Raises:
            PortInUseError: the address is taken, only under ``strict``.
        """
        from mlexporter.exposition import server  # noqa: PLC0415 - loads starlette and uvicorn

        self._background.start()
        address = self.settings.host if host is None else host
        number = self.settings.port if port is None else port
        try:
            handle = server.serve(
                self.view, host=address, port=number,
                connection_limit=self.settings.connection_limit,
                header_timeout=self.settings.header_timeout,
                on_denied=self._counter.on_denied, on_error=self._counter.on_error,
            )  # fmt: skip
        except PortInUseError as error:
            if self.settings.strict:
                raise
            _LOGGER.error("mlexporter: nothing is served: %s", error)  # noqa: TRY400 - the message says it all
            self._degraded[error.reason] = str(error)
            return NotServing(str(error))
        self._degraded.pop(PortInUseError.reason, None)
        self._servers.append(handle)
        return handle

    def asgi_app(self) -> Callable[..., Any]:
        """Return an ASGI application: ``/metrics``, ``/-/healthy``, ``/-/ready``."""
        from mlexporter.exposition.asgi import metrics_app  # noqa: PLC0415 - loads the renderer

        self._background.start()
        return metrics_app(self.view, on_denied=self._counter.on_denied, on_error=self._counter.on_error)

    def wsgi_app(self) -> Callable[..., Any]:
        """Return a WSGI application: ``/metrics``, ``/-/healthy``, ``/-/ready``."""
        from mlexporter.exposition.wsgi import metrics_app  # noqa: PLC0415 - loads the renderer

        self._background.start()
        return metrics_app(self.view, on_denied=self._counter.on_denied, on_error=self._counter.on_error)

    def collector(self) -> Collector:
        """Return a collector for a registry of prometheus_client; it leaves out ``process_*``."""
        from mlexporter.exposition.collector import Collector  # noqa: PLC0415 - loads prometheus_client

        self._background.start()
        return Collector(lambda: self.view(include_process=False), on_error=self._counter.on_error)

    def describe(self) -> str:
        """Return, in words, what is monitored, what is not, and why."""
        lines = []
        for model in self.view(include_process=False).models:
            key = model.snapshot.key
            lines.append(f"{key.name} {key.version} ({key.variant})")
            lines += [f"  {subject}: {sentence}" for subject, sentence in model.notes]
            lines += [f"  degraded ({reason}): {sentence}" for reason, sentence in model.degraded.items()]
        lines += [f"degraded ({reason}): {sentence}" for reason, sentence in self._degraded.items()]
        return "\n".join(lines) if lines else "No model is monitored yet."

    def wait_for_warmup(self, timeout_seconds: float = 30.0) -> None:
        """Wait until profiles whose warm-up rows are complete have been learned; for tests."""
        self.drain()
        for thread in self._warmups:
            thread.join(timeout_seconds)

    def close(self) -> None:
        """Stop serving and evaluating; counting goes on."""
        self._background.close()
        for handle in self._servers:
            handle.close()
        self._servers.clear()
