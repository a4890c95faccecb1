"""What the demo's model knows about a flight before it leaves, one row for each feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mlexporter.errors import ConfigurationError

WEATHER: Final = "weather: all flights of an hour share it, so the rows of a window are far from independent"
TIME_OF_DAY: Final = "time of day and week: a window that is not whole weeks differs from the training months"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A change of unit: a value becomes ``value * scale + offset``."""

    unit: str
    other_unit: str
    scale: float
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the model.

    Attributes:
        name: Name in the row, in the profile and in every label.
        is_category: True for text; numbers else.
        shown_only: Why its drift is shown and not alerted on, or empty text.
        conversion: The unit error that ``--break NAME=unit`` makes, or None where there is no other unit.
    """

    name: str
    is_category: bool = False
    shown_only: str = ""
    conversion: Conversion | None = None


_CELSIUS: Final = Conversion("degrees Fahrenheit", "degrees Celsius", 5 / 9, -32 * 5 / 9)
_KILOMETRES: Final = Conversion("miles", "kilometres", 1.609344)
_KILOMETRES_PER_HOUR: Final = Conversion("miles per hour", "kilometres per hour", 1.609344)

FEATURES: Final = (
    Feature("carrier", is_category=True),
    Feature("origin", is_category=True),
    Feature("dest", is_category=True),
    Feature("distance", conversion=_KILOMETRES),
    Feature("scheduled_minutes", conversion=Conversion("minutes", "hours", 1 / 60)),
    Feature("scheduled_hour", shown_only=TIME_OF_DAY),
    Feature("scheduled_minute", shown_only=TIME_OF_DAY),
    Feature("weekday", shown_only=TIME_OF_DAY),
    Feature("temp", shown_only=WEATHER, conversion=_CELSIUS),
    Feature("dewp", shown_only=WEATHER, conversion=_CELSIUS),
    Feature("humid", shown_only=WEATHER),
    Feature("wind_dir", shown_only=WEATHER),
    Feature("wind_speed", shown_only=WEATHER, conversion=_KILOMETRES_PER_HOUR),
    Feature("precip", shown_only=WEATHER, conversion=Conversion("inches", "millimetres", 25.4)),
    Feature("pressure", shown_only=WEATHER, conversion=Conversion("millibars", "inches of mercury", 0.02953)),
    Feature("visib", shown_only=WEATHER, conversion=_KILOMETRES),
    Feature("plane_year"),
    Feature("seats"),
    Feature("manufacturer", is_category=True),
    Feature("engine", is_category=True),
)
"""Every feature, in the order in which the model takes them."""

FEATURE_NAMES: Final = tuple(feature.name for feature in FEATURES)
CATEGORY_NAMES: Final = tuple(feature.name for feature in FEATURES if feature.is_category)
SHOWN_ONLY_NAMES: Final = tuple(feature.name for feature in FEATURES if feature.shown_only)


def feature_named(name: str) -> Feature:
    """Return the feature called ``name``.

    Raises:
        ConfigurationError: the model has no such feature; the message lists those that it has.
    """
    for feature in FEATURES:
        if feature.name == name:
            return feature
    raise ConfigurationError(f"the demo's model has no feature {name!r}; it has: {', '.join(FEATURE_NAMES)}")
