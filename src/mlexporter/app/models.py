"""The monitored models of one exporter: who shares counters with whom, and since when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from mlexporter.app.loading import Loaded
from mlexporter.errors import ConfigurationError, DuplicateModelError
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.instrument.warmup import WarmUp
from mlexporter.records import ModelKey, Reference, Report
from mlexporter.state.model import ModelState
from mlexporter.state.windows import WindowRing


@dataclass
class Model:
    """One (name, version, variant): its counters, windows, monitors and newest report."""

    key: ModelKey
    state: ModelState
    ring: WindowRing
    loaded: Loaded
    warmup: WarmUp | None = None
    monitors: dict[str, Monitor] = field(default_factory=dict)
    selections: dict[str, Selection] = field(default_factory=dict)
    report: Report | None = None

    def open_profile(self, reference: Reference, now: float) -> None:
        """Count into the bins of ``reference`` from now on, in a new epoch."""
        self.state.open_profile(reference)
        self.ring.push(self.state.snapshot(now))
        self.report = None
        for monitor in self.monitors.values():
            monitor.adopt(reference)


class Models:
    """A thread-safe map of models; functions of one model must agree on profile and outputs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: dict[ModelKey, Model] = {}

    def all(self) -> tuple[Model, ...]:
        """Every model, by name, version and variant."""
        with self._lock:
            return tuple(self._models[key] for key in sorted(self._models))

    def claim(
        self,
        key: ModelKey,
        owner: str,
        *,
        loaded: Loaded,
        selection: Selection,
        create: Callable[[], Model],
        reopen: Callable[[Model], None],
    ) -> Model:
        """Return the model that ``owner`` (module and qualified name) counts into.

        The same owner again replaces itself (notebooks, reload). Another owner shares the counters.

        Raises:
            DuplicateModelError: another owner uses the model with another profile or prediction.
        """
        with self._lock:
            model = self._models.get(key)
            if model is None:
                model = self._models[key] = create()
            elif _fingerprint(model.loaded) != _fingerprint(loaded):
                others = sorted(set(model.monitors) - {owner})
                if others:
                    raise _disagreement(key, owner, others[0], "profile")
                model.loaded = loaded
                reopen(model)
            for other, known in model.selections.items():
                if other != owner and known.prediction != selection.prediction:
                    raise _disagreement(key, owner, other, "prediction")
            model.selections[owner] = selection
            return model


def owner_of(function: object) -> str:
    """Return the module and qualified name of ``function``, which is what a reload keeps.

    Raises:
        ConfigurationError: it is no function, method or other callable.
    """
    inner = getattr(function, "__func__", function)  # of a classmethod or staticmethod
    if not callable(inner):
        raise ConfigurationError(f"monitor() decorates a function; {function!r} is none")
    return f"{getattr(inner, '__module__', '?')}.{getattr(inner, '__qualname__', type(inner).__qualname__)}"


def _fingerprint(loaded: Loaded) -> str:
    if loaded.reference is not None:
        return loaded.reference.fingerprint
    return "warmup" if loaded.is_warmup else ""


def _disagreement(key: ModelKey, owner: str, other: str, argument: str) -> DuplicateModelError:
    return DuplicateModelError(
        f"{owner} and {other} both monitor model={key.name!r}, version={key.version!r}, "
        f"variant={key.variant!r}, but their {argument}= differs; give one of them another model, "
        f"version or variant, or the same {argument}="
    )
