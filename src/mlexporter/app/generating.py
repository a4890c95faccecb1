"""``Generating``: what an exporter is told by hand of generations, and of what people think of answers."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, Unpack

from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from types import ModuleType

    from mlexporter.app.models import Models
    from mlexporter.instrument.generation.complaints import Complaints, Mistake
    from mlexporter.instrument.generation.told import GenerationArguments
    from mlexporter.instrument.monitor import Monitor
    from mlexporter.settings import Settings
    from mlexporter.state.exporter_counts import ExporterCounter

_Target: TypeAlias = "tuple[Monitor | None, Sequence[Mistake]]"

_NO_CALL: Final = "no call of a generative model goes on here; give model= and version= of a monitored one"
_MANY_KINDS: Final = (
    "its functions differ in kind=, provider= or request_model=; give operation=, provider= or request_model= of "
    "the one that is meant"
)


class Generating:
    """A part of ``Exporter``, told apart by what it is about."""

    _counter: ExporterCounter
    _models: Models
    settings: Settings

    def record_generation(
        self, response: Any = None, /, *, model: str | None = None, version: str | None = None,
        variant: str | None = None, **told: Unpack[GenerationArguments],
    ) -> None:  # fmt: skip
        """Tell what a generative model did; never raises, but under ``strict``.

        Within a call of a function that is monitored with ``kind=`` it completes the record of this call:
        what is told wins over what was read, and what is told last over what was told before. Elsewhere,
        or with another ``model``, it counts one generation of its own. A value that cannot be counted is
        left out, its field is logged once, and the series of internal errors tells of it.

        Args:
            response: An answer of a vendor, or a piece of a stream, to be read; it is not kept.
            model: The monitored model; needed where no call goes on.
            version: Its version; not needed where only one is monitored.
            variant: Its variant; likewise.
            told: ``GenerationArguments`` says what each means.

        Raises:
            TypeError: a keyword that there is not.
            ConfigurationError: a value that cannot be counted, only under ``strict``.
        """
        if self.settings.disabled:
            return
        recording = _recording()
        recording.refuse_unknown(told)
        named = _Named(model, version, variant)
        recorder = self._complaints("record_generation").attempt(self._generated, named, response, told)
        if recorder is not None:
            recorder.record_generation(response, told)

    def record_feedback(
        self, rating: Any, *, model: str | None = None, version: str | None = None, variant: str | None = None
    ) -> None:
        """Count what somebody says of an answer; never raises, but under ``strict``.

        Args:
            rating: ``positive``, ``negative``, ``neutral``, True, False, a thumb, or 1 to 5; anything else
                is counted as ``other``, and as an overflow.
            model: The monitored model, of whatever kind; needed where no call of a generative one goes on.
            version: Its version; not needed where only one is monitored.
            variant: Its variant; likewise.

        Raises:
            ConfigurationError: a rating or a model that there is not, only under ``strict``.
        """
        if self.settings.disabled:
            return
        named = _Named(model, version, variant)
        recorder = self._complaints("record_feedback").attempt(self._rated, named)
        if recorder is not None:
            recorder.record_feedback(rating)

    def _complaints(self, function: str) -> Complaints:
        complaints: Complaints = _recording().Complaints(
            function, on_mistake=self._counter.on_mistake, on_error=self._counter.on_error,
            strict=self.settings.strict,
        )  # fmt: skip
        return complaints

    def _generated(self, named: _Named, response: Any, told: Mapping[str, Any]) -> _Target:
        """Complete the call that goes on here; else return whose monitor counts a generation of its own."""
        recording = _recording()
        wrong = named.wrong()
        if wrong:
            return None, wrong
        watch = recording.watch_here(named.fits if named.model is not None else None)
        if watch is not None:
            target: _Target = recording.complete(watch, response, told)
            return target
        monitors, mistakes = self._monitors_of(named)
        if mistakes:
            return None, mistakes
        by_kind = {each.generation: each for each in monitors if each.generation is not None}
        for name in ("operation", "provider", "request_model"):
            value = told.get(name)
            if len(by_kind) > 1 and issubclass(type(value), str):
                by_kind = {kind: each for kind, each in by_kind.items() if getattr(kind, name) == value}
                if not by_kind:
                    break
        if len(by_kind) == 1 or not any(each.generation for each in monitors):
            return next(iter(by_kind.values()), monitors[0]), ()
        return None, [named.mistake(_MANY_KINDS, "model")]

    def _rated(self, named: _Named) -> _Target:
        wrong = named.wrong()
        if wrong:
            return None, wrong
        watch = _recording().watch_here()
        if named.model is None and watch is not None:
            named = _Named(*watch.key)
        monitors, mistakes = self._monitors_of(named)
        return next(iter(monitors), None), mistakes

    def _monitors_of(self, named: _Named) -> tuple[tuple[Monitor, ...], Sequence[Mistake]]:
        """Return the monitors of the only model that is meant, or why there is none."""
        if named.model is None:
            return (), [named.mistake(_NO_CALL, "model")]
        known = self._models.all()
        found = [each for each in known if named.fits(each.key) and each.monitors]
        if len(found) == 1:
            return tuple(found[0].monitors.values()), ()
        names = ", ".join(" ".join(each.key) for each in known) or "none"
        many = "more than one that is monitored here is meant" if found else "it is not monitored here"
        return (), [named.mistake(f"{many}; monitored are {names}")]


class _Named(NamedTuple):
    """By what an application names a model; anything at all may be given."""

    model: str | None
    version: str | None
    variant: str | None

    def wrong(self) -> list[Mistake]:
        """Return what is no text."""
        pairs = self._asdict().items()
        wrong = [name for name, value in pairs if value is not None and not issubclass(type(value), str)]
        return [self.mistake("a text is needed; nothing is counted", name) for name in wrong]

    def fits(self, key: tuple[str, str, str]) -> bool:
        """Return whether a model may be meant."""
        version_fits = self.version is None or self.version == key[1]
        return self.model == key[0] and version_fits and self.variant in (None, key[2])

    def mistake(self, advice: str, *names: str) -> Mistake:
        """Return what is wrong with the arguments of these names, or with all of them."""
        given = self._asdict()
        mistake: Mistake = _recording().Mistake({name: given[name] for name in names or given}, advice)
        return mistake


@functools.cache
def _recording() -> ModuleType:
    """Return what few programs need, loaded by the first that does; a fork waits for it."""
    with IMPORTING:
        from mlexporter.instrument.generation import recording  # noqa: PLC0415 - see above

    return recording
