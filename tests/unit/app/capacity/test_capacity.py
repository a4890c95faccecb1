"""What is predicted of a load, held against real exporters that have served it."""

import re

import pytest

from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.costs import Capacity
from mlexporter.app.capacity.load import Load
from served_loads import fitted, table

ROWS, HOUR = 400, 3600.0
EXACT = ("features", "drift", "bins")
"""Groups that a default configuration cannot make smaller."""


def compare(predicted, real, *, most=1.25):
    """Hold a prediction against what was exposed."""
    assert isinstance(predicted, Capacity)
    assert real.total <= predicted.pod.series <= most * real.total
    assert len(real.text) <= predicted.pod.text_bytes * 1.02
    assert predicted.pod.text_bytes <= most * len(real.text)
    assert real.total < predicted.recommended.sample_limit
    limit = int(re.fullmatch(r"(\d+)MB", predicted.recommended.body_size_limit)[1]) * 2**20
    assert len(real.text) < limit
    assert sum(real.directory.values()) <= predicted.directory.total_bytes


PLAIN = {
    "5 features": Load(features=5),
    "50 features, a window, all measures": Load(features=50, windows=("1h",), measures="all"),
    "50 features, categories": Load(features=50, categorical=10),
    "categories alone": Load(features=6, categorical=6, windows=("1h", "24h")),
    "a fleet": Load(features=10, categorical=2, fleet=True),
}


@pytest.mark.parametrize("load", PLAIN.values(), ids=PLAIN)
def test_series_of_plain_loads_are_exact(load, served):
    """What depends on features is predicted to the series, whatever their number, kinds, windows and measures."""
    load = load._replace(baseline=False, workers=1, rows_per_second=ROWS / HOUR)
    shape = {"numbers": load.features - load.categorical, "categories": load.categorical}
    real = served(
        fitted(table(6000, 1, **shape)),
        lambda seed: table(ROWS, seed, **shape),
        batches=4,
        seconds=HOUR,
        windows=",".join(load.windows),
        measures=load.measures,
        fleet=load.fleet,
    )

    predicted = capacity(load)

    assert {name: predicted.pod.groups[name] for name in EXACT} == {name: real.groups[name] for name in EXACT}
    compare(predicted, real)


def test_bins_over_the_budget_stay_out_as_the_exporter_leaves_them_out(served):
    """200 features of 20 cells, two series each, do not fit into 2,000 series: outputs come first."""
    load = Load(features=200, series_budget=2_000, baseline=False, workers=1, rows_per_second=ROWS / HOUR)
    real = served(
        fitted(table(6000, 2, numbers=200)),
        lambda seed: table(ROWS, seed, numbers=200),
        seconds=HOUR,
        series_budget=2_000,
    )

    predicted = capacity(load)

    assert real.groups["bins"] == predicted.pod.groups["bins"] == 2_000
    assert predicted.pod.bins_left_out == 201 * 40 - 2_000
    compare(predicted, real)
    assert [remark.subject for remark in predicted.remarks] == ["bins"]
    assert "MLEXPORTER_SERIES_BUDGET=8040" in predicted.remarks[0].sentence


def test_a_rollout_stays_below_the_limits(served):
    """Two versions in one pod, with exceptions of many classes, are not refused by what was recommended for one."""
    load = Load(features=30, workers=1)
    real = served(
        fitted(table(6000, 3, numbers=30)),
        lambda seed: table(ROWS, seed, numbers=30),
        seconds=HOUR,
        versions=("1", "2"),
        measures=load.measures,
    )

    predicted = capacity(load._replace(baseline=False, rows_per_second=ROWS / HOUR))

    assert predicted.pod.series < real.total <= predicted.pod.largest_series
    assert real.total * 1.1 < predicted.recommended.sample_limit
    of_two = capacity(load._replace(baseline=False, versions=2))
    assert {name: of_two.pod.groups[name] for name in EXACT} == {name: real.groups[name] for name in EXACT}
    compare(of_two, real)
