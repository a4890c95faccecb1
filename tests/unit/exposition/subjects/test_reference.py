import dataclasses
import gc
import math

import pytest

from mlexporter import catalogue
from mlexporter.exposition.layout import layout_of
from mlexporter.records import BaselineState, ComponentNoise, Estimation, OutcomeTable

NUMBER = ComponentNoise(30, 0.04, 0.01, 0.0025)
CATEGORY = ComponentNoise(30, None, None, 0.09)
STATE = BaselineState("training", 7, 24, 9, 168, 3600.0)


@pytest.fixture
def noisy(view, with_model):
    """Return a function that gives both features noise in some windows."""

    def make(number, category):
        distance, carrier = view.models[0].reference.features
        features = (
            dataclasses.replace(distance, noise=number),
            dataclasses.replace(carrier, noise=category),
        )
        return with_model("reference.features", features)

    return make


def test_noise_is_published_as_a_deviation(noisy, scrape, values):
    """Variances of 0.04, 0.01 and 0.0025 are 0.2, 0.1 and 0.05; a category has no location."""
    samples = scrape(noisy({"1h": NUMBER, "6h": NUMBER}, {"6h": CATEGORY}))
    found = values(samples, catalogue.FEATURE_NOISE_FLOOR, "feature", "method", "window")
    assert {key[1]: value for key, value in found.items() if key[0] == "distance" and key[2] == "1h"} == (
        pytest.approx({"location": 0.2, "spread": 0.1, "omnibus": 0.05})
    )
    assert {key[1] for key in found if key[0] == "carrier"} == {"omnibus"}
    assert found["carrier", "omnibus", "6h"] == pytest.approx(0.3)


def test_a_window_without_noise_publishes_that_which_is_used(noisy, scrape, values):
    """6h uses the noise of 1h; of 6h alone, 1h uses six times its variance."""
    samples = scrape(noisy({"1h": NUMBER}, {"6h": CATEGORY}))
    found = values(samples, catalogue.FEATURE_NOISE_FLOOR, "feature", "method", "window")
    assert found["distance", "location", "6h"] == pytest.approx(0.2)
    assert found["carrier", "omnibus", "1h"] == pytest.approx(0.3 * 6**0.5)


def test_without_noise_there_are_no_series(view, scrape, values):
    """What was not learned is absent, not 0."""
    samples = scrape(view)
    assert values(samples, catalogue.FEATURE_NOISE_FLOOR, "feature") == {}
    assert values(samples, catalogue.OUTPUT_NOISE_FLOOR, "output") == {}


def test_noise_of_outputs(view, with_model, scrape, values):
    """Outputs have series of their own."""
    output = dataclasses.replace(view.models[0].reference.outputs[0], noise={"1h": NUMBER})
    samples = scrape(with_model("reference.outputs", (output,)))
    found = values(samples, catalogue.OUTPUT_NOISE_FLOOR, "output", "method", "window")
    assert found["prediction", "spread", "1h"] == pytest.approx(0.1)


def test_noise_of_the_baseline_in_use_is_published(view, noisy, with_model, scrape, values):
    """A baseline brings its own noise; the one of training comes back with training."""
    trained = noisy({"1h": NUMBER}, {})
    reference = trained.models[0].reference
    quieter = {"1h": ComponentNoise(168, 0.01, 0.01, 0.01)}
    features = (dataclasses.replace(reference.features[0], noise=quieter), reference.features[1])
    state = dataclasses.replace(
        STATE, against="baseline", reference=dataclasses.replace(reference, features=features)
    )
    changed = dataclasses.replace(
        trained, models=(dataclasses.replace(trained.models[0], baseline=state), *trained.models[1:])
    )
    located = [
        values(scrape(each), catalogue.FEATURE_NOISE_FLOOR, "feature", "method", "window")[
            "distance", "location", "1h"
        ]
        for each in (trained, changed, trained)
    ]
    assert located == pytest.approx([0.2, 0.1, 0.2])


def test_a_block_is_kept_for_its_reference_and_windows(view):
    """It is made anew for another reference or other windows, and when the first reference is gone."""
    made = []
    reference = view.models[0].reference
    layout = layout_of(("m", "1", "primary"), reference).features

    def block():
        made.append(1)
        return layout.all_absent("1h", "rows")

    for asked, windows in ((reference, ("1h",)), (reference, ("1h",)), (reference, ("6h",))):
        layout.kept_of("noise", asked, windows, block)
    assert len(made) == 2
    other = dataclasses.replace(reference)
    layout.kept_of("noise", other, ("6h",), block)
    del other
    gc.collect()
    layout.kept_of("noise", dataclasses.replace(reference), ("6h",), block)
    assert len(made) == 4


def test_an_unknown_importance_is_absent(view, with_model, scrape, values):
    """Known ones are published as they were given."""
    distance, carrier = view.models[0].reference.features
    changed = with_model("reference.features", (distance, dataclasses.replace(carrier, importance=None)))
    assert values(scrape(changed), catalogue.FEATURE_IMPORTANCE, "feature") == {("distance",): 0.7}


def test_drift_is_against_training_where_nobody_says_otherwise(view, scrape, values):
    """Without a state of a baseline there is no series about one."""
    samples = scrape(view)
    assert values(samples, catalogue.DRIFT_REFERENCE, "against") == {("training",): 1}
    for metric in (catalogue.BASELINE_BLOCKS, catalogue.BASELINE_ACCEPTED, catalogue.DRIFT_ACKNOWLEDGED):
        assert values(samples, metric) == {}


def test_the_way_to_a_baseline(with_model, scrape, values):
    """Clean blocks against those that are needed; no time of acceptance before there is one."""
    samples = scrape(with_model("baseline", STATE))
    assert values(samples, catalogue.BASELINE_BLOCKS) == {(): 7}
    assert values(samples, catalogue.BASELINE_REQUIRED_BLOCKS) == {(): 24}
    assert values(samples, catalogue.BASELINE_ACCEPTED) == {}


def test_what_people_decided(with_model, scrape, values):
    """Who decided is no label; a feature that the profile does not have is none."""
    state = dataclasses.replace(
        STATE, against="baseline", accepted_timestamp=5.0, who="anna", why="new airport",
        excluded=frozenset({"distance", "gone"}), acknowledged={"distance": 7.0, "gone": 8.0},
    )  # fmt: skip
    samples = scrape(with_model("baseline", state))
    assert values(samples, catalogue.DRIFT_REFERENCE, "against") == {("baseline",): 1}
    assert values(samples, catalogue.BASELINE_ACCEPTED) == {(): 5}
    assert values(samples, catalogue.DRIFT_ACKNOWLEDGED, "feature") == {("distance",): 7}
    assert values(samples, catalogue.FEATURE_EXCLUDED, "feature") == {("distance",): 1, ("carrier",): 1}
    assert not any("anna" in dict(pairs).values() for _, pairs in samples)


def test_features_are_excluded_by_the_profile_alone_without_decisions(view, scrape, values):
    """``no_alert`` of the profile holds in any case."""
    assert values(scrape(view), catalogue.FEATURE_EXCLUDED, "feature") == {("distance",): 0, ("carrier",): 1}


def test_quality_of_held_out_rows(with_model, scrape, values):
    """Of 100 rows below and 100 above the threshold 80 and 90 are right: 85 %."""
    table = OutcomeTable(0, "", (50, 50, 50, 50), (10, 10, 45, 45), (0, 0, 50, 50), (0, 0, 45, 45))
    estimation = Estimation(200, decision_threshold=0.5, tables=(table,))
    found = values(
        scrape(with_model("reference.estimation", estimation)), catalogue.QUALITY_REFERENCE, "metric"
    )
    assert found[(catalogue.ACCURACY.name,)] == pytest.approx(0.85)
    assert found[(catalogue.PRECISION.name,)] == pytest.approx(0.9)
    assert all(math.isfinite(value) for value in found.values())
