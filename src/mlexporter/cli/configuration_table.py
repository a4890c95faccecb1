"""A configuration file as lines for a terminal: what holds for each model, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from mlexporter.cli.held_values import (
    DEFAULT,
    Held,
    held_alerts,
    held_models,
    held_objectives,
    held_settings,
)
from mlexporter.cli.plain_text import plain
from mlexporter.configuration.configuration import EVERY_MODEL, Configuration
from mlexporter.configuration.objective_table import QUALITY_NAMES, TOLERANCE
from mlexporter.configuration.values import shown
from mlexporter.settings import Settings

_WIDTH: Final = 52
_KINDS: Final = {"features": "feature", "outputs": "output"}


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
    changed = [
        each for each in held_settings(configuration, settings, environment) if DEFAULT not in each.sources
    ]
    if changed:
        yield "settings that are not left as they are:"
        yield from setting_lines(changed)
    yield from alert_lines(configuration)
    for name in held_models(configuration):
        yield from model_lines(configuration, name, settings.latency_objective)


def setting_lines(held: Iterable[Held]) -> Iterator[str]:
    """Yield settings, one a line."""
    for each in held:
        yield _line(each.keys[-1], plain(_setting(each.value)), ", over ".join(each.sources))


def alert_lines(configuration: Configuration) -> Iterator[str]:
    """Yield the options of the generated rules that the file gives, below a heading."""
    if configuration.alerts:
        yield "options of the generated rules:"
    for each in held_alerts(configuration):
        yield _line(each.keys[-1], plain(shown(each.value)), *each.sources)


def model_lines(configuration: Configuration, name: str, latency: float | None) -> Iterator[str]:
    """Yield what holds for a model, below a heading; ``latency`` is as in ``held_objectives``."""
    if name != EVERY_MODEL:
        yield f"model {plain(name)}:"
    else:
        yield "every other model:" if len(held_models(configuration)) > 1 else "every model:"
    for each in held_objectives(configuration, name, latency):
        yield _line(_name(each.keys[2:]), _written(each.value), *map(plain, each.sources))


def _name(keys: tuple[str, ...]) -> str:
    if keys[0] == TOLERANCE:
        return f"{TOLERANCE} of {QUALITY_NAMES[keys[1]]}"
    return f"{_KINDS[keys[0]]} {plain(keys[1])}: {keys[2]}" if len(keys) > 1 else keys[0]


def _setting(value: Any) -> str:
    return str(tuple(value)) if isinstance(value, list) else str(value)


def _written(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _line(name: str, value: str, source: str) -> str:
    text = f"  {name} = {value}"
    return f"{text:{_WIDTH}}  {source}"
