import json

import numpy as np
import pytest

from mlexporter import Profile
from mlexporter.errors import FitError, ProfileFormatError
from mlexporter.profile import partial_dependence as asking


def _fit(frame, predict, **options):
    return Profile.fit(
        frame,
        **({"model": "m", "version": "1", "created": 1.0, "joint": False, "predict": predict} | options),
    )


def _curves(profile):
    return {feature.name: feature.partial_dependence for feature in profile.reference.features}


def _linear(columns):
    worth = {"a": 0.0, "b": 4.0}
    return [2 * x + worth.get(kind, 1.0) for x, kind in zip(columns["x"], columns["kind"], strict=True)]


@pytest.fixture(scope="module")
def frame():
    """2,000 rows of a number, a category, a constant and a column that is not monitored."""
    generator = np.random.default_rng(81)
    return {
        "x": generator.normal(size=2_000),
        "kind": generator.choice(["a", "b"], 2_000, p=[0.75, 0.25]).tolist(),
        "free": [f"text {row}" for row in range(2_000)],
    }


def test_a_linear_model_has_lines_through_the_medians_of_the_bins(frame):
    """The curve of x rises by twice the distance of the medians; that of a category is its worth."""
    profile = _fit(frame, _linear)
    found = profile.reference.features[0].distribution
    cells = np.searchsorted(np.float32(found.edges), np.float32(frame["x"]))
    ordered = [np.sort(frame["x"][cells == cell]) for cell in range(found.n_shape_bins)]
    medians = [values[(len(values) - 1) // 2] for values in ordered]
    np.testing.assert_allclose(np.diff(_curves(profile)["x"]), 2 * np.diff(medians), rtol=1e-4)
    first, second, other, unseen = _curves(profile)["kind"]
    assert second - first == pytest.approx(4.0, abs=1e-5)
    # Nobody asks the model of other or unseen names: they are worth the mean of the rest.
    assert other == unseen == pytest.approx(0.75 * first + 0.25 * second, rel=0.05)


def test_changes_of_a_linear_model_are_the_steps_of_its_curve(frame):
    """Every row moves by the same, so that nothing cancels; b is 3 from the mean of a and b, a is 1 from it."""
    feature, kind = _fit(frame, _linear).reference.features[:2]
    assert feature.prediction_changes[0] == 0
    steps = np.diff(feature.partial_dependence)
    np.testing.assert_allclose(feature.prediction_changes[1:], steps, rtol=1e-4)
    np.testing.assert_allclose(kind.prediction_changes, [1.0, 3.0, 0.0, 0.0], atol=0.1)


def test_changes_that_cancel_in_the_mean_are_seen(frame):
    """Where b turns the sign of x, means hardly move; single predictions do, by the way along x."""

    def turned(columns):
        signs = [1.0 if kind == "b" else -1 / 3 for kind in columns["kind"]]
        return [2 * x * sign for x, sign in zip(columns["x"], signs, strict=True)]

    feature = _fit(frame, turned).reference.features[0]
    straight = _fit(frame, _linear).reference.features[0]
    mean_steps = np.abs(np.diff(feature.partial_dependence))
    assert mean_steps.sum() < 0.1 * sum(straight.prediction_changes)
    np.testing.assert_allclose(
        feature.prediction_changes[1:], np.array(straight.prediction_changes[1:]) / 2, rtol=0.1
    )


def test_bins_that_no_sampled_row_is_in_share_the_way_between_their_neighbours(frame, monkeypatch):
    """Eight rows reach few of the bins: curve and changes rise evenly between those, and are flat beyond."""
    monkeypatch.setattr(asking, "ASKED_ROWS", 8)
    monkeypatch.setattr(asking, "SAMPLED_ROWS", 8)
    feature = _fit(frame, _linear).reference.features[0]
    steps = np.diff(feature.partial_dependence)
    assert steps[0] == 0
    assert np.unique(steps[steps > 0].round(5)).size < np.count_nonzero(steps)
    np.testing.assert_allclose(feature.prediction_changes[1:], steps, atol=1e-5)


def test_profiles_without_changes_read_as_before(frame):
    """The first profiles of this schema had means only."""
    document = json.loads(_fit(frame, _linear).to_json())
    del document["influence"]["prediction_changes"]
    document.pop("digest", None)
    features = Profile.from_json(json.dumps(document)).reference.features
    assert features[0].partial_dependence is not None
    assert features[0].prediction_changes is None


def test_the_model_sees_every_column_that_is_a_feature(frame):
    """Also free text that is not monitored, as lists of plain values; not the label nor the prediction."""
    seen = {}

    def predict(columns):
        seen.update({name: type(column[0]) for name, column in columns.items()})
        return [0.5] * len(columns["x"])

    rows = frame | {"score": np.linspace(0, 1, 2_000), "late": np.arange(2_000) % 2}
    _fit(rows, predict, prediction="score", label="late")
    assert seen == {"x": float, "kind": str, "free": str}


def test_of_several_classes_the_one_that_moves_most_is_told(frame):
    """With scores (n, 3) the curve of x is that of the second class."""

    def predict(columns):
        x = np.array(columns["x"])
        return np.stack([0.1 * x, 0.9 * x, -x / 2], axis=1)

    found = _curves(_fit(frame, predict))
    expected = _curves(_fit(frame, lambda columns: 0.9 * np.array(columns["x"])))
    np.testing.assert_allclose(found["x"], expected["x"], rtol=1e-4)


def test_without_a_model_there_are_no_curves(frame):
    """And the profile has no such section."""
    profile = _fit(frame, None)
    assert set(_curves(profile).values()) == {None}
    assert "influence" not in json.loads(profile.to_json())


def test_curves_survive_the_file_and_do_not_change_the_fingerprint(frame):
    """What a feature is worth does not decide where a row is counted."""
    profile = _fit(frame, _linear)
    assert Profile.from_json(profile.to_json()) == profile
    assert profile.reference.fingerprint == _fit(frame, None).reference.fingerprint


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda columns: 1 / 0 if columns else 0, "ZeroDivisionError.*'x'.*leave predict out"),
        (lambda columns: ["late"] * len(columns["x"]), "did not return numbers"),
        (lambda _: [1.0], "one prediction for each of the 4000 rows"),
        (lambda columns: [np.nan] * len(columns["x"]), "returned NaN"),
        (lambda _: None, "one prediction for each|did not return numbers|returned NaN"),
    ],
)
def test_a_model_that_cannot_be_asked_is_refused_with_the_way_out(frame, predict, message):
    """The message names the feature that was set."""
    with pytest.raises(FitError, match=message):
        _fit(frame, predict)


@pytest.mark.parametrize("name", ["partial_dependence", "prediction_changes"])
@pytest.mark.parametrize("value", [[], [[1.0]], [None, None, None], ["x", None], [[float("1e999")], None]])
def test_impossible_curves_are_refused(frame, name, value):
    """One list of finite numbers, or null, for each feature."""
    document = json.loads(_fit(frame, _linear).to_json())
    document["influence"][name] = value
    with pytest.raises(ProfileFormatError, match=rf"{name}|Infinity"):
        Profile.from_json(json.dumps(document))


def test_changes_below_0_are_refused(frame):
    """They are absolute."""
    document = json.loads(_fit(frame, _linear).to_json())
    document["influence"]["prediction_changes"][0][1] = -0.5
    with pytest.raises(ProfileFormatError, match=r"prediction_changes.*0 or more"):
        Profile.from_json(json.dumps(document))
