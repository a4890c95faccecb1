import numpy as np
import pandas as pd
import pytest

from mlexporter.demo.features import CATEGORY_NAMES, FEATURE_NAMES, FEATURES
from mlexporter.demo.history.deployments import NEVER, Deployment
from mlexporter.demo.history.pod import PodPlan
from mlexporter.demo.history.releases import SIDE_FEATURES, SIDE_MODEL
from mlexporter.demo.history.steps import Stretch
from mlexporter.demo.history.traffic import (
    FAILURE,
    IS_CANARY,
    IS_PLAIN,
    RELEASE,
    SCORE,
    SECONDS,
    SIDE_SCORE,
)
from mlexporter.demo.late_arrival import MODEL_NAME
from mlexporter.profile import Profile

BEGIN = 1_795_330_800
STEP = 600
TRIED, SERVES, RESTART = (BEGIN + place * STEP for place in (3, 6, 8))


def _rows(n_rows):
    random = np.random.default_rng(4)
    columns = {
        feature.name: random.choice(["A", "B"], n_rows)
        if feature.is_category
        else random.normal(10, 2, n_rows)
        for feature in FEATURES
    }
    return pd.DataFrame(columns).assign(score=random.uniform(0, 1, n_rows))


@pytest.fixture(scope="session")
def profiles(tmp_path_factory):
    """Paths of profiles: two versions of the model, and the side model."""
    folder, rows = tmp_path_factory.mktemp("profiles"), _rows(400)
    paths = []
    for model, version, names in (
        (MODEL_NAME, "1", FEATURE_NAMES), (MODEL_NAME, "2", FEATURE_NAMES), (SIDE_MODEL, "1", SIDE_FEATURES),
    ):  # fmt: skip
        own = rows[[*names, "score"]]
        path = folder / f"{model}-{version}.json"
        categorical = [name for name in CATEGORY_NAMES if name in names]
        Profile.fit(
            own, model=model, version=version, prediction="score", categorical=categorical, created=BEGIN
        ).save(path)
        paths.append(path)
    return paths


@pytest.fixture
def plan(profiles, tmp_path):
    """A pod for two hours: a call every minute, a canary, a takeover and a restart."""
    times = BEGIN + 30.0 + 60.0 * np.arange(119)
    is_canary = (times >= TRIED) & (times < SERVES) & (np.arange(119) % 3 == 0)
    calls = _rows(119).rename(columns={"score": SCORE}).assign(
        **{
            "departed": times, IS_CANARY: is_canary, RELEASE: np.where(is_canary | (times >= SERVES), 1, 0),
            SIDE_SCORE: np.where(np.arange(119) % 10 == 0, 0.5, np.nan), SECONDS: 0.02,
            FAILURE: np.where(np.arange(119) % 20 == 0, 1, 0), IS_PLAIN: np.arange(119) % 2 == 0,
        }
    )  # fmt: skip
    calls.loc[5, "seats"] = np.nan
    chunks = Stretch(BEGIN, BEGIN + 12 * STEP + 1, STEP, 2 * STEP, 7200).chunks()
    return PodPlan(
        1, calls, ("1", "2"), tuple(profiles[:2]), profiles[2], (Deployment(NEVER, BEGIN), Deployment(TRIED, SERVES)),
        frozenset({TRIED, SERVES, RESTART}), tuple(chunks), tmp_path,
    )  # fmt: skip
