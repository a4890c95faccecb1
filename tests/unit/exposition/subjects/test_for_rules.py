import dataclasses
import math

import numpy as np
import pytest

from mlexporter import catalogue
from mlexporter.exposition.layout import layout_of
from mlexporter.records import Estimation, OutcomeTable, Slots
from mlexporter.statistics.critical_value import critical_values

FLEET = tuple(metric for metric in catalogue.CATALOGUE if metric.condition == "fleet")
OUTCOMES = OutcomeTable(0, "", (50, 50, 50, 50), (10, 10, 45, 45), (0, 0, 50, 50), (0, 0, 45, 45))


@pytest.fixture
def fleet(view):
    return dataclasses.replace(view, is_fleet=True)


def test_only_with_the_setting(view, scrape, values):
    """Nobody else pays for these series."""
    samples = scrape(view)
    assert [metric.name for metric in FLEET if values(samples, metric)] == []


def test_upper_bounds_are_the_edges(fleet, scrape, values):
    """The last bin of a number is open; categories have no bounds, nor have missing values."""
    found = values(scrape(fleet), catalogue.FEATURE_BIN_UPPER_BOUND, "feature", "bin")
    assert {feature for feature, _ in found} == {"distance"}
    assert sorted(found.values()) == [200.0, 500.5, 1000.0, math.inf]


def test_weights_are_orthonormal_under_training(fleet, scrape, values):
    """Of the shares .1 .3 .4 .2 the mean of each weight is 0, its square 1; categories have none."""
    found = values(scrape(fleet), catalogue.FEATURE_BIN_WEIGHT, "feature", "weight", "bin")
    assert {feature for feature, _, _ in found} == {"distance"}
    shares = np.array([0.1, 0.3, 0.4, 0.2])
    bins = [key[2] for key in found if key[1] == "location"]
    location, spread = (
        np.array([found["distance", name, each] for each in bins]) for name in ("location", "spread")
    )
    moments = [shares @ location, shares @ spread, shares @ location**2, shares @ spread**2]
    assert [*moments, shares @ (location * spread)] == pytest.approx([0, 0, 1, 1, 0], abs=1e-9)


def test_a_subject_without_training_rows_has_no_weights(fleet, scrape, values):
    """Weights of nothing are absent, not 0 and not a failure."""
    model = fleet.models[0]
    distance, carrier = model.reference.features
    empty = dataclasses.replace(distance.distribution, counts=(0, 0, 0, 0, 5, 0))
    features = (dataclasses.replace(distance, distribution=empty), carrier)
    model = dataclasses.replace(model, reference=dataclasses.replace(model.reference, features=features))
    samples = scrape(dataclasses.replace(fleet, models=(model,)))
    assert values(samples, catalogue.FEATURE_BIN_WEIGHT) == {}
    assert len(values(samples, catalogue.FEATURE_BIN_UPPER_BOUND, "bin")) == 4


def test_accuracy_of_bins_only_where_a_decision_is_known(fleet, scrape, values):
    """Half of the lower and nine of ten of the upper bins: shares near 0.8 and 0.9."""
    model = fleet.models[0]
    estimation = Estimation(200, decision_threshold=0.5, tables=(OUTCOMES,))
    model = dataclasses.replace(model, reference=dataclasses.replace(model.reference, estimation=estimation))
    assert values(scrape(fleet), catalogue.OUTPUT_BIN_ACCURACY) == {}
    found = values(scrape(dataclasses.replace(fleet, models=(model,))), catalogue.OUTPUT_BIN_ACCURACY, "bin")
    assert sorted(found.values()) == pytest.approx([0.8, 0.8, 0.9, 0.9], abs=0.02)


def test_critical_values_share_out_false_alarms(fleet, scrape, values):
    """Over two features and two windows, and over the three tests by their methods."""
    found = values(scrape(fleet), catalogue.DRIFT_CRITICAL_VALUE, "method", "window")
    expected = critical_values(n_subjects=2, n_windows=2)
    assert set(expected) == set(catalogue.NOISE_METHODS)
    assert found == pytest.approx(
        {(method, window): value for method, value in expected.items() for window in ("1h", "6h")}
    )


def test_what_is_kept_follows_the_selection(view):
    """Blocks of one set of features are not shown for another one."""
    layout = layout_of(("m", "1", "primary"), view.models[0].reference).features
    made = []

    def make():
        made.append(1)
        return ()

    for selection in ([0, 1], [0, 1], [0], [0, 1]):
        layout.kept("fleet", np.array(selection, dtype=np.int64), make)
    assert len(made) == 3


def test_expected_counts_need_slots(view, with_model, scrape, values):
    """All rows in a slot that training had in the first two bins of the distance are expected there."""
    assert values(scrape(view), catalogue.FEATURE_EXPECTED) == {}
    offset = (50, 50, 0, 0, 0, 0), (100, 0, 0, 0, 0, 0, 0), (100, 0, 0, 0, 0, 0)
    slots = Slots((0,) * 168, "", (), (0,), ("all",), (tuple(np.concatenate(offset).tolist()),), (100,))
    changed = with_model("reference.slots", slots)
    model = changed.models[0]
    sides = np.zeros(model.reference.side_places["leaves"].stop, dtype=np.int64)
    sides[model.reference.side_places["slots"]] = 30
    counts = dataclasses.replace(model.snapshot.profile, side_cells=sides)
    snapshot = dataclasses.replace(model.snapshot, profile=counts)
    samples = scrape(dataclasses.replace(changed, models=(dataclasses.replace(model, snapshot=snapshot),)))
    found = values(samples, catalogue.FEATURE_EXPECTED, "feature", "bin")
    assert sorted(value for (name, _), value in found.items() if name == "distance") == (
        pytest.approx([0, 0, 0, 0, 15, 15])
    )
    assert sum(value for (name, _), value in found.items() if name == "carrier") == pytest.approx(30)
