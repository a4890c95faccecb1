"""A profile of small training data, and rows to be compared with it."""

import pytest

from mlexporter import Profile
from mlexporter.app.offline import OfflineOptions, evaluate_rows
from mlexporter.profile.sources import FrameSource
from offline_rows import rows_of


@pytest.fixture(scope="package")
def profile():
    """A profile with an output, held-out rows and no times."""
    return Profile.fit(
        rows_of(4000, seed=1), model="fares", version="1", prediction="score", label="label", exclude=["time"],
        held_out=True, decision_threshold=0.5,
    )  # fmt: skip


@pytest.fixture
def evaluated(profile):
    """Evaluates columns; returns what was found out, with the exporter closed already."""

    def run(columns, **options):
        asked = OfflineOptions(outputs={"prediction": "score"}, **options)
        with evaluate_rows(FrameSource(columns), profile, asked) as evaluation:
            return evaluation

    return run
