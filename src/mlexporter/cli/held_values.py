"""What holds, value by value, and where each comes from: the environment, a table of the file, or a default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from mlexporter.configuration.configuration import (
    EVERY_MODEL,
    Configuration,
    ModelConfiguration,
    SubjectChoice,
)
from mlexporter.configuration.objective_table import OBJECTIVES, QUALITY_NAMES, TOLERANCE
from mlexporter.settings import DURATION_UNITS, SETTINGS, Settings, is_given

DEFAULT: Final = "default"
_DURATIONS: Final = frozenset(each.name for each in OBJECTIVES if each.example.startswith('"'))
_LATENCY: Final = "latency_threshold_seconds"
_LATENCY_SETTING: Final = "latency_objective"
_LATENCY_VARIABLE: Final = next(each.variable for each in SETTINGS if each.name == _LATENCY_SETTING)
_QUALITY_OF: Final = {metric: name for name, metric in QUALITY_NAMES.items()}


class Held(NamedTuple):
    """One value that holds.

    Attributes:
        keys: Where it would stand in a file: the tables and the key, from the outside in.
        value: As a file would have it; None where there is none.
        sources: What says so, the one that wins first: variables, tables such as ``[settings]``, ``default``.
    """

    keys: tuple[str, ...]
    value: Any
    sources: tuple[str, ...]


def held_settings(
    configuration: Configuration, settings: Settings, environment: Mapping[str, str]
) -> Iterator[Held]:
    """Yield every setting but the name of the file."""
    for setting in SETTINGS:
        if setting.name == "config":
            continue
        value = getattr(settings, setting.name)
        sources = (
            *([setting.variable] if is_given(setting, environment) else []),
            *(["[settings]"] if setting.name in configuration.settings else []),
        )
        yield Held(
            ("settings", setting.name),
            list(value) if isinstance(value, tuple) else value,
            sources or (DEFAULT,),
        )


def held_alerts(configuration: Configuration) -> Iterator[Held]:
    """Yield the options of the generated rules that the file gives."""
    for name, value in configuration.alerts.items():
        yield Held(("alerts", name), value, ("[alerts]",))


def held_models(configuration: Configuration) -> tuple[str, ...]:
    """Return the names of the models that the file gives tables of, and ``*`` for all others at the end."""
    return (*sorted(set(configuration.models) - {EVERY_MODEL}), EVERY_MODEL)


def held_objectives(configuration: Configuration, name: str, latency: float | None) -> Iterator[Held]:
    """Yield what is expected of a model, and what is chosen for its features and outputs.

    Args:
        configuration: The file.
        name: Of the model, or ``*``.
        latency: The setting ``latency_objective`` of the environment, which wins for all models.
    """
    of_all = configuration.models.get(EVERY_MODEL, ModelConfiguration())
    own = of_all if name == EVERY_MODEL else configuration.models.get(name, ModelConfiguration())
    used = configuration.model(name)
    values = used.objectives()._asdict()
    for objective in OBJECTIVES:
        keys, value = ("models", name, objective.name), values[objective.name]
        if objective.name == TOLERANCE:
            for quality, distance in value:
                known = (own.given.get(TOLERANCE, {}), of_all.given.get(TOLERANCE, {}))
                yield Held((*keys, _QUALITY_OF[quality]), distance, _sources(quality, *known, name))
        elif objective.name == _LATENCY and latency is not None:
            yield Held(keys, latency, (_LATENCY_VARIABLE,))
        else:
            written = _duration(value) if objective.name in _DURATIONS and value is not None else value
            yield Held(keys, written, _sources(objective.name, own.given, of_all.given, name))
    for kind in ("features", "outputs"):
        yield from _choices(kind, getattr(used, kind), getattr(own, kind), name)


def _sources(key: str, own: Mapping[str, Any], of_all: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if key in own:
        return (_table(name),)
    return (_table(EVERY_MODEL),) if key in of_all else (DEFAULT,)


def _choices(
    kind: str, used: Mapping[str, SubjectChoice], own: Mapping[str, SubjectChoice], name: str
) -> Iterator[Held]:
    for subject, choice in used.items():
        of_own = own.get(subject, SubjectChoice())._asdict()
        for key, value in choice._asdict().items():
            if value is not None:
                source = _table(name if of_own[key] is not None else EVERY_MODEL)
                yield Held(("models", name, kind, subject, key), value, (source,))


def _duration(seconds: float) -> str:
    unit = next(
        unit for unit, size in reversed(DURATION_UNITS.items()) if seconds % size == 0 and unit != "w"
    )
    return f"{seconds / DURATION_UNITS[unit]:g}{unit}"


def _table(name: str) -> str:
    return f'[models."{EVERY_MODEL}"]' if name == EVERY_MODEL else f"[models.{name}]"
