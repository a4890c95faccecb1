"""Joints of a profile: learned from some rows, counted with others, written and read back."""

import base64
import copy
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlexporter.errors import ProfileFormatError
from mlexporter.profile import Profile
from mlexporter.records import Kind
from mlexporter.state.row_block import RowBlock
from mlexporter.state.sides.joints import Joints

ROWS = 1_200


@pytest.fixture(scope="module")
def columns():
    """Four numeric features, one of them a copy, a text, and vectors around three topics."""
    generator = np.random.default_rng(1)
    first = generator.normal(size=ROWS)
    topics = generator.normal(size=(3, 8))[generator.integers(0, 3, ROWS)]
    return {
        "a": first,
        "b": first + generator.normal(size=ROWS),
        "copy": first,
        "c": np.where(generator.random(ROWS) < 0.2, np.nan, generator.exponential(size=ROWS)),
        "word": generator.choice(["x", "y"], ROWS).tolist(),
        "vector": list((topics + 0.1 * generator.normal(size=(ROWS, 8))).astype(np.float32)),
    }


def _fit(columns, **options):
    return Profile.fit(columns, model="m", version="1", created=1.0, **options)


@pytest.fixture(scope="module")
def profile(columns):
    """A profile with both kinds of joints."""
    return _fit(columns, embeddings=["vector"])


def test_numeric_features_and_embeddings_have_joints(profile):
    """One joint of all numbers, one of each embedding; about three fifths of the rows are counted."""
    numbers, vectors = profile.reference.joints
    assert (numbers.name, numbers.inputs, numbers.reason) == ("", ("a", "b", "copy", "c"), "")
    assert (vectors.name, vectors.inputs, vectors.reason) == ("vector", ("vector",), "")
    assert len(numbers.distributions) == 4 + 16 + 1
    assert len(vectors.distributions) == 4 + 1
    for joint in (numbers, vectors):
        rows = {sum(distribution.counts) for distribution in joint.distributions}
        assert len(rows) == 1
        assert 0.55 * ROWS < rows.pop() < 0.65 * ROWS


def test_clusters_are_counted_with_rows_that_they_were_not_fitted_on(profile):
    """The embedding is a feature whose categories are clusters; its counts are those of its joint's rows."""
    feature = profile.reference.features[-1]
    distribution = feature.distribution
    assert distribution.kind is Kind.EMBEDDING
    assert distribution.categories == tuple(str(place) for place in range(len(distribution.categories)))
    assert sum(distribution.counts) == sum(profile.reference.joints[1].distributions[0].counts)
    assert distribution.centroids.shape == (len(distribution.categories), 8)


def test_training_rows_are_counted_as_serving_counts_them(columns, profile):
    """All rows, counted by the side, hold the counted rows of the fit cell by cell."""
    reference = profile.reference
    numbers = np.stack([columns[name] for name in ("a", "b", "copy", "c")], axis=1).astype(np.float32)
    block = RowBlock(numbers, number_places=(0, 1, 2, 3), cells={}, values={5: columns["vector"]}, now=0.0)
    cells = np.zeros(sum(joint.n_cells for joint in reference.joints), dtype=np.int64)
    Joints(reference).count(block, cells)
    trained = np.concatenate([each.counts for joint in reference.joints for each in joint.distributions])
    assert (cells >= trained).all()
    assert cells.sum() == ROWS * (21 + 5)


def test_a_profile_with_joints_reads_as_it_was_written(profile):
    """Equal references, equal texts."""
    text = profile.to_json()
    again = Profile.from_json(text)
    assert again.reference == profile.reference
    assert again.to_json() == text


@pytest.mark.parametrize(
    "make",
    [
        lambda rows: rows.tolist(), tuple, lambda rows: [*rows.astype(np.float64)],
        lambda rows: pa.array(rows.tolist(), type=pa.list_(pa.float32())),
        lambda rows: pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), rows.shape[1]),
        lambda rows: rows,
    ],
    ids=["lists", "tuple", "arrays of float64", "Arrow lists", "Arrow lists of one length", "matrix"],
)  # fmt: skip
def test_vectors_may_come_in_many_ways(columns, profile, make):
    """Lists, arrays, Arrow lists and a matrix beside other columns give the same bins."""
    vectors = make(np.stack(columns["vector"]))
    other = _fit(columns | {"vector": vectors}, embeddings=["vector"])
    assert other.reference.fingerprint == profile.reference.fingerprint
    assert other.reference.features[-1] == profile.reference.features[-1]


def test_transforms_and_clusters_are_part_of_the_identity(columns, profile):
    """Counts of other transforms, or of other clusters, must not meet."""
    turned = columns | {"b": columns["b"][::-1]}
    moved = columns | {"vector": [vector + np.float32(1) for vector in columns["vector"]]}
    found = {_fit(each, embeddings=["vector"]).reference.fingerprint for each in (columns, turned, moved)}
    assert len(found) == 3
    assert profile.reference.fingerprint in found


def test_joint_false_and_lone_features_have_none(columns):
    """Who does not want it, or has one number alone, has no joint, and the fingerprint of old profiles."""
    numbers = {name: columns[name] for name in ("a", "b")}
    assert _fit(numbers, joint=False).reference.joints == ()
    assert "joints" not in json.loads(_fit(numbers, joint=False).to_json())
    assert _fit({"a": columns["a"], "word": columns["word"]}).reference.joints == ()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [(30, "500 rows or more, not from 30"), (480, "not from 480"), (ROWS, "fewer than two")],
)
def test_a_joint_that_cannot_be_learned_says_why(columns, rows, reason):
    """Thirty rows, or features without values: no transform, no cells, no identity, and a reason."""
    numbers = {"a": columns["a"][:rows], "b": columns["b"][:rows]}
    if rows == ROWS:
        numbers["b"] = np.zeros(ROWS)
    profile = _fit(numbers)
    (joint,) = profile.reference.joints
    assert reason in joint.reason
    assert (joint.transform, joint.distributions, joint.n_cells) == (None, (), 0)
    assert profile.reference.fingerprint == _fit(numbers, joint=False).reference.fingerprint
    assert Profile.from_json(profile.to_json()).reference == profile.reference


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda rows: rows[:, :1], "1 dimensions"), (lambda rows: rows[:400], "are needed"),
        (lambda rows: ["text"] * len(rows), "no vectors"), (lambda rows: [None] * len(rows), "no vectors"),
        (lambda rows: [*rows[:600].tolist(), *rows[600:, :2].tolist()], "leave the others out"),
        (lambda rows: np.zeros((50, 5000), dtype=np.int8), "5000 dimensions"),
    ],
    ids=["one dimension", "few rows", "texts", "none", "mixed lengths", "very long"],
)  # fmt: skip
def test_columns_that_are_no_embeddings_are_skipped_with_a_reason(columns, make, reason):
    """Nothing is learned of what has no vectors of one length, and it is told."""
    rows = make(np.stack(columns["vector"]))
    vectors = [list(row) if isinstance(row, np.ndarray) else row for row in rows]
    numbers = {name: columns[name][: len(vectors)] for name in ("a", "b")}
    profile = _fit(numbers | {"vector": vectors}, embeddings=["vector"])
    assert reason in profile.reference.skipped["vector"]


def test_vectors_that_never_vary_have_a_cluster_and_no_axes():
    """Equal vectors are one cluster; their joint says why it is none."""
    profile = _fit({"vector": [[1.0, 2.0]] * 600, "a": np.arange(600.0)}, embeddings=["vector"])
    (joint,) = profile.reference.joints
    assert "vary" in joint.reason
    assert profile.reference.features[0].distribution.categories == ("0",)
    assert Profile.from_json(profile.to_json()).reference == profile.reference


@pytest.mark.slow
def test_long_vectors_fit_into_a_profile():
    """1,536 dimensions with 32 axes and 12 clusters take less than a megabyte."""
    vectors = np.random.default_rng(2).normal(size=(600, 1_536)).astype(np.float32)
    text = _fit({"vector": vectors, "a": np.arange(600.0)}, embeddings=["vector"]).to_json()
    assert len(text) < 2**20


def _change(document, path, value):
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = value


SCORES, AXES = ("joints", "joints", 0), ("joints", "joints", 1)
FAULTS = {
    "no list": (("joints", "joints"), {}, "a list"),
    "another name": ((*AXES, "name"), "", "numeric features"),
    "unknown input": ((*SCORES, "inputs"), ["a", "nobody"], "numeric features"),
    "input twice": ((*SCORES, "inputs"), ["a", "a", "b", "c"], "each once"),
    "a text goes in": ((*SCORES, "inputs"), ["a", "b", "copy", "word"], "numeric features"),
    "a number as embedding": ((*AXES, "inputs"), ["a"], "alone"),
    "threshold": ((*SCORES, "threshold"), 0, "threshold"),
    "a component less": ((*SCORES, "components"), [], "a list of 21"),
    "counts": ((*SCORES, "components", 0, "counts"), [10**6] * 3, "counts"),
    "knots fall": ((*SCORES, "transform", "knots", 0), [1.0, 0.0], "ascend"),
    "knots beyond float32": ((*SCORES, "transform", "knots", 0), [0.0, 5e38], "ascend"),
    "no knots": ((*SCORES, "transform", "knots", 0), [], "1 to 100"),
    "knot of a text": ((*SCORES, "transform", "knots", 0), ["1"], "1 to 100"),
    "scores fall": ((*SCORES, "transform", "scores", 0), [2.0] * 16 + [1.0], "ascending"),
    "few scores": ((*SCORES, "transform", "scores", 0), [1.0], "ascending"),
    "center": ((*SCORES, "transform", "center"), [0.0], "4"),
    "kind": ((*SCORES, "transform", "kind"), "axes", "one of scores"),
    "shape": ((*SCORES, "transform", "whitening", "shape"), [2, 8], "4 x 4"),
    "huge shape": ((*SCORES, "transform", "projections", "shape"), [4, 10**12], "shape"),
    "no base64": ((*SCORES, "transform", "whitening", "float32"), "?!", "base64"),
    "short base64": ((*SCORES, "transform", "whitening", "float32"), "AAAA", "base64 of 16"),
    "no text": ((*SCORES, "transform", "whitening", "float32"), 3, "base64"),
    "nan": ((*SCORES, "transform", "whitening", "float32"),
            base64.b64encode(np.full(16, np.nan, dtype="<f4").tobytes()).decode(), "finite"),
    "unknown field": ((*SCORES, "transform", "more"), 1, "no field"),
    "scale of 0": ((*AXES, "transform", "scales"), [0.0] * 4, "above 0"),
    "negative radius": (("features", 5, "radius"), -1.0, "radius"),
    "centroids of other clusters": (("features", 5, "categories"), ["0"], "each centroid"),
    "an embedding of numbers": (("features", 5, "training_type"), "float", "vector"),
    "other clusters": (("features", 5, "other_categories"), ["x"], "other_categories"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_no_byte_of_a_joint_is_trusted(profile, fault):
    """Each impossible field is an error of ours that names it."""
    path, value, message = FAULTS[fault]
    document = copy.deepcopy(json.loads(profile.to_json()))
    _change(document, path, value)
    with pytest.raises(ProfileFormatError, match=message):
        Profile.from_json(json.dumps(document))


def test_a_joint_stands_there_once(profile):
    """Two joints of one name are refused."""
    document = json.loads(profile.to_json())
    document["joints"]["joints"].append(document["joints"]["joints"][0])
    with pytest.raises(ProfileFormatError, match="once"):
        Profile.from_json(json.dumps(document))


def test_the_more_important_features_go_in_where_rows_are_few():
    """With 500 rows twenty of thirty features go in: the important ones, in the order of the profile."""
    generator = np.random.default_rng(3)
    columns = {f"f{place:02d}": generator.normal(size=500) for place in range(30)}
    profile = _fit(columns, importances={"f29": 5.0, "f25": 1.0})
    (joint,) = profile.reference.joints
    assert len(joint.inputs) == 20
    assert joint.inputs[-2:] == ("f25", "f29")
    assert joint.inputs[:-2] == tuple(f"f{place:02d}" for place in range(18))


def test_features_that_never_alert_do_not_alert_together(columns):
    """What is shown and not alerted on, such as the hour, goes into no joint."""
    numbers = {name: columns[name] for name in ("a", "b", "c")}
    (joint,) = _fit(numbers, no_alert=["b"]).reference.joints
    assert joint.inputs == ("a", "c")
    assert _fit(numbers, no_alert=["a", "b"]).reference.joints == ()


def test_vectors_of_a_file_are_those_of_memory(columns, profile, tmp_path):
    """A Parquet file with a column of lists gives the bins that the same rows in memory give."""
    vectors = pa.array([vector.tolist() for vector in columns["vector"]], type=pa.list_(pa.float32()))
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(columns | {"vector": vectors}), path)
    found = Profile.fit_file(path, model="m", version="1", created=1.0, embeddings=["vector"])
    assert found.reference.joints == profile.reference.joints
    assert found.reference.features[-1] == profile.reference.features[-1]
