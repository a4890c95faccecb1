import pytest

from mlexporter.demo.features import (
    CATEGORY_NAMES,
    FEATURE_NAMES,
    SHOWN_ONLY_NAMES,
    feature_named,
)
from mlexporter.errors import ConfigurationError


def test_every_feature_is_listed_once():
    """Categories are some of them."""
    assert set(CATEGORY_NAMES) < set(FEATURE_NAMES)
    assert len(set(FEATURE_NAMES)) == len(FEATURE_NAMES)


def test_the_month_is_no_feature():
    """A season is what the demo is about; a model that knows it could not be surprised."""
    assert "month" not in FEATURE_NAMES


def test_weather_and_time_of_day_are_shown_only():
    """Decision 33: their rows are not independent, so nothing alerts on them."""
    assert {"temp", "wind_speed", "visib", "weekday", "scheduled_hour"} <= set(SHOWN_ONLY_NAMES)
    assert not {"distance", "scheduled_minutes", "carrier", "seats"} & set(SHOWN_ONLY_NAMES)


def test_an_unknown_feature_is_named_with_those_there_are():
    """The message helps to find the right name."""
    with pytest.raises(ConfigurationError, match=r"'distanse'.*distance"):
        feature_named("distanse")
