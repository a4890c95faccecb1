"""Joints as JSON values, and back from untrusted ones."""

from __future__ import annotations

import hashlib
import itertools
from typing import Any, Final

import numpy as np

from mlexporter.profile.fields import Fields
from mlexporter.profile.matrices import matrix_to_json, read_matrix
from mlexporter.profile.options import LEAST_THRESHOLD
from mlexporter.profile.reading_bins import read_edges
from mlexporter.records import (
    Distribution,
    EmbeddingTransform,
    JointReference,
    Kind,
    Reference,
    ScoreTransform,
    TrainingType,
)
from mlexporter.records.joint import Transform

MOST_INPUTS: Final = 64
_MOST_COMPONENTS: Final = 256
_MOST_KNOTS: Final = 100
_SCORES: Final = "scores"
_AXES: Final = "axes"


def joint_to_json(joint: JointReference) -> dict[str, Any]:
    """Return one joint as JSON values."""
    return {
        "name": joint.name,
        "inputs": list(joint.inputs),
        "threshold": joint.threshold,
        "alert": joint.alert,
        "reason": joint.reason,
        "transform": None if joint.transform is None else _transform_to_json(joint.transform),
        "components": [
            {"edges": list(each.edges), "counts": list(each.counts)} for each in joint.distributions
        ],
    }


def digest(transform: Transform | None) -> str | None:
    """Return a text that differs where a transform makes other components of rows."""
    if transform is None:
        return None
    if isinstance(transform, ScoreTransform):
        texts = [repr((transform.knots, transform.scores, transform.center)).encode()]
        matrices = [transform.whitening, transform.projections]
    else:
        texts = [repr(transform.scales).encode()]
        matrices = [transform.center, transform.axes]
    parts = [*texts, *(matrix.content for matrix in matrices)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_joint(fields: Fields, reference: Reference) -> JointReference:
    """Return one joint.

    Args:
        fields: Its JSON object.
        reference: What has been read of the profile: its features.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    name = fields.text("name")
    inputs = _read_inputs(fields, name, reference)
    threshold = fields.number("threshold", minimum=LEAST_THRESHOLD)
    alert, reason = fields.boolean("alert"), fields.text("reason")
    transform, n_components = None, 0
    if fields.take("transform") is not None:
        transform, n_components = _read_transform(fields.object("transform"), name, inputs, reference)
    components = [
        _read_component(item, reference.row_count) for item in fields.objects("components", _MOST_COMPONENTS)
    ]
    if len(components) != n_components:
        fields.refuse("components", f"a list of {n_components}")
    fields.refuse_others()
    return JointReference(
        name, inputs, tuple(components), threshold, alert=alert, transform=transform, reason=reason
    )


def _transform_to_json(transform: Transform) -> dict[str, Any]:
    if isinstance(transform, ScoreTransform):
        return {
            "kind": _SCORES,
            "knots": [list(knots) for knots in transform.knots],
            "scores": [list(scores) for scores in transform.scores],
            "center": list(transform.center),
            "whitening": matrix_to_json(transform.whitening),
            "projections": matrix_to_json(transform.projections),
        }
    return {
        "kind": _AXES,
        "center": matrix_to_json(transform.center),
        "axes": matrix_to_json(transform.axes),
        "scales": list(transform.scales),
        "correlations": matrix_to_json(transform.correlations),
    }


def _read_inputs(fields: Fields, name: str, reference: Reference) -> tuple[str, ...]:
    inputs = fields.items("inputs", MOST_INPUTS)
    kinds = {feature.name: feature.distribution.kind for feature in reference.features}
    wanted = Kind.EMBEDDING if name else Kind.NUMERIC
    is_good = all(isinstance(each, str) and kinds.get(each) is wanted for each in inputs)
    if not is_good or len(set(inputs)) != len(inputs) or (name and inputs != [name]):
        needed = f"the embedding {name!r} alone" if name else "a list of numeric features, each once"
        fields.refuse("inputs", needed)
    return tuple(inputs)


def _read_transform(
    fields: Fields, name: str, inputs: tuple[str, ...], reference: Reference
) -> tuple[Transform, int]:
    fields.one_of("kind", (_AXES if name else _SCORES,))
    if name:
        place = reference.feature_names.index(name)
        centroids = reference.features[place].distribution.centroids
        transform, n_components = _read_axes(fields, 0 if centroids is None else centroids.shape[1])
    else:
        transform, n_components = _read_scores(fields, len(inputs))
    fields.refuse_others()
    return transform, n_components


def _read_scores(fields: Fields, n_inputs: int) -> tuple[Transform, int]:
    knots, scores = (_read_lists(fields, name, n_inputs) for name in ("knots", "scores"))
    for own_knots, own_scores in zip(knots, scores, strict=True):
        with np.errstate(over="ignore"):
            small = np.asarray(own_knots, dtype=np.float32)
        if not np.isfinite(small).all() or (np.diff(small) <= 0).any():
            fields.refuse("knots", "lists of finite numbers that ascend in float32 precision")
        if len(own_scores) != len(own_knots) or any(a > b for a, b in itertools.pairwise(own_scores)):
            fields.refuse("scores", "a list of ascending scores for each list of knots")
    projections = read_matrix(fields, "projections", (n_inputs, None))
    if projections.shape[1] > _MOST_COMPONENTS:
        fields.refuse("projections", f"a matrix of at most {_MOST_COMPONENTS} columns")
    transform = ScoreTransform(
        knots=knots,
        scores=scores,
        center=fields.numbers("center", length=n_inputs),
        whitening=read_matrix(fields, "whitening", (n_inputs, n_inputs)),
        projections=projections,
    )
    return transform, n_inputs + projections.shape[1] + 1


def _read_axes(fields: Fields, n_dimensions: int) -> tuple[Transform, int]:
    axes = read_matrix(fields, "axes", (n_dimensions, None))
    n_axes = axes.shape[1]
    scales = fields.numbers("scales", length=n_axes)
    if min(scales) <= 0:
        fields.refuse("scales", "a list of numbers above 0")
    transform = EmbeddingTransform(
        center=read_matrix(fields, "center", (n_dimensions,)),
        axes=axes,
        scales=scales,
        correlations=read_matrix(fields, "correlations", (n_axes, n_axes)),
    )
    return transform, n_axes + 1


def _read_lists(fields: Fields, name: str, length: int) -> tuple[tuple[float, ...], ...]:
    lists = fields.items(name, MOST_INPUTS)
    is_good = len(lists) == length and all(
        isinstance(each, list)
        and 0 < len(each) <= _MOST_KNOTS
        and all(type(number) in {int, float} and abs(number) < 1e39 for number in each)
        for each in lists
    )
    if not is_good:
        fields.refuse(name, f"a list of {length} lists of 1 to {_MOST_KNOTS} finite numbers")
    return tuple(tuple(map(float, each)) for each in lists)


def _read_component(fields: Fields, row_count: int) -> Distribution:
    empty = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=read_edges(fields))
    counts = fields.wholes("counts", length=empty.n_cells)
    if sum(counts) > row_count:
        fields.refuse("counts", f"a list that adds up to {row_count} at most")
    fields.refuse_others()
    return Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=empty.edges, counts=counts)
