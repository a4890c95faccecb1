"""``Exporter``: one set of monitored models, evaluated and served together."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from mlexporter.app.arguments import MonitorArguments, Target, shows_arguments, target
from mlexporter.app.background import Background
from mlexporter.app.describing import describe_view, log_choice
from mlexporter.app.engine import Engine
from mlexporter.app.eventing import Eventing
from mlexporter.app.faces import Faces
from mlexporter.app.generating import Generating
from mlexporter.app.lifetime import watch, watch_end
from mlexporter.app.loading import Loaded, load_profile
from mlexporter.app.models import Model, owner_of
from mlexporter.app.pipelines import Pipelines
from mlexporter.app.reloading import Reloading
from mlexporter.app.servers import Servers
from mlexporter.app.tracing import Tracing
from mlexporter.app.warming import WarmUps
from mlexporter.configuration.effective import effective_settings
from mlexporter.instrument.monitor import Monitor as Recorder
from mlexporter.settings import Settings, misspelt_variables, renamed_variables
from mlexporter.state.clock import WindowClock
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.app.not_serving import NotServing
    from mlexporter.app.standby import Standby
    from mlexporter.exposition.reload import Reloaded
    from mlexporter.exposition.server import ServerHandle
    from mlexporter.records import View

Function = TypeVar("Function", bound=Callable[..., Any])


class Exporter(Faces, Generating):
    """Counts, evaluates and serves; the functions of the module use a default one.

    Args:
        settings: Parsed settings; read from ``MLEXPORTER_*`` and the configuration file if not given.
        clock: Clock of the windows; injected by tests and by the demo.
        wall_clock: Unix seconds, for display only.

    Raises:
        SettingError: an ``MLEXPORTER_*`` variable, or the configuration file, says something impossible.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: WindowClock | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = effective_settings(os.environ) if settings is None else settings
        self._engine = Engine(
            self.settings,
            clock=WindowClock() if clock is None else clock,
            wall_clock=wall_clock,
            on_first_call=self._on_first_call,
        )
        self._models = self._engine.models
        self._counter = self._engine.counter
        self._servers = Servers(self._engine, self.settings, self.view, self.reload)
        self._reloading = Reloading(self._engine, self._servers, self.settings)
        self._pipelines = Pipelines(self._engine, self.settings, self.view)
        self._warmups = WarmUps(
            self._models, self.settings, self._engine.mark, self._counter, self._engine.place
        )
        self._tracing = Tracing(self._engine, self.settings.spans)
        self._eventing = Eventing(self._engine, self.settings)
        self._background = Background(self._tick, self._evaluate, self.settings.evaluation_interval)
        if settings is None:
            for name, meant in misspelt_variables(os.environ).items():
                LOG.warning("mlexporter: %s is no setting and is ignored; %s is one", name, meant)
        for name, new in renamed_variables(os.environ).items():
            LOG.warning(
                "mlexporter: %s is called %s now; the old name is read for two minor versions", name, new
            )
        watch(self)

    # --- accepting ------------------------------------------------------------------------------

    @shows_arguments
    def monitor(self, **arguments: Unpack[MonitorArguments]) -> Callable[[Function], Function]:
        """Return a decorator that monitors a function that predicts.

        ``MonitorArguments`` says what each argument means.

        Raises:
            ConfigurationError: an argument that can never work.
            ProfileError: a broken profile, only under ``strict``.
        """
        where, loaded = self._prepare(arguments)
        return self._decorator(where, loaded)

    @shows_arguments
    def monitor_and_recorder(
        self, **arguments: Unpack[MonitorArguments]
    ) -> tuple[Callable[[Function], Function], Recorder | None]:
        """Return the decorator, and what ``Monitor.record`` counts into (None when disabled)."""
        where, loaded = self._prepare(arguments)
        recorder = None if self.settings.disabled else self._register(where, loaded, "Monitor.record")
        return self._decorator(where, loaded), recorder

    def _prepare(self, arguments: MonitorArguments) -> tuple[Target, Loaded]:
        """Check the arguments; a profile that cannot be is told where the decorator stands."""
        where = target(**arguments)
        if self.settings.disabled:
            return where, Loaded()
        return where, load_profile(where.profile, where.key, self.settings)

    def _decorator(self, where: Target, loaded: Loaded) -> Callable[[Function], Function]:
        if self.settings.disabled:
            return lambda function: function

        def decorate(function: Function) -> Function:
            with self._models.changing:
                recorder = self._register(where, loaded, owner_of(function))
                wrapped = recorder.wrap(function)
            self._tracing.look()
            self._eventing.look()
            log_choice(where.key, recorder)
            return wrapped

        return decorate

    def _register(self, where: Target, loaded: Loaded, owner: str) -> Recorder:
        key = where.key

        def create() -> Model:
            return Model(key, self._engine.new_state(key), loaded)

        with self._models.changing:
            model = self._models.claim(
                key, owner, loaded=loaded, selection=where.selection, create=create, reopen=self._reopen
            )
            recorder = Recorder(
                model.state, selection=where.selection, reference=model.state.reference, warmup=model.warmup,
                strict=self.settings.strict, on_error=self._counter.on_error, prepare=self._engine.prepare,
                events=self._eventing.of(where), generation=where.generation,
            )  # fmt: skip
            model.join(recorder, owner)
        self._background.start()
        return recorder

    def _reopen(self, model: Model) -> None:
        """Begin anew with the profile that ``model`` was given."""
        model.problem = ""
        model.warmup = self._warmups.begin(model) if model.loaded.is_warmup else None
        model.use_profile(model.loaded.reference, self._engine.mark)

    # --- computing ------------------------------------------------------------------------------

    def drain(self) -> None:
        """Move what is buffered into the counts."""
        self._engine.drain()

    def evaluate(self) -> None:
        """Compute the reports of all models now; the background thread calls it every interval.

        With many workers one of them does it for all: elsewhere nothing happens.
        """
        self._engine.evaluate()

    def view(self, *, include_process: bool = True) -> View:
        """Return all that a reader may see, counted up to this moment by all workers."""
        self._resume()
        degraded = {**self._servers.degraded, **self._pipelines.degraded, **self._eventing.degraded}
        return self._engine.view(include_process=include_process, degraded=degraded)

    def _evaluate(self) -> None:
        try:
            self.evaluate()
        except Exception as error:  # noqa: BLE001 - the thread goes on: the next look may succeed
            self._counter.on_error("evaluate", error)

    def _resume(self) -> None:
        self._background.resume()
        self._pipelines.resume()

    def _on_first_call(self) -> None:
        watch_end()
        self._tracing.look()
        self._eventing.look()
        self._warmups.follow()
        self._resume()

    def _tick(self) -> None:
        try:
            is_elsewhere = self._engine.tick()
            self._warmups.follow()
            self._tracing.look()
            self._eventing.look()
            self._servers.retry(is_elsewhere=is_elsewhere)
            self._pipelines.look()
        except Exception as error:  # noqa: BLE001 - the thread goes on, and counts what went wrong
            self._counter.on_error("drain", error)

    # --- showing --------------------------------------------------------------------------------

    def serve(
        self, port: int | None = None, *, host: str | None = None
    ) -> ServerHandle | Standby | NotServing:
        """Serve ``/metrics``, health and the page from a daemon thread.

        Args:
            port: Port to bind, 0 lets the system choose; the setting ``port`` if not given.
            host: Address to bind; the setting ``host`` (127.0.0.1) if not given.

        Returns:
            A handle with ``.url`` and ``.close()``. Where the port is taken and ``strict`` is off,
            the handle's ``.url`` is empty, and the log and a series say why.

        Raises:
            ConfigurationError: ``port`` or ``host`` can never be listened on.
            PortInUseError: the address is taken, only under ``strict``.
        """
        self._background.start(again=True)
        return self._servers.serve(port, host)

    def reload(self) -> Reloaded:
        """Read the configuration file and the web configuration now, without waiting for the next look.

        Returns:
            ``is_good`` (None where no file is named) and a ``sentence``; what is bad changes nothing.
        """
        return self._reloading.reload()

    @property
    def has_directory(self) -> bool:
        """True where this process uses a directory that others can use too."""
        return self._engine.place.directory is not None

    def describe(self) -> str:
        """Return, in words, what is monitored, what is not, and why."""
        return describe_view(self.view(include_process=False), is_disabled=self.settings.disabled)

    def wait_for_warmup(self, timeout_seconds: float = 30.0) -> None:
        """Wait until profiles whose warm-up rows are complete have been learned; for tests."""
        self.drain()
        self._warmups.wait(timeout_seconds)

    def _after_fork(self) -> None:
        self._servers.forget()
        self._pipelines.forget()
        self._eventing.forget()
        self._warmups.forget()
        self._engine.forget()

    def _end(self) -> None:
        self._engine.drain()  # first: servers kill workers that take their time to end
        self._eventing.end()
        self._background.close()
        self._pipelines.end()
        self._engine.end()

    def close(self) -> None:
        """Stop serving and evaluating, and leave the other workers; counting goes on."""
        self._background.close()
        self._eventing.end()
        self._pipelines.close()
        self._servers.close()
        self._engine.close()
