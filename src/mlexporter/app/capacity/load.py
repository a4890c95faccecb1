"""``Load``: what is to be monitored, and how much of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from mlexporter.errors import ConfigurationError
from mlexporter.profile.options import MAXIMUM_FEATURES
from mlexporter.profile.reading import MAXIMUM_OUTPUTS
from mlexporter.profile.reading_bins import MAXIMUM_EDGES
from mlexporter.settings import SETTINGS, Settings

if TYPE_CHECKING:
    from mlexporter.records import Reference

_DEFAULTS: Final = Settings()
_MEASURES: Final = ("default", "all")
_MOST_WINDOWS: Final = 20

RANGES: Final = {
    "features": (0, MAXIMUM_FEATURES),
    "categorical": (0, MAXIMUM_FEATURES),
    "pods": (1, 10_000),
    "workers": (1, 1_000),
    "models": (1, 1_000),
    "versions": (1, 100),
    "bins": (2, MAXIMUM_EDGES),
    "outputs": (0, MAXIMUM_OUTPUTS),
    "gpus": (0, 64),
    "series_budget": (0, 10**7),
}
"""Least and largest value of each number. Beyond them lies a mistake, or what no Prometheus and no pod can carry."""

SECONDS_RANGE: Final = (1.0, 3600.0)
RATE_RANGE: Final = (0.001, 1e6)


class Load(NamedTuple):
    """A load.

    Attributes:
        features: Monitored features of each model.
        categorical: How many of them are categories, with as many names as a profile keeps; the others are numbers.
        pods: Pods (or hosts) that are scraped.
        workers: Processes of each pod that count.
        models: Models that each pod serves.
        versions: Versions of each model that each pod serves at once.
        bins: Bins of each number, those for missing and invalid values not counted.
        outputs: Outputs of each model; a class of a classification is one.
        windows: As in the settings: names of windows, shortest first.
        measures: As in the settings.
        series_budget: As in the settings.
        baseline: Whether a baseline is learned from serving, as it is after a week by default.
        fleet: Whether the recording rules of a fleet are used, and what they need is exposed.
        gpus: Graphics cards of each pod.
        rows_per_second: Rows that each pod predicts in a second: the more, the more digits counts have.
        scrape_interval: Seconds between two scrapes.
        evaluation_interval: Seconds between two evaluations.
        reference: A real profile: features, kinds, bins, outputs and sections are its own then.
    """

    features: int = 100
    categorical: int = 0
    pods: int = 3
    workers: int = 4
    models: int = 1
    versions: int = 1
    bins: int = 18
    outputs: int = 1
    windows: tuple[str, ...] = _DEFAULTS.windows
    measures: str = _DEFAULTS.measures
    series_budget: int = _DEFAULTS.series_budget
    baseline: bool = True
    fleet: bool = _DEFAULTS.fleet
    gpus: int = 0
    rows_per_second: float = 100.0
    scrape_interval: float = 30.0
    evaluation_interval: float = _DEFAULTS.evaluation_interval
    reference: Reference | None = None


def checked(load: Load) -> Load:
    """Return ``load`` with what its profile says, its windows in order.

    Raises:
        ConfigurationError: a value is outside of its range; names the field, the value and the range.
    """
    for name, (least, most) in RANGES.items():
        value = getattr(load, name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ConfigurationError(f"{name}={value!r}: a whole number from {least:,} to {most:,} is needed")
    if load.categorical > load.features:
        raise ConfigurationError(
            f"categorical={load.categorical!r}: a whole number from 0 to features={load.features} is needed"
        )
    if load.measures not in _MEASURES:
        raise ConfigurationError(f"measures={load.measures!r}: one of {', '.join(_MEASURES)} is needed")
    for name, unit, (lowest, highest) in (
        ("scrape_interval", "seconds", SECONDS_RANGE),
        ("evaluation_interval", "seconds", SECONDS_RANGE),
        ("rows_per_second", "rows a second", RATE_RANGE),
    ):
        number = getattr(load, name)
        if not (math.isfinite(number) and lowest <= number <= highest):
            raise ConfigurationError(f"{name}={number!r}: {lowest:,g} to {highest:,g} {unit} are needed")
    load = load._replace(windows=_windows(load.windows))
    if load.reference is None:
        return load
    kinds = [feature.distribution.is_ordered for feature in load.reference.features]
    return load._replace(
        features=len(kinds), categorical=kinds.count(False), outputs=len(load.reference.outputs)
    )


def _windows(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > _MOST_WINDOWS:
        raise ConfigurationError(f"windows: {len(names)} of them; 1 to {_MOST_WINDOWS} are needed")
    setting = next(setting for setting in SETTINGS if setting.name == "windows")
    try:
        parsed: tuple[str, ...] = setting.parse(",".join(names))
    except ValueError as error:
        raise ConfigurationError(f"windows={','.join(names)!r}: {error}") from None
    return parsed
