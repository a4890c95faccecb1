import dataclasses

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.exposition.families import collect
from mlexporter.records import Estimation, OutcomeTable, Slots

DISTANCE, CARRIER, PREDICTION = 2 * 6, 2 * 7, 2 * 6

OF_BINS = (
    catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_REFERENCE, catalogue.FEATURE_EXPECTED,
    catalogue.FEATURE_BIN_WEIGHT, catalogue.FEATURE_BIN_UPPER_BOUND, catalogue.OUTPUT_OBSERVATIONS,
    catalogue.OUTPUT_REFERENCE, catalogue.OUTPUT_BIN_WEIGHT, catalogue.OUTPUT_BIN_ACCURACY,
)  # fmt: skip


@pytest.mark.parametrize(
    ("budget", "exposed"),
    [
        (10_000, {"distance", "carrier", "prediction"}),
        (PREDICTION + DISTANCE + CARRIER, {"distance", "carrier", "prediction"}),
        (PREDICTION + DISTANCE + CARRIER - 1, {"distance", "prediction"}),
        (PREDICTION + DISTANCE, {"distance", "prediction"}),
        (PREDICTION, {"prediction"}),
        (0, set()),
    ],
)
def test_bins_fit_the_budget(view, scrape, values, budget, exposed):
    """Outputs first, then features by importance; both kinds of series are counted together."""
    samples = scrape(dataclasses.replace(view, series_budget=budget))
    features = values(samples, catalogue.FEATURE_OBSERVATIONS, "feature", "bin")
    outputs = values(samples, catalogue.OUTPUT_OBSERVATIONS, "output", "bin")
    reference = values(samples, catalogue.FEATURE_REFERENCE, "feature", "bin")
    reference |= values(samples, catalogue.OUTPUT_REFERENCE, "output", "bin")
    assert {name for name, _ in features} | {name for name, _ in outputs} == exposed
    assert {name for name, _ in reference} == exposed
    n_exposed = len(features) + len(outputs) + len(reference)
    assert n_exposed <= budget
    assert values(samples, catalogue.SERIES_BUDGET) == {(): budget}
    assert values(samples, catalogue.SERIES_LEFT_OUT) == {(): DISTANCE + CARRIER + PREDICTION - n_exposed}


def test_other_series_do_not_depend_on_the_budget(view, scrape, values):
    """Scores and data quality of a feature stay when its bins are left out."""
    samples = scrape(dataclasses.replace(view, series_budget=0))
    assert ("carrier", "6h") in values(samples, catalogue.FEATURE_DRIFT_SEVERITY, "feature", "window")
    assert ("carrier",) in values(samples, catalogue.FEATURE_MISSING, "feature")


def test_without_importance_drifting_features_come_first(view, with_model, scrape, values):
    """The feature that drifts wins; its name alone would put it last."""
    features = tuple(
        dataclasses.replace(feature, importance=None) for feature in view.models[0].reference.features
    )
    changed = dataclasses.replace(
        with_model("reference.features", features), series_budget=PREDICTION + CARRIER
    )
    observed = values(scrape(changed), catalogue.FEATURE_OBSERVATIONS, "feature")
    assert set(observed) == {("distance",)}


def test_a_change_of_the_budget_is_followed(view, now):
    """The prepared labels of one selection are not used for another."""
    small = dataclasses.replace(view, series_budget=PREDICTION + DISTANCE)
    counts = [
        sum(
            family.sample_count
            for family in collect(each, now=now)
            if family.metric in {catalogue.FEATURE_OBSERVATIONS, catalogue.FEATURE_REFERENCE}
        )
        for each in (view, small, view)
    ]
    assert counts == [DISTANCE + CARRIER, DISTANCE, DISTANCE + CARRIER]


@pytest.fixture
def everything(with_model):
    """A view whose model has slots and a table of outcomes, with what a fleet needs."""
    cells = tuple([1] * (6 + 7 + 6))
    slots = Slots((0,) * 168, "", (), (0,), ("all",), (cells,), (100,))
    table = OutcomeTable(0, "", (50, 50, 50, 50), (10, 10, 45, 45), (0, 0, 50, 50), (0, 0, 45, 45))
    changed = with_model("reference.slots", slots)
    model = changed.models[0]
    reference = dataclasses.replace(model.reference, estimation=Estimation(200, tables=(table,)))
    sides = np.zeros(reference.side_places["leaves"].stop, dtype=np.int64)
    counts = dataclasses.replace(model.snapshot.profile, side_cells=sides)
    snapshot = dataclasses.replace(model.snapshot, profile=counts)
    model = dataclasses.replace(model, reference=reference, snapshot=snapshot)
    return dataclasses.replace(changed, models=(model, *changed.models[1:]), is_fleet=True)


@pytest.mark.parametrize("budget", [0, 24, 25, 36, 60, 61, 70, 86, 87, 10_000])
@pytest.mark.parametrize("is_fleet", [False, True])
def test_the_budget_counts_every_series_of_a_bin(everything, scrape, values, budget, is_fleet):
    """Expected counts, weights, bounds and accuracies are series as well: what is exposed and left out is all."""
    changed = dataclasses.replace(everything, series_budget=budget, is_fleet=is_fleet)
    samples = scrape(changed)
    n_exposed = sum(name in {metric.name for metric in OF_BINS} for name, _ in samples)
    # distance and prediction have 4 bins and 2 other cells, carrier 7 cells
    total = 3 * 6 + 3 * 7 + 2 * 6 + is_fleet * (4 * 3 + 4 * 3)
    assert n_exposed <= budget
    assert n_exposed + values(samples, catalogue.SERIES_LEFT_OUT)[()] == total
    assert (n_exposed == total) == (budget >= total)
