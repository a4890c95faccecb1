"""Real profiles: what they have learned beside bins is in the prediction."""

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.app.capacity.capacity import capacity
from mlexporter.app.capacity.load import Load

HOUR, ROWS = 3600.0, 400


def flights(n_rows, seed):
    """Return columns with seasons, a segment, an embedding, a derived feature, scores and labels."""
    random = np.random.default_rng(seed)
    distance = random.gamma(2.0, 300.0, n_rows)
    score = random.random(n_rows)
    return {
        "distance": distance,
        "minutes": 20 + distance / 7 + random.normal(0, 3, n_rows),
        "carrier": random.choice(["AA", "DL", "UA"], n_rows, p=[0.5, 0.3, 0.2]),
        "text": list(random.normal(size=(n_rows, 8))),
        "departed": 1_700_000_000.0 + np.sort(random.uniform(0, 60 * 86_400, n_rows)),
        "output_000000000": score,
        "late": (random.random(n_rows) < score).astype(int),
    }


def watched(seed):
    """Return the columns that are served."""
    columns = flights(ROWS, seed)
    return {name: column for name, column in columns.items() if name not in {"departed", "late"}}


SECTIONS = {
    "nothing": {"exclude": ["late", "departed", "text"]},
    "embedding": {"exclude": ["late", "departed"], "embeddings": ["text"]},
    "seasons and noise": {"exclude": ["late", "text"], "timestamp": "departed", "segment": "carrier"},
    "labels": {"exclude": ["departed", "text"], "label": "late", "held_out": True, "decision_threshold": 0.5},
    "all": {
        "embeddings": ["text"], "timestamp": "departed", "segment": "carrier", "label": "late", "held_out": True,
        "decision_threshold": 0.5, "derived": {"minutes": "distance"},
        "importances": {"distance": 2.0, "minutes": 1.0, "carrier": 0.5, "text": 0.1},
    },
}  # fmt: skip


def learned(options):
    """Return a profile of flights."""
    return Profile.fit(
        flights(6000, 1), model="late_arrival", version="1", prediction="output_000000000", **options
    )


@pytest.mark.parametrize("options", SECTIONS.values(), ids=SECTIONS)
def test_series_of_a_real_profile(options, served):
    """Embeddings, seasons, noise, labels, derived features, importances: what a profile adds is counted."""
    profile = learned(options)
    real = served(profile, watched, batches=3, seconds=HOUR, versions=("1",))

    predicted = capacity(
        Load(reference=profile.reference, baseline=False, workers=1, rows_per_second=ROWS / HOUR)
    )

    names = ("features", "bins")
    assert {name: predicted.pod.groups[name] for name in names} == {name: real.groups[name] for name in names}
    assert real.groups["drift"] <= predicted.pod.groups["drift"] <= real.groups["drift"] + 6
    assert real.total <= predicted.pod.series <= 1.1 * real.total
    assert len(real.text) <= 1.02 * predicted.pod.text_bytes
    assert sum(real.directory.values()) <= predicted.directory.total_bytes


def test_the_budget_takes_the_more_important_features_of_a_real_profile(served):
    """What the budget leaves out is what the exporter leaves out, to the series."""
    profile = learned(SECTIONS["all"])
    real = served(profile, watched, batches=1, seconds=HOUR, versions=("1",), series_budget=120)

    predicted = capacity(Load(reference=profile.reference, baseline=False, series_budget=120))

    assert predicted.pod.groups["bins"] == real.groups["bins"]
    assert predicted.pod.bins_left_out > 0


def test_a_profile_says_how_many_features_and_outputs_there_are():
    """Numbers that are given beside it do not matter."""
    found = capacity(Load(features=5000, outputs=7, reference=learned(SECTIONS["embedding"]).reference))

    assert (found.load.features, found.load.categorical, found.load.outputs) == (4, 2, 1)
