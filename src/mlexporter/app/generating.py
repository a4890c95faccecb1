"""``Generating``: what an exporter is told by hand of generations, and of what people think of answers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Unpack

from mlexporter.errors import ConfigurationError
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from types import ModuleType

    from mlexporter.app.models import Models
    from mlexporter.instrument.generation.told import GenerationArguments
    from mlexporter.instrument.monitor import Monitor
    from mlexporter.settings import Settings
    from mlexporter.state.exporter_counts import ExporterCounter


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
        on_error, strict = self._counter.on_error, self.settings.strict
        watch = recording.watch_here()
        if watch is not None and (model is None or _fits(watch.key, model, version, variant)):
            recording.complete(watch, response, told, on_error, strict=strict)
            return
        try:
            recorder = self._recorder_of(model, version, variant)
        except ConfigurationError as error:
            recording.complain([error], on_error, strict=strict)
        else:
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
        recording = _recording()
        watch = recording.watch_here()
        if model is None and watch is not None:
            model, version, variant = watch.key
        try:
            recorder = self._recorder_of(model, version, variant)
        except ConfigurationError as error:
            recording.complain([error], self._counter.on_error, strict=self.settings.strict)
        else:
            recorder.record_feedback(rating)

    def _recorder_of(self, model: str | None, version: str | None, variant: str | None) -> Monitor:
        if model is None:
            raise ConfigurationError(
                "model=None: no call of a generative model goes on here; give model= and version= of a monitored one"
            )
        known = self._models.all()
        found = [each for each in known if _fits(each.key, model, version, variant) and each.monitors]
        if len(found) != 1:
            given = f"model={model!r}, version={version!r}, variant={variant!r}"
            names = ", ".join(" ".join(each.key) for each in known) or "none"
            many = (
                "it is not monitored here" if not found else "more than one that is monitored here is meant"
            )
            raise ConfigurationError(f"{given}: {many}; monitored are {names}")
        return next(iter(found[0].monitors.values()))


def _fits(key: tuple[str, str, str], model: str, version: str | None, variant: str | None) -> bool:
    return key[0] == model and version in (None, key[1]) and variant in (None, key[2])


@functools.cache
def _recording() -> ModuleType:
    """Return what few programs need, loaded by the first that does; a fork waits for it."""
    with IMPORTING:
        from mlexporter.instrument.generation import recording  # noqa: PLC0415 - see above

    return recording
