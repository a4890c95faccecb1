"""From a cause to a page and back, for the data that reaches a model: drift, gone, missing, unseen, out of range."""

import numpy as np
import pytest

from mlexporter import Profile

pytestmark = pytest.mark.integration

DAYS = 48.0
"""Hours after which the windows hold nothing of what was."""


def labels(name):
    return {"model_name": name, "model_version": "3", "variant": "primary"}


def fares(n_rows, *, unit=1.0, seed=1):
    """Return rows of a taxi: kilometres (or another ``unit``), the hour of the day, a zone."""
    random = np.random.default_rng(seed)
    return {
        "distance": random.gamma(2.0, 3.0, n_rows) * unit,
        "hour": random.integers(0, 24, n_rows).astype(float),
        "weight": random.normal(80.0, 10.0, n_rows),
        "zone": random.choice(["north", "south", "east"], n_rows).tolist(),
    }


def profile_of(name):
    return Profile.fit(fares(4000), model=name, version="3")


@pytest.fixture
def pods(pod):
    """Return a function that monitors a model in two pods, and gives the two with their Monitors."""

    def start(name):
        profile = profile_of(name)
        serving = [pod(), pod()]
        monitors = [each.monitor(model=name, version="3", profile=profile) for each in serving]
        for each in serving:
            each.exporter.evaluate()
        return list(zip(serving, monitors, strict=True))

    return start


def test_drift_in_one_pod_of_two_pages_and_resolves(pager, pods):
    """Kilometres become metres in one pod: the feature that changed is told, and its repair, too."""
    (well, right), (ill, wrong) = pods("fares")
    since = pager.mark()
    right.record_batch(fares(2000, seed=2))
    wrong.record_batch(fares(2000, unit=1000.0, seed=3))
    well.look()
    ill.look()
    fired = pager.wait("MLFeatureDrift", firing=True, since=since, feature="distance", **labels("fares"))
    assert fired.labels["severity"] == "warning"
    assert "Feature distance of" in fired.description

    since = pager.mark()
    for seed, (each, monitor) in enumerate(((well, right), (ill, wrong))):
        each.look(hours=DAYS)
        monitor.record_batch(fares(2000, seed=4 + seed))
        each.look()
    pager.wait("MLFeatureDrift", firing=False, since=since, feature="distance", **labels("fares"))
    assert not pager.came(feature="hour", **labels("fares"))


def test_a_feature_that_is_gone_pages_and_resolves(pager, pods):
    """Every row of both pods lacks it; the critical page names it."""
    monitors = [monitor for _, monitor in pods("gone")]

    def serve(changes):
        for monitor in monitors:
            monitor.record_batch(fares(50) | changes)

    since = pager.mark()
    fired = pager.wait(
        "MLFeatureGone", firing=True, since=since, meanwhile=lambda: serve({"distance": [None] * 50}),
        feature="distance", **labels("gone"),
    )  # fmt: skip
    assert fired.labels["severity"] == "critical"

    since = pager.mark()
    pager.wait(
        "MLFeatureGone", firing=False, since=since, meanwhile=lambda: serve({}), feature="distance",
        **labels("gone"),
    )  # fmt: skip
    assert not pager.came(alertname="MLFeatureGone", feature="hour")


FAULTS = {
    "MLFeatureMissingHigh": ("hour", [None] * 1000 + [3.0] * 1000),
    "MLFeatureOutOfRangeHigh": ("distance", [1e6] * 200 + [4.0] * 1800),
    "MLFeatureUnseenCategories": ("zone", ["west"] * 400 + ["north"] * 1600),
    "MLFeatureTypeMismatch": ("weight", ["80 kg"] * 400 + [80.0] * 1600),
}
"""For each alert the feature that is told, and what its values become."""


def test_each_way_in_which_data_is_bad_pages_with_its_feature_and_resolves(pager, pods):
    """Four features of one model, each broken in a way of its own."""
    name = "soiled"
    both = pods(name)
    since = pager.mark()
    for each, monitor in both:
        monitor.record_batch(fares(2000, seed=2) | dict(FAULTS.values()))
        each.look()
    for alert, (feature, _) in FAULTS.items():
        pager.wait(alert, firing=True, since=since, feature=feature, **labels(name))

    since = pager.mark()
    for each, monitor in both:
        each.look(hours=DAYS)
        monitor.record_batch(fares(2000, seed=3))
        each.look()
    for alert, (feature, _) in FAULTS.items():
        pager.wait(alert, firing=False, since=since, feature=feature, **labels(name))
