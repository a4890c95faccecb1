import dataclasses

import pytest

from mlexporter import catalogue
from mlexporter.exposition.families import collect

DISTANCE, CARRIER, PREDICTION = 2 * 6, 2 * 7, 2 * 6


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
