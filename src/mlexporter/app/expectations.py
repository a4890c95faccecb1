"""``Expectations``: what is expected of each model, from the file of this process or that of its workers.

Whoever serves a model says on its card what is configured for it, so that a reader beside the workers shows
the same without the file. A reader that has a file of its own believes that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from mlexporter.app.configured import Configured
from mlexporter.catalogue import LATENCY_BOUNDS_SECONDS
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.app.cards import Card
    from mlexporter.app.models import Model
    from mlexporter.configuration.configuration import ModelConfiguration
    from mlexporter.records import ConfigurationState, ModelKey, Objectives, Reference, Snapshot
    from mlexporter.settings import Settings

_LATENCY: Final = "latency_threshold_seconds"
_SUBJECT: Final = "configuration"
_UNKNOWN: Final = (
    "the configuration file names {}, which the profile does not have; correct the name, or take it out."
)
_NO_BOUND: Final = (
    "{} = {:g} is no bucket bound of the durations that are counted, so that {} is published: start the workers "
    "anew with this file."
)


class Expectations:
    """What is configured for models, in one process.

    Args:
        settings: ``config`` names the file; ``latency_objective`` wins over it.
        wall_clock: Unix seconds.

    Attributes:
        settings: As given.

    Raises:
        SettingError: the file is wrong at the start.
    """

    def __init__(self, settings: Settings, *, wall_clock: Callable[[], float]) -> None:
        self.settings = settings
        self._file = Configured(settings, wall_clock=wall_clock)
        self._begun: dict[ModelKey, float | None] = {}
        self._applied: dict[ModelKey, tuple[Reference, ModelConfiguration, Reference]] = {}
        self._told: dict[tuple[ModelKey, str], str] = {}

    @property
    def degraded(self) -> dict[str, str]:
        """What is wrong with the file, by reason."""
        return self._file.degraded

    def look(self) -> None:
        """Read the file anew where it has changed; nothing is raised."""
        self._file.look()

    def reload(self) -> tuple[bool | None, str]:
        """Read the file now, whether it has changed or not; ``Configured.reload`` says what is returned."""
        return self._file.reload()

    def begin(self, key: ModelKey) -> tuple[float, ...]:
        """Return the bucket bounds of durations that a model needs beside the usual ones, as it begins."""
        wanted = self._begun[key] = self._wanted(self._file.model(key.name))
        return () if wanted is None else (wanted,)

    def state(self, of_workers: Iterable[ConfigurationState | None]) -> ConfigurationState | None:
        """Return how it stands with the file of this process, else with that of the workers, the worst of them."""
        if self._file.state is not None:
            return self._file.state
        return min((state for state in of_workers if state is not None), default=None)

    def card(self, model: Model) -> dict[str, Any]:
        """Return what is said of a model to those who do not serve it."""
        content: dict[str, Any] = {
            "notes": (*model.notes(), *self.notes(model.key)),
            "degraded": {**model.degraded(), **self.degraded},
        }
        configured = self._configured(model.key, None)
        if configured is None:
            return content
        from mlexporter.configuration.configuration import model_to_json  # noqa: PLC0415 - most have no file

        begun = self._begun.get(model.key)
        bounds = LATENCY_BOUNDS_SECONDS if begun is None else (*LATENCY_BOUNDS_SECONDS, begun)
        told = {**configured.given, _LATENCY: self._latency(model.key, configured, begun, bounds)}
        given = {name: value for name, value in told.items() if value is not None}
        content["configured"] = model_to_json(configured._replace(given=given))
        content["state"] = self._file.state
        return content

    def objectives(self, snapshot: Snapshot, card: Card | None) -> Objectives:
        """Return what is expected of a model; its latency threshold is a bound of the durations counted."""
        from mlexporter.configuration.configuration import ModelConfiguration  # noqa: PLC0415 - readers only

        key = snapshot.key
        configured = self._configured(key, card) or ModelConfiguration()
        bounds = next((counts.bounds for counts in snapshot.service.durations.values()), ())
        of_card = None if card is None or card.configured is None else card.configured.given.get(_LATENCY)
        before = self._begun.get(key, of_card)
        found = self._latency(key, configured, before, bounds or LATENCY_BOUNDS_SECONDS)
        return configured.objectives()._replace(latency_threshold_seconds=found)

    def reference(self, key: ModelKey, reference: Reference, card: Card | None) -> Reference:
        """Return a profile with the thresholds that are configured; the very same while neither changes."""
        configured = self._configured(key, card)
        if configured is None:
            return reference
        known = self._applied.get(key)
        if known is None or known[0] is not reference or known[1] != configured:
            from mlexporter.configuration.overriding import unknown_names, with_choices  # noqa: PLC0415 - most have no file

            known = self._applied[key] = (reference, configured, with_choices(reference, configured))
            names = unknown_names(reference, configured)
            self._tell(key, "profile", _UNKNOWN.format(", ".join(names)) if names else "")
        return known[2]

    def notes(self, key: ModelKey) -> Sequence[tuple[str, str]]:
        """Return what people should know of the configuration of a model: (subject, sentence) pairs."""
        return [
            (_SUBJECT, sentence) for (told, _), sentence in self._told.items() if told == key and sentence
        ]

    def _configured(self, key: ModelKey, card: Card | None) -> ModelConfiguration | None:
        """Return what is configured here, else where the model is served, else None."""
        own = self._file.model(key.name)
        if own is not None:
            return own
        if card is not None:
            return card.configured
        if self.settings.latency_objective is None:
            return None
        from mlexporter.configuration.configuration import ModelConfiguration  # noqa: PLC0415 - as above

        return ModelConfiguration()

    def _wanted(self, configured: ModelConfiguration | None) -> float | None:
        if self.settings.latency_objective is not None:
            return self.settings.latency_objective
        return None if configured is None else configured.given.get(_LATENCY)

    def _latency(
        self, key: ModelKey, configured: ModelConfiguration, before: float | None, bounds: Sequence[float]
    ) -> float | None:
        """Return the threshold that is wanted, if durations are counted by it, else the one before; tell so."""
        wanted = found = self._wanted(configured)
        sentence = ""
        if wanted is not None and wanted not in bounds:
            found = before if before in bounds else None
            sentence = _NO_BOUND.format(_LATENCY, wanted, "none" if found is None else f"{found:g} as before")
        self._tell(key, _LATENCY, sentence)
        return found

    def _tell(self, key: ModelKey, part: str, sentence: str) -> None:
        if sentence and self._told.get((key, part)) != sentence:
            about = fields(model=key.name, version=key.version, variant=key.variant)
            LOG.warning("mlexporter: model %s %s: %s", key.name, key.version, sentence, extra=about)
        self._told = {**self._told, (key, part): sentence}
