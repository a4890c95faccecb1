"""A configuration file as lines for a terminal: what holds for each model, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mlexporter.cli.plain_text import plain
from mlexporter.configuration.configuration import (
    EVERY_MODEL,
    Configuration,
    ModelConfiguration,
    SubjectChoice,
)
from mlexporter.configuration.objective_table import OBJECTIVES, TOLERANCE
from mlexporter.configuration.values import shown
from mlexporter.settings import DURATION_UNITS, SETTINGS, Settings

_WIDTH: Final = 52
_DEFAULT: Final = "default"
_DURATIONS: Final = ("label_delay", "profile_age")
_LATENCY: Final = "latency_threshold_seconds"


def configuration_lines(
    configuration: Configuration, settings: Settings, environment: Mapping[str, str]
) -> Iterator[str]:
    """Yield what the file comes to.

    Args:
        configuration: The file.
        settings: What the environment and the file make together.
        environment: To tell what a variable decides; it wins over the file.
    """
    yield f"{plain(configuration.path)} is good"
    yield from _settings(configuration, settings, environment)
    if configuration.alerts:
        yield "options of the generated rules:"
        yield from (
            _line(name, plain(shown(value)), "[alerts]") for name, value in configuration.alerts.items()
        )
    latency = settings.latency_objective
    for name in sorted(set(configuration.models) - {EVERY_MODEL}):
        yield f"model {plain(name)}:"
        yield from _model(configuration, name, latency)
    yield "every other model:" if set(configuration.models) - {EVERY_MODEL} else "every model:"
    yield from _model(configuration, EVERY_MODEL, latency)


def _settings(
    configuration: Configuration, settings: Settings, environment: Mapping[str, str]
) -> Iterator[str]:
    lines = []
    for setting in SETTINGS:
        sources = [setting.variable] if setting.variable in environment else []
        sources += ["[settings]"] if setting.name in configuration.settings else []
        if sources and setting.name != "config":
            lines.append(
                _line(setting.name, plain(str(getattr(settings, setting.name))), ", over ".join(sources))
            )
    if lines:
        yield "settings that are not left as they are:"
        yield from lines


def _model(configuration: Configuration, name: str, latency: float | None) -> Iterator[str]:
    of_all = configuration.models.get(EVERY_MODEL, ModelConfiguration())
    own = of_all if name == EVERY_MODEL else configuration.models.get(name, ModelConfiguration())
    used = configuration.model(name)
    values = used.objectives()._asdict()
    for objective in OBJECTIVES:
        value, source = values[objective.name], _DEFAULT
        if objective.name in own.given:
            source = _table(name)
        elif objective.name in of_all.given:
            source = _table(EVERY_MODEL)
        if objective.name == _LATENCY and latency is not None:
            value, source = latency, "MLEXPORTER_LATENCY_OBJECTIVE"
        if objective.name == TOLERANCE:
            yield from _tolerances(value, own, of_all, name)
        else:
            yield _line(objective.name, _written(objective.name, value), source)
    yield from _choices("feature", used.features, own.features, name)
    yield from _choices("output", used.outputs, own.outputs, name)


def _tolerances(
    values: tuple[tuple[str, float], ...], own: ModelConfiguration, of_all: ModelConfiguration, name: str
) -> Iterator[str]:
    for quality, distance in values:
        source = _DEFAULT
        if quality in own.given.get(TOLERANCE, {}):
            source = _table(name)
        elif quality in of_all.given.get(TOLERANCE, {}):
            source = _table(EVERY_MODEL)
        yield _line(f"{TOLERANCE} of {quality}", f"{distance:g}", source)


def _choices(
    kind: str, used: Mapping[str, SubjectChoice], own: Mapping[str, SubjectChoice], name: str
) -> Iterator[str]:
    for subject, choice in used.items():
        of_own = own.get(subject, SubjectChoice())._asdict()
        for key, value in choice._asdict().items():
            if value is not None:
                source = _table(name if of_own[key] is not None else EVERY_MODEL)
                yield _line(f"{kind} {plain(subject)}: {key}", _written(key, value), source)


def _written(name: str, value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if name in _DURATIONS:
        unit = next(
            unit for unit, size in reversed(DURATION_UNITS.items()) if value % size == 0 and unit != "w"
        )
        return f"{value / DURATION_UNITS[unit]:g}{unit}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(name: str) -> str:
    return f'[models."{EVERY_MODEL}"]' if name == EVERY_MODEL else f"[models.{plain(name)}]"


def _line(name: str, value: str, source: str) -> str:
    text = f"  {name} = {value}"
    return f"{text:{_WIDTH}}  {source}"
