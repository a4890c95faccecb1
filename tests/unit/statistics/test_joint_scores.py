"""Drift of what features have to do with each other, and of embeddings, from counts to severity."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from mlexporter.catalogue import EMBEDDING_DRIFT_SEVERITY, JOINT_DRIFT_SEVERITY
from mlexporter.profile import Profile
from mlexporter.records import ComponentNoise, WindowCounts
from mlexporter.records.sides import JOINTS
from mlexporter.state.binning import Binner
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.joints import Joints
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.effect_lower_bound import effect_lower_bound
from mlexporter.statistics.joint_scores import joint_scores

_PATH = Path(__file__).parents[3] / "benchmarks" / "calibration" / "joint_worlds.py"
_SPEC = importlib.util.spec_from_file_location("joint_worlds", _PATH)
worlds = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(worlds)

TRAINING_ROWS, ROWS = 10_000, 1_000
LEVEL = 0.01


def _names(n):
    return [f"f{place:02d}" for place in range(n)]


def _fit(rows, **others):
    columns = dict(zip(_names(rows.shape[1]), rows.T, strict=True))
    options = {"embeddings": ["vector"]} if "vector" in others else {}
    return Profile.fit(columns | others, model="m", version="1", created=1.0, **options).reference


def _window(reference, rows, vectors=None, *, name="1h"):
    """Count rows as serving does."""
    numbers = np.asarray(rows, dtype=np.float32)
    n, place = len(numbers), numbers.shape[1]
    features = np.zeros(reference.feature_offsets[-1], dtype=np.int64)
    values = None
    if vectors is not None:
        counted = Binner(reference.features[place].distribution).count(vectors)
        features[reference.feature_offsets[place] :] = counted.cells
        values = {place: vectors}
    block = RowBlock(numbers, number_places=range(place), cells={}, values=values, now=0.0)
    side = np.zeros(max(each.stop for each in reference.side_places.values()), dtype=np.int64)
    Joints(reference).count(block, side[reference.side_places[JOINTS]])
    empty = np.zeros(len(reference.features), dtype=np.int64)
    return WindowCounts(name, 3600.0, n, features, empty, empty, np.zeros(0, dtype=np.int64), side_cells=side)


def _severity(reference, window, *, metric=JOINT_DRIFT_SEVERITY, place=0, level=LEVEL):
    (scores,) = joint_scores(reference, [window], required_observations=100, false_alarm_probability=level)
    return scores.scores[metric.name][place]


@pytest.fixture(scope="module", params=worlds.MARGINS)
def measured(request):
    """A profile of the stable world in some measure, and that measure."""
    measure = worlds.MARGINS[request.param]
    return _fit(measure(worlds.stable(TRAINING_ROWS, np.random.default_rng(1)))), measure


@pytest.mark.slow
@pytest.mark.parametrize("case", worlds.BROKEN)
def test_broken_dependence_is_found_whatever_features_are_measured_in(measured, case):
    """Each of the five cases of the goal is drift in 1,000 rows, in every one of five windows."""
    reference, measure = measured
    for seed in range(5):
        generator = np.random.default_rng((2, seed))
        rows = worlds.BROKEN[case](worlds.stable(ROWS, generator), generator)
        assert _severity(reference, _window(reference, measure(rows))) > 1


@pytest.mark.slow
def test_single_features_do_not_show_a_broken_dependence(measured):
    """What the joint finds is not what the margins say: one by one the features look as they did."""
    reference, measure = measured
    generator = np.random.default_rng(3)
    rows = worlds.wrong_join(worlds.stable(ROWS, generator), generator)
    for column, feature in zip(measure(rows).T, reference.features, strict=True):
        shape = feature.distribution
        counts = Binner(shape).count(column).cells[: shape.n_shape_bins]
        comparison = Comparison(
            counts[None], shape.shape_counts[None], is_ordered=True, n_subjects=worlds.FEATURES,
            false_alarm_probability=LEVEL,
        )  # fmt: skip
        assert effect_lower_bound(comparison)[0] == 0


@pytest.mark.slow
def test_stable_rows_are_seldom_drift(measured):
    """Of 40 stable windows at most three are significant at 1 % (a chance of 1 in 1,600), and none is drift."""
    reference, measure = measured
    found = [
        _severity(
            reference, _window(reference, measure(worlds.stable(ROWS, np.random.default_rng((4, seed)))))
        )
        for seed in range(40)
    ]
    assert sum(severity > 0 for severity in found) <= 3
    assert max(found) < 1


class _Topics:
    """Vectors of a low-rank world: ten topics, a few directions within them, and a little noise."""

    def __init__(self, seed, n_dimensions=64):
        generator = np.random.default_rng(seed)
        self.middles = generator.normal(size=(11, n_dimensions)) / np.sqrt(n_dimensions)
        self.directions = 0.01 * generator.normal(size=(20, n_dimensions))
        self.n_dimensions = n_dimensions

    def vectors(self, n, generator, *, first=0.1, new=0.0, shift=0.0):
        shares = np.full(11, (1 - first - new) / 9)
        shares[0], shares[10] = first, new
        topics = generator.choice(11, n, p=shares / shares.sum())
        within = generator.normal(size=(n, 20)) @ self.directions
        noise = 0.02 * generator.normal(size=(n, self.n_dimensions))
        return (self.middles[topics] + within + noise + shift).astype(np.float32)


@pytest.fixture(scope="module")
def topics():
    """A profile of vectors alone, and their world."""
    world, generator = _Topics(5), np.random.default_rng(6)
    vectors = world.vectors(6_000, generator)
    return _fit(np.ones((6_000, 1)), vector=vectors), world


def _embedding_severity(topics, seed, n=ROWS, **changes):
    reference, world = topics
    vectors = world.vectors(n, np.random.default_rng((7, seed)), **changes)
    window = _window(reference, np.ones((n, 1)), vectors)
    return _severity(reference, window, metric=EMBEDDING_DRIFT_SEVERITY)


@pytest.mark.parametrize(
    ("changes", "least"),
    [({"first": 0.2}, 1.0), ({"new": 0.03}, 0.0), ({"shift": 0.01}, 1.0)],
    ids=["a topic twice as frequent", "a new topic", "all dimensions move a little"],
)
def test_embeddings_that_change_are_found(topics, changes, least):
    """Each change is found in 1,000 rows at 1 %, in every one of five windows."""
    for seed in range(5):
        assert _embedding_severity(topics, seed, **changes) > least


@pytest.mark.slow
def test_stable_embeddings_are_seldom_drift(topics):
    """Of 40 stable windows at most three are significant at 1 %, and none is drift."""
    found = [_embedding_severity(topics, seed) for seed in range(40)]
    assert sum(severity > 0 for severity in found) <= 3
    assert max(found) < 1


def test_counts_of_the_rows_of_the_fit_would_see_drift_everywhere():
    """The trap that splitting the rows avoids: in-sample residuals are shorter than those of any other row."""
    from mlexporter.profile.axes import learn_axes
    from mlexporter.state.joint_transform import EmbeddingKernel

    generator = np.random.default_rng(8)
    sample, others = (generator.normal(size=(n, 128)).astype(np.float32) for n in (600, 3_000))
    kernel = EmbeddingKernel(learn_axes(sample))
    own, new = kernel(sample)[:, -1], kernel(others)[:, -1]
    standard_error = np.hypot(own.std() / np.sqrt(len(own)), new.std() / np.sqrt(len(new)))
    assert new.mean() - own.mean() > 8 * standard_error


def test_the_severity_is_the_largest_bound_of_the_components_over_the_threshold():
    """What is published agrees with comparisons written out one component at a time."""
    generator = np.random.default_rng(9)
    training = worlds.stable(2_000, generator)[:, :3]
    reference = _fit(training)
    (joint,) = reference.joints
    window = _window(reference, training[:700, ::-1])
    start, bounds = 0, []
    for distribution in joint.distributions:
        stop = start + distribution.n_shape_bins
        current = window.side_cells[reference.side_places[JOINTS]][start:stop]
        bounds.append(
            effect_lower_bound(
                Comparison(
                    current[None], distribution.shape_counts[None], is_ordered=True,
                    n_subjects=len(joint.distributions), false_alarm_probability=LEVEL,
                )
            )[0]
        )  # fmt: skip
        start += distribution.n_cells
    assert max(bounds) > 0
    assert _severity(reference, window) == pytest.approx(max(bounds) / joint.threshold)


def test_windows_share_the_false_alarms():
    """The more windows there are, the less certain each of them; a single look is the most certain."""
    generator = np.random.default_rng(10)
    training = worlds.stable(2_000, generator)[:, :2]
    reference = _fit(training)
    window = _window(reference, training[:500] * [1.0, -1.0])
    few, many = (
        joint_scores(reference, [window] * n, required_observations=100)[0].scores[JOINT_DRIFT_SEVERITY.name][
            0
        ]
        for n in (1, 3)
    )
    assert few > many > 1


def test_learned_noise_takes_the_place_of_that_of_sampling():
    """Where blocks of stable rows move as much as this window did, it is no drift."""
    from dataclasses import replace

    generator = np.random.default_rng(11)
    training = worlds.stable(2_000, generator)[:, :2]
    reference = _fit(training)
    window = _window(reference, training[:500] * [1.0, -1.0])
    noise = {"1h": ComponentNoise(48, 1.0, 1.0, 1.0)}
    noisy = replace(reference, joints=(replace(reference.joints[0], noise=noise),))
    assert _severity(reference, window) > 1
    assert _severity(noisy, window) == 0


def test_what_is_not_known_is_absent_with_its_reason(topics):
    """Too few rows, no rows at all, a window that counts no sides, a joint without a transform."""
    reference, world = topics
    vectors = world.vectors(99, np.random.default_rng(12))
    few = _window(reference, np.ones((99, 1)), vectors)
    bare = WindowCounts(
        "6h", 1.0, 0, few.feature_cells, few.out_of_range, few.type_mismatches, few.output_cells
    )
    for scores, rows in zip(
        joint_scores(reference, [few, bare], required_observations=100), (99, 0), strict=True
    ):
        assert scores.observations.tolist() == [rows]
        assert scores.absent == ("rows",)
        assert np.isnan(scores.scores[EMBEDDING_DRIFT_SEVERITY.name]).all()
        assert np.isnan(scores.scores[JOINT_DRIFT_SEVERITY.name]).all()
    tiny = _fit(np.random.default_rng(13).normal(size=(40, 2)))
    (scores,) = joint_scores(tiny, [_window(tiny, np.zeros((200, 2)))], required_observations=100)
    assert scores.absent == ("profile",)
    assert joint_scores(reference, [], required_observations=100) == []


def test_each_joint_has_a_severity_under_one_name_only():
    """Features and embeddings side by side: the one is absent where the other is published."""
    generator = np.random.default_rng(14)
    world = _Topics(15, n_dimensions=8)
    rows = generator.normal(size=(1_500, 2))
    reference = _fit(rows, vector=world.vectors(1_500, generator))
    window = _window(reference, rows[:500], world.vectors(500, generator))
    (scores,) = joint_scores(reference, [window], required_observations=100)
    assert np.isnan(scores.scores[JOINT_DRIFT_SEVERITY.name]).tolist() == [False, True]
    assert np.isnan(scores.scores[EMBEDDING_DRIFT_SEVERITY.name]).tolist() == [True, False]
    assert scores.observations.tolist() == [500, 500]
    assert scores.absent == ("", "")
