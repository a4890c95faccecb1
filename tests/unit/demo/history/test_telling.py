from pathlib import Path

import pytest

from mlexporter.demo.history.era import DAY, era_of
from mlexporter.demo.history.fired import Episode
from mlexporter.demo.history.happenings import MadeFault
from mlexporter.demo.history.options import HistoryOptions
from mlexporter.demo.history.releases import releases_of
from mlexporter.demo.history.steps import PAST_STEP, RECENT_STEP, stretches_of
from mlexporter.demo.history.telling import (
    DAY_INTERVAL,
    MONTHS_INTERVAL,
    introduction,
    summary,
    way_to_look,
)
from mlexporter.demo.history.written import History, about
from mlexporter.settings import parse_duration

ERA = era_of(8 * DAY, 1_795_337_000.0)


@pytest.fixture
def history():
    def made(**changed):
        episodes = [
            Episode("MLFeatureDrift", {}, 0, 1),
            Episode("MLFeatureDrift", {}, 2, 3),
            Episode("MLWatchdog", {}, 0, 9),
        ]
        given = {
            "faults": (MadeFault("distance=unit", ERA.now - 3600, ERA.now),), "episodes": tuple(episodes),
            "n_calls": 7013, "n_series": 26_540, "n_samples": 4_153_288, "n_bytes": 16_000_000, "seconds": 58.2,
        }  # fmt: skip
        stretches = tuple(stretches_of(ERA))
        return History(ERA, stretches, releases_of(ERA), **{**given, **changed})

    return made


def test_the_summary_says_what_is_in_it(history):
    """Days, steps, calls, series, versions, faults and alerts; the watchdog is no news."""
    text = "\n".join(summary(history(), Path("out")))
    for part in (
        "8.0 days", "673 weeks later, New York", "10m from", "7,013 of late_arrival", "26,540, 4,153,288 samples, 16 MB",
        "2013.2: canary from", "2026-11-22 07:00 to 2026-11-22 08:00  distance=unit", "2 fired: MLFeatureDrift 2x",
        "written in 58 s",
    ):  # fmt: skip
        assert part in text
    assert "MLWatchdog" not in text


def test_nothing_made_and_nothing_fired_are_told(history):
    """In words."""
    text = "\n".join(summary(history(faults=(), episodes=()), Path("out")))
    assert "nothing: all that moves is in the data" in text
    assert "none fired" in text


def test_how_to_look_has_the_intervals_of_data_sources():
    """Four of them are two steps, so that each rate has two samples."""
    assert 4 * parse_duration(MONTHS_INTERVAL) == 2 * PAST_STEP
    assert 4 * parse_duration(DAY_INTERVAL) == 2 * RECENT_STEP
    text = "\n".join(way_to_look(Path("out"), "http://127.0.0.1:9090"))
    assert f"scrape interval {DAY_INTERVAL}" in text
    assert "URL http://127.0.0.1:9090" in text
    assert "prometheus --config.file=out/prometheus.yml" in "\n".join(way_to_look(Path("out"), ""))
    assert "8 days" in introduction(HistoryOptions(8 * DAY))[0]


def test_what_is_in_it_is_written_for_programs_too(history):
    """With everything that has a time."""
    said = about(history())
    assert said["faults"] == [{"fault": "distance=unit", "begins": ERA.now - 3600, "ends": ERA.now}]
    assert [each["version"] for each in said["versions"]] == ["2013.1", "2013.2", "2013.3"]
    assert len(said["alerts"]) == 3
    assert (said["now"], said["shift"]) == (ERA.now, ERA.shift)
