"""``Configuration``: what a file says, read and checked; it never changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mlexporter.configuration.objective_table import QUALITY_NAMES, TOLERANCE
from mlexporter.records.objectives import DEFAULT_OBJECTIVES, Objectives

EVERY_MODEL: Final = "*"
"""The name of the table whose keys hold for all models that do not say otherwise."""

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class SubjectChoice(NamedTuple):
    """What is chosen for a feature or an output instead of what its profile says; None changes nothing."""

    threshold: float | None = None
    statistic: str | None = None
    alert: bool | None = None

    def over(self, other: SubjectChoice) -> SubjectChoice:
        """Return what is chosen here, and where nothing is, what ``other`` says."""
        return SubjectChoice(
            other.threshold if self.threshold is None else self.threshold,
            other.statistic if self.statistic is None else self.statistic,
            other.alert if self.alert is None else self.alert,
        )


class ModelConfiguration(NamedTuple):
    """What the tables of one model say.

    Attributes:
        given: Objectives that are written down, by name; of ``quality_tolerance`` a mapping by catalogue name.
        features: Choices by the name of the feature.
        outputs: Choices by the name of the output; of class scores for all classes.
    """

    given: Mapping[str, Any] = _NOTHING
    features: Mapping[str, SubjectChoice] = _NOTHING
    outputs: Mapping[str, SubjectChoice] = _NOTHING

    def over(self, other: ModelConfiguration) -> ModelConfiguration:
        """Return what stands here, and key by key what stands in ``other`` only."""
        given = {**other.given, **self.given}
        if TOLERANCE in given:
            given[TOLERANCE] = {**other.given.get(TOLERANCE, {}), **self.given.get(TOLERANCE, {})}
        return ModelConfiguration(
            given, _merged(self.features, other.features), _merged(self.outputs, other.outputs)
        )

    def objectives(self) -> Objectives:
        """Return the objectives, with the defaults of what is not written down."""
        values = dict(self.given)
        if TOLERANCE in values:
            default = DEFAULT_OBJECTIVES.quality_tolerance
            values[TOLERANCE] = tuple(sorted({**dict(default), **values[TOLERANCE]}.items()))
        return Objectives(**values)


class Configuration(NamedTuple):
    """What a file says.

    Attributes:
        path: The file.
        settings: Settings by name, as text that ``settings/`` parses.
        alerts: Options of the generated rules, as they stand in the file.
        models: What holds for each model that is named, and under ``*`` for all others.
        old_keys: A sentence for each key that stands there under an old name.
    """

    path: str = ""
    settings: Mapping[str, str] = _NOTHING
    alerts: Mapping[str, Any] = _NOTHING
    models: Mapping[str, ModelConfiguration] = _NOTHING
    old_keys: tuple[str, ...] = ()

    def model(self, name: str) -> ModelConfiguration:
        """Return what holds for a model: its own tables over those of ``*``."""
        of_all = self.models.get(EVERY_MODEL, ModelConfiguration())
        own = None if name == EVERY_MODEL else self.models.get(name)
        return of_all if own is None else own.over(of_all)


def model_to_json(model: ModelConfiguration) -> dict[str, Any]:
    """Return what ``model_from_json`` reads, as values of JSON."""
    return {
        "given": {name: dict(value) if name == TOLERANCE else value for name, value in model.given.items()},
        "features": {name: list(choice) for name, choice in model.features.items()},
        "outputs": {name: list(choice) for name, choice in model.outputs.items()},
    }


def model_from_json(content: Any) -> ModelConfiguration:
    """Return what ``model_to_json`` was given, of this version or of another one.

    Raises:
        ValueError: it is damaged.
    """
    known = set(QUALITY_NAMES.values())
    try:
        given: dict[str, Any] = {
            name: float(value)
            for name, value in content["given"].items()
            if name in Objectives._fields and name != TOLERANCE
        }
        if TOLERANCE in content["given"]:
            given[TOLERANCE] = {
                name: float(value) for name, value in content["given"][TOLERANCE].items() if name in known
            }
        return ModelConfiguration(given, _choices(content["features"]), _choices(content["outputs"]))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in what is configured") from None


def _choices(content: Any) -> dict[str, SubjectChoice]:
    found = {}
    for name, (threshold, statistic, alert) in content.items():
        found[str(name)] = SubjectChoice(
            None if threshold is None else float(threshold),
            None if statistic is None else str(statistic),
            None if alert is None else bool(alert),
        )
    return found


def _merged(
    own: Mapping[str, SubjectChoice], other: Mapping[str, SubjectChoice]
) -> Mapping[str, SubjectChoice]:
    names = [*own, *(name for name in other if name not in own)]
    return {name: own.get(name, SubjectChoice()).over(other.get(name, SubjectChoice())) for name in names}
