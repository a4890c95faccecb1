"""The monitored models of one exporter: who shares counters with whom, and since when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias
from weakref import ref

from mlexporter.app.describing import UNPROFILED, profile_note
from mlexporter.app.loading import Loaded
from mlexporter.errors import ConfigurationError, DuplicateModelError
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.instrument.source import title_of
from mlexporter.instrument.warmup import WarmUp
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import LOG
from mlexporter.state.model import ModelState

if TYPE_CHECKING:
    from mlexporter.records import ModelKey, Reference

Mark: TypeAlias = "Callable[[Model], None]"


class Model:
    """One (name, version, variant): its counters and monitors.

    Args:
        key: The model.
        state: Its counters.
        loaded: What came of its argument ``profile``.

    Attributes:
        warmup: What collects its first rows, where it learns from them.
        monitors: The newest monitor of each owner; these are described.
        selections: What each owner chose.
        problem: Why a warm-up brought no profile; empty where none failed.
    """

    def __init__(self, key: ModelKey, state: ModelState, loaded: Loaded) -> None:
        self.key = key
        self.state = state
        self.loaded = loaded
        self.warmup: WarmUp | None = None
        self.monitors: dict[str, Monitor] = {}
        self._living: tuple[ref[Monitor], ...] = ()
        self.selections: dict[str, Selection] = {}
        self.problem = ""

    @property
    def living(self) -> tuple[Monitor, ...]:
        """Every monitor that can still be called; a function that was replaced may be among them.

        All of them count into the same bins. Safe in any thread: others may join meanwhile.
        """
        return tuple(monitor for each in self._living if (monitor := each()) is not None)

    def join(self, monitor: Monitor, owner: str) -> None:
        """Be counted into by the newest monitor of ``owner``; who calls holds ``Models.changing``."""
        self.monitors[owner] = monitor
        self._living = (*(each for each in self._living if each() is not None), ref(monitor))

    def use_profile(self, reference: Reference | None, mark: Mark) -> None:
        """Count into the bins of ``reference`` from now on; None counts into none.

        Args:
            reference: The profile.
            mark: Gets the model at the end of one profile and at the begin of the next.
        """
        if self.state.reference is not None:
            mark(self)
        if reference is None:
            self.state.close_profile()
        else:
            self.state.open_profile(reference)
            mark(self)
        for monitor in self.living:
            monitor.adopt(reference, self.warmup)

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return what is monitored, what is not, and why: (subject, sentence) pairs."""
        found = [note for monitor in tuple(self.monitors.values()) for note in monitor.notes()]
        own = [note for note in found if note[0] != "profile"]
        return tuple(dict.fromkeys((("profile", self._profile_note(found)), *own)))

    def degraded(self) -> dict[str, str]:
        """Return the reasons for which less is measured than was asked for, with a sentence each."""
        found = dict(self.loaded.degraded)
        if self.problem:
            found["profile_not_learned"] = self.problem
        lost = [why for monitor in tuple(self.monitors.values()) for why in monitor.without_features()]
        if lost:
            found["no_features"] = " ".join(dict.fromkeys(lost))
        return found

    def _profile_note(self, found: list[tuple[str, str]]) -> str:
        reference = self.state.reference
        if reference is not None:
            return profile_note(reference, self.key.version, is_learned=self.loaded.is_warmup)
        if self.problem or self.loaded.degraded:
            return "It cannot be used: everything works but drift and data quality."
        if not self.loaded.is_warmup:
            return UNPROFILED
        return next((sentence for subject, sentence in found if subject == "profile"), "Being learned.")


class Models:
    """A thread-safe map of models; functions of one model must agree on profile and outputs.

    Attributes:
        changing: Held while a model gets a monitor or a profile, so that no monitor misses a
            profile, or counting moves into another slot. Of all calls only the first of a process
            takes it, and those that begin meanwhile wait with it.
    """

    def __init__(self) -> None:
        self.changing = survives_fork(threading.RLock())
        self._models: dict[ModelKey, Model] = {}

    def all(self) -> tuple[Model, ...]:
        """Every model, by name, version and variant."""
        with self.changing:
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
        ``reopen`` is called where the profile of the model is another one from now on.

        Raises:
            DuplicateModelError: another owner uses the model with another profile or prediction.
        """
        with self.changing:
            model = self._models.get(key)
            for other, known in () if model is None else model.selections.items():
                if other != owner and known.prediction != selection.prediction:
                    raise _disagreement(key, owner, other, "prediction")
            if model is None:
                model = self._models[key] = create()
                reopen(model)
            elif _identity(model.loaded) != _identity(loaded):
                _replace_profile(model, owner, loaded, reopen)
            elif set(model.monitors) <= {owner}:
                model.loaded = loaded  # the same profile, but perhaps another reason for having none
            model.selections[owner] = selection
            return model


def _replace_profile(model: Model, owner: str, loaded: Loaded, reopen: Callable[[Model], None]) -> None:
    others = sorted(set(model.monitors) - {owner})
    if others and loaded.degraded:
        # A file that has gone since is no mistake of the code: the profile that is open stays.
        model.loaded = model.loaded._replace(degraded={**model.loaded.degraded, **loaded.degraded})
        return
    is_broken = model.loaded.reference is None and bool(model.loaded.degraded)
    if others and not is_broken:  # where the file of the others is broken, that of the newcomer serves all
        raise _disagreement(model.key, owner, others[0], "profile")
    if model.loaded.reference is not None and loaded.reference is None:
        LOG.warning(
            "mlexporter: model %s %s: %s is defined again without a profile; drift is not measured any more",
            model.key.name, model.key.version, owner,
        )  # fmt: skip
    model.loaded = loaded
    reopen(model)


def owner_of(function: object) -> str:
    """Return the module and qualified name of ``function``, which is what a reload keeps.

    Raises:
        ConfigurationError: it is no function, method or other callable.
    """
    inner = getattr(function, "__func__", function)  # of a classmethod or staticmethod
    if not callable(inner):
        raise ConfigurationError(f"monitor() decorates a function; {function!r} is none")
    return f"{getattr(inner, '__module__', '?')}.{title_of(inner)}"


def _identity(loaded: Loaded) -> str:
    if loaded.reference is not None:
        return loaded.reference.profile_id  # thresholds and training counts matter, not the bins alone
    return "warmup" if loaded.is_warmup else ""


def _disagreement(key: ModelKey, owner: str, other: str, argument: str) -> DuplicateModelError:
    return DuplicateModelError(
        f"{owner} and {other} both monitor model={key.name!r}, version={key.version!r}, "
        f"variant={key.variant!r}, but their {argument}= differs; give one of them another model, "
        f"version or variant, or the same {argument}="
    )
