import numpy as np
import pandas as pd
import pytest

from mlexporter.demo.features import CATEGORY_NAMES, FEATURE_NAMES, FEATURES
from mlexporter.demo.flights import Flights
from mlexporter.demo.late_arrival import train


@pytest.fixture(scope="module")
def training():
    random = np.random.default_rng(1)
    n_rows = 1800
    columns = {
        feature.name: random.choice(["A", "B", None], n_rows)
        if feature.is_category
        else random.normal(size=n_rows)
        for feature in FEATURES
    }
    table = pd.DataFrame(columns)
    table["late"] = (table["distance"] > 0).astype("float64")
    table.loc[0, "late"] = np.nan
    table["month"] = np.where(np.arange(n_rows) < 1500, 2, 6)
    table["departed"] = np.arange(n_rows, dtype="float64")
    return train(Flights(table), seed=5)


def test_the_three_thirds_share_no_row_and_only_known_winter_rows_are_used(training):
    """1,499 rows of January to March have a label; a third each."""
    profile, check = (set(rows["departed"]) for rows in (training.profile_rows, training.check_rows))
    assert not profile & check
    assert len(profile) == 500
    assert len(check) == 499
    assert max(profile | check) < 1500
    assert 0.0 not in profile | check


def test_the_model_learned_what_there_is_to_learn(training):
    """Far flights are late in this made table."""
    scores = training.profile_rows["score"]
    is_far = training.profile_rows["distance"] > 0
    assert scores[is_far].mean() > 0.9
    assert scores[~is_far].mean() < 0.1


def test_one_row_and_a_table_are_scored_alike(training):
    """What is served equals what was profiled, None and NaN included."""
    rows = training.check_rows.head(20)
    features = rows[list(FEATURE_NAMES)].astype(object)
    single = [training.model.score(row) for row in features.where(features.notna(), None).to_dict("records")]
    assert single == pytest.approx(rows["score"].tolist())


def test_unknown_categories_and_text_in_numbers_have_a_score(training):
    """The model itself never raises on a broken feature."""
    row = dict.fromkeys(FEATURE_NAMES) | dict.fromkeys(CATEGORY_NAMES, "never seen") | {"distance": "far"}
    assert 0 <= training.model.score(row) <= 1
