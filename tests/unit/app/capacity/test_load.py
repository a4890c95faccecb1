"""Loads that can be asked for, and what is said of others."""

import math

import pytest

from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.load import RANGES, Load, checked
from mlexporter.errors import ConfigurationError
from mlexporter.settings import Settings


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("wrong", ["below", "above", "huge", "fraction", "truth"])
def test_numbers_outside_of_their_range_are_refused_by_name(name, wrong):
    """The message has the field, the value and the range, whatever is wrong; a huge number is refused as fast."""
    least, most = RANGES[name]
    value = {
        "below": least - 1, "above": most + 1, "huge": 10**30, "fraction": least + 0.5, "truth": True,
    }[wrong]  # fmt: skip

    with pytest.raises(ConfigurationError) as raised:
        capacity(Load(**{name: value}))

    assert str(raised.value) == f"{name}={value!r}: a whole number from {least:,} to {most:,} is needed"


@pytest.mark.parametrize("name", ["scrape_interval", "evaluation_interval", "rows_per_second"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 1e12])
def test_intervals_and_rates_are_finite(name, value):
    """Nothing is divided by zero."""
    with pytest.raises(ConfigurationError, match=f"^{name}={value!r}"):
        capacity(Load(**{name: value}))


@pytest.mark.parametrize(
    ("load", "message"),
    [
        (Load(features=3, categorical=4), "categorical=4: a whole number from 0 to features=3"),
        (Load(measures="many"), "measures='many': one of default, all"),
        (Load(windows=()), "windows='': at least one duration"),
        (Load(windows=("1h", "60m")), "two windows of one length"),
        (Load(windows=("soon",)), "windows='soon'"),
        (Load(windows=tuple(f"{place}m" for place in range(1, 30))), "windows: 29 of them; 1 to 20"),
    ],
)
def test_what_makes_no_sense_together_is_refused(load, message):
    """Likewise where it takes two values to see it."""
    with pytest.raises(ConfigurationError, match=message.replace("'", ".")):
        capacity(load)


def test_windows_are_put_in_order():
    """As the settings do it."""
    assert checked(Load(windows=("24h", "1h"))).windows == ("1h", "24h")


def test_defaults_are_those_of_the_settings():
    """Who gives nothing asks about an exporter as it comes."""
    load, settings = Load(), Settings()

    for name in ("windows", "measures", "series_budget", "evaluation_interval", "fleet"):
        assert getattr(load, name) == getattr(settings, name), name


@pytest.mark.parametrize("name", RANGES)
def test_the_largest_load_of_each_kind_has_an_answer(name):
    """The ends of the ranges can be asked for."""
    load = Load(**{name: RANGES[name][1], **({"features": 20_000} if name == "categorical" else {})})

    assert capacity(load).pod.series > 0


def test_nothing_at_all_has_an_answer():
    """A model without features and outputs has its calls."""
    found = capacity(Load(features=0, outputs=0, series_budget=0))

    assert found.pod.groups["service"] > 100
    assert found.pod.groups["bins"] == 0
    assert found.remarks == ()
