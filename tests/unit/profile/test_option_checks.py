"""Each argument of learning is checked before rows are read, with field, value and way out."""

import numpy as np
import pytest

from mlexporter.errors import ConfigurationError, FitError
from mlexporter.profile import Profile
from mlexporter.profile.option_checks import windows_of

N = 400


@pytest.fixture(scope="module")
def rows():
    """Numbers, a name, times, a score and a label."""
    generator = np.random.default_rng(0)
    score = generator.random(N)
    return {
        "x": generator.normal(size=N), "y": generator.normal(size=N), "c": generator.choice(["a", "b"], N).tolist(),
        "at": 1.7e9 + 60.0 * np.arange(N), "score": score, "late": generator.random(N) < score,
    }  # fmt: skip


def _fit(rows, **options):
    defaults = {"model": "m", "version": "1", "prediction": "score", "label": "late", "joint": False}
    return Profile.fit(rows, **{**defaults, **options}).reference


CODE_MISTAKES = [
    ({"seasons": 1}, "seasons=1: True or False"),
    ({"joint": "no"}, "joint='no': True or False"),
    ({"timestamp": ["at"]}, r"timestamp=\['at'\]: the name of one column"),
    ({"timestamp": ""}, "timestamp='': the name of one column"),
    ({"segment": 3}, "segment=3: the name of one column"),
    ({"predict": "model.pkl"}, "predict='model.pkl': a function"),
    ({"tell": 1}, "tell=1: a function"),
    ({"embeddings": "vector"}, r"embeddings='vector': a list of columns is needed, such as \['vector'\]"),
    ({"segment": "v", "embeddings": ["v"]}, "segment='v': an embedding has no values that are segments"),
    ({"embeddings": 3}, "embeddings=3: a list of columns"),
    ({"statistics": "psi"}, "statistics='psi': a mapping of column to statistic"),
    ({"statistics": {"x": "ks"}}, r"statistics\['x'\]='ks': one of effect, psi"),
    ({"statistics": {"x": None}}, r"statistics\['x'\]=None: one of effect, psi"),
    ({"derived": ["x"]}, r"derived=\['x'\]: a mapping of derived feature to its source"),
    ({"derived": {"x": "x"}}, r"derived\['x'\]='x': a feature does not derive from itself"),
    ({"windows": "1h"}, r"windows='1h': a list of 1 to 20 durations is needed, such as \['1h', '24h'\]"),
    ({"windows": []}, "windows=.*: a list of 1 to 20"),
    ({"windows": ["1h"] * 21}, "windows=.*: a list of 1 to 20"),
    ({"windows": ["hour"]}, "windows=.*'hour': a whole number above 0 followed by s, m, h, d or w"),
    ({"windows": [3600]}, "windows=.*3600: "),
    ({"windows": ["60m", "1h"]}, "windows=.*two windows have one length"),
    ({"held_out": 3}, "held_out=3: a frame, the path of a file, or True"),
    ({"held_out": True, "label": None}, "held_out=True: .* give label too"),
    ({"held_out": "rows.parquet", "prediction": None}, "held_out='rows.parquet': .* give prediction too"),
    ({"held_out": {"x": [1]}, "label": None}, "held_out=a dict: .* give label too"),
]


@pytest.mark.parametrize(("options", "message"), CODE_MISTAKES, ids=range(len(CODE_MISTAKES)))
def test_arguments_that_can_never_work(rows, options, message):
    """They raise ConfigurationError."""
    with pytest.raises(ConfigurationError, match=message):
        _fit(rows, **options)


COLUMN_MISTAKES = [
    ({"timestamp": "time"}, "timestamp: there is no column 'time'; the columns are: x, y"),
    ({"timestamp": "score"}, "timestamp: column 'score' is prediction or label"),
    ({"timestamp": "late"}, "timestamp: column 'late' is prediction or label"),
    ({"timestamp": "c"}, "timestamp: column 'c' holds '[ab]', which is no time"),
    ({"segment": "country"}, "segment: there is no column 'country'"),
    ({"segment": "c", "exclude": ["c"]}, "segment: column 'c' has to be a feature.* take it out of exclude"),
    ({"segment": "c", "features": ["x"]}, "segment: column 'c' has to be a feature.*name it in features"),
    ({"segment": "score"}, "segment: column 'score' has to be a feature"),
    ({"derived": {"x": "z"}}, "derived: there is no column 'z'"),
    ({"derived": {"x": "late"}}, "derived: column 'late' has to be a feature"),
    ({"embeddings": ["vector"]}, "embeddings: there is no column 'vector'"),
    ({"statistics": {"z": "psi"}}, "statistics: there is no column 'z'"),
    ({"statistics": {"late": "psi"}}, "statistics: column 'late' is neither feature nor prediction"),
]


@pytest.mark.parametrize(("options", "message"), COLUMN_MISTAKES, ids=range(len(COLUMN_MISTAKES)))
def test_columns_that_do_not_fit(rows, options, message):
    """They raise FitError and say what to do."""
    with pytest.raises(FitError, match=message):
        _fit(rows, **options)


def test_a_wrong_column_of_times_is_told_before_all_rows_are_read(rows, tmp_path):
    """A file is not read twice before somebody hears that its times are milliseconds."""
    pd = pytest.importorskip("pandas")
    pd.DataFrame({**rows, "at": rows["at"] * 1000}).to_parquet(tmp_path / "rows.parquet")
    seen = []
    with pytest.raises(FitError, match="milliseconds"):
        Profile.fit_file(
            tmp_path / "rows.parquet", model="m", version="1", timestamp="at",
            progress=lambda done, total: seen.append((done, total)),
        )  # fmt: skip
    assert seen == []


def test_times_are_no_feature_unless_they_are_named(rows):
    """The column of times is left out by itself, and monitored where ``features`` has it."""
    assert "at" in _fit(rows).feature_names
    assert "at" not in _fit(rows, timestamp="at").feature_names
    assert _fit(rows, timestamp="at", features=["x", "at"]).feature_names == ("x", "at")


def test_thresholds_follow_the_statistic(rows):
    """PSI has its usual bound unless another is given; the default is one of standard deviations."""
    reference = _fit(
        rows,
        statistics={"x": "psi", "y": "psi", "score": "psi"},
        thresholds={"y": 0.1},
        default_threshold=0.4,
    )
    found = {feature.name: (feature.statistic, feature.threshold) for feature in reference.features}
    assert (found["x"], found["y"], found["c"]) == (("psi", 0.2), ("psi", 0.1), ("effect", 0.4))
    assert (reference.outputs[0].statistic, reference.outputs[0].threshold) == ("psi", 0.2)


def test_a_statistic_of_a_column_that_cannot_be_monitored_is_refused(rows):
    """It would be asked for in vain; where columns may be skipped it is no mistake."""
    names = {**rows, "tail": [f"N{place}" for place in range(len(rows["c"]))]}
    with pytest.raises(
        FitError,
        match=r"statistics\['tail'\]='psi': the column cannot be monitored: no value is shared .* leave it out",
    ):
        _fit(names, statistics={"tail": "psi"})
    assert "tail" in _fit(names, statistics={"tail": "psi"}, strict=False).skipped


def test_windows_are_sorted_and_have_defaults():
    """The shortest comes first; without any the default windows of serving are used."""
    base = {"model": "m", "version": "1"}
    assert windows_of({**base, "windows": ["1d", "30m"]}) == {"30m": 1_800.0, "1d": 86_400.0}
    assert windows_of(base) == {"1h": 3_600.0, "6h": 21_600.0, "24h": 86_400.0}


def test_what_is_not_learned_is_logged_where_nobody_listens(rows, caplog):
    """Without ``tell`` the sentences go to the log."""
    with caplog.at_level("INFO", logger="mlexporter"):
        _fit(rows, timestamp="at")
    assert any("no noise for 24h" in record.getMessage() for record in caplog.records)
