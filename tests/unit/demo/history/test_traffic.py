from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlexporter.demo.features import FEATURES
from mlexporter.demo.flights import Flights
from mlexporter.demo.history.deployments import NEVER, Deployment
from mlexporter.demo.history.era import DAY, HOUR, era_of
from mlexporter.demo.history.happenings import ERRORS, SLOW, UNSEEN, MadeFault
from mlexporter.demo.history.releases import Learned, Release
from mlexporter.demo.history.traffic import (
    FAILURE,
    IS_CANARY,
    POD,
    RELEASE,
    SCORE,
    SECONDS,
    SIDE_SCORE,
    calls_of,
    flights_of,
)

N_ROWS = 4000


@dataclass
class Constant:
    """A model that always says the same."""

    score: float

    def scores(self, table):
        """Say it of each row."""
        return np.full(len(table), self.score)


LEARNED = [Learned(Release(str(place), (1,), None, 0), Constant(place / 10), Path()) for place in (0, 1)]
ONE = (Deployment(NEVER, 0), Deployment(NEVER, NEVER))


@pytest.fixture
def table():
    random = np.random.default_rng(3)
    columns = {
        feature.name: random.choice(["UA", "AS", "DL"], N_ROWS)
        if feature.is_category
        else random.normal(10, 1, N_ROWS)
        for feature in FEATURES
    }
    return pd.DataFrame(columns).assign(departed=np.arange(N_ROWS) * 60.0, late=0.0, month=6)


def called(table, faults=(), deployments=(ONE, ONE), seed=1):
    return calls_of(table, LEARNED, deployments, faults, seed=seed)


def test_calls_are_shared_and_the_same_for_one_seed(table):
    """About half for each pod."""
    calls = called(table)
    pd.testing.assert_frame_equal(calls, called(table))
    assert 0.45 < calls[POD].mean() < 0.55
    assert not calls[SECONDS].equals(called(table, seed=2)[SECONDS])


def test_releases_get_their_share_at_each_pod(table):
    """A canary three tenths; a release that serves all, by its own scores; the second pod later."""
    tried, serves = 60_000, 120_000
    late = (Deployment(NEVER, 0), Deployment(tried, serves + 6000))
    calls = called(table, deployments=((Deployment(NEVER, 0), Deployment(tried, serves)), late))
    when = calls["departed"]
    assert (calls[RELEASE][when < tried] == 0).all()
    canary = calls[(when >= tried) & (when < serves)]
    assert 0.25 < canary[IS_CANARY].mean() < 0.35
    assert (calls[RELEASE][when >= serves + 6000] == 1).all()
    between = calls[(when >= serves) & (when < serves + 6000)]
    assert set(between[RELEASE][between[POD] == 0]) == {1}
    assert set(between[RELEASE][between[POD] == 1]) == {0, 1}
    assert np.allclose(calls[SCORE], calls[RELEASE] / 10)


FAULT_TIME = (60_000, 90_000)


@pytest.mark.parametrize(
    ("name", "feature", "expected"),
    [
        ("distance=unit", "distance", lambda column: column * 1.609344),
        ("seats=missing", "seats", lambda column: column * np.nan),
        ("seats=stuck", "seats", lambda column: column * 0 + column.iloc[0]),
        (UNSEEN, "carrier", lambda column: column.replace("UA", "UAL")),
    ],
)
def test_features_break_while_a_fault_is_on_and_only_then(table, name, feature, expected):
    """Everything else stays."""
    calls = called(table, [MadeFault(name, *FAULT_TIME)])
    here = calls["departed"].between(*FAULT_TIME, inclusive="left")
    true = table[feature]
    if name.endswith("stuck"):
        true = true.where(~here, true[~here & (calls["departed"] < FAULT_TIME[0])].iloc[-1])
        pd.testing.assert_series_equal(calls[feature], true)
        return
    pd.testing.assert_series_equal(calls[feature][here], expected(true[here]), check_dtype=False)
    pd.testing.assert_series_equal(calls[feature][~here], true[~here])
    pd.testing.assert_series_equal(calls["temp"], table["temp"])


def test_errors_and_slowness_come_in_their_hours(table):
    """A third of the calls fails, durations are tens of times as long; both hardly else."""
    calls = called(table, [MadeFault(ERRORS, 0, 60_000), MadeFault(SLOW, 60_000, 120_000)])
    when = calls["departed"]
    failing = calls[FAILURE] > 0
    assert 0.3 < failing[when < 60_000].mean() < 0.4
    assert failing[when >= 60_000].mean() < 0.01
    slow = (when >= 60_000) & (when < 120_000)
    assert calls[SECONDS][slow].median() > 15 * calls[SECONDS][~slow].median()


def test_small_airlines_ask_the_side_model_too(table):
    """And nobody else."""
    calls = called(table)
    assert calls[SIDE_SCORE].notna().equals(table["carrier"] == "AS")


def test_flights_of_an_era_are_shifted_into_it(table):
    """Those of other times are left out."""
    era = era_of(DAY, 1_795_337_000.0)
    times = np.linspace(era.begins - era.shift - DAY, era.ends - era.shift + HOUR, N_ROWS)
    found = flights_of(Flights(table.assign(departed=times)), era)
    assert 0 < len(found) < N_ROWS
    assert found["departed"].between(era.begins, era.ends, inclusive="left").all()
    assert list(found.index) == list(range(len(found)))
