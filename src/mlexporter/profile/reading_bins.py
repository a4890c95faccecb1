"""Read the bins and training counts of one feature or output out of untrusted JSON."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.errors import ProfileFormatError
from mlexporter.profile.fields import LARGEST_COUNT, Fields, is_number
from mlexporter.profile.matrices import read_matrix
from mlexporter.profile.options import LEAST_THRESHOLD, is_encodable
from mlexporter.records import Distribution, FeatureReference, Kind, OutputReference, TrainingType
from mlexporter.state.embedding_bins import FEWEST_DIMENSIONS, MOST_CLUSTERS, MOST_DIMENSIONS
from mlexporter.state.values import MAXIMUM_TEXT_LENGTH

MAXIMUM_EDGES: Final = 1_000
MAXIMUM_NAMES: Final = 100_000
MAXIMUM_QUANTILES: Final = 100
_MAXIMUM_CELLS: Final = MAXIMUM_NAMES + 4
_LARGEST: Final = float(np.finfo(np.float32).max)


def read_feature(fields: Fields, row_count: int, *, expose_names: bool = True) -> FeatureReference:
    """Return one entry of ``features``.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    feature = FeatureReference(
        name=fields.name("name"),
        distribution=_read_distribution(fields, row_count, expose_names=expose_names),
        threshold=fields.number("threshold", minimum=LEAST_THRESHOLD),
        alert=fields.boolean("alert"),
        importance=fields.optional_number("importance"),
        statistic=_read_statistic(fields),
    )
    fields.refuse_others()
    return feature


def read_output(fields: Fields, row_count: int, *, expose_names: bool = True) -> OutputReference:
    """Return one entry of ``outputs``.

    Raises:
        ProfileFormatError: a field is missing, unknown or impossible.
    """
    distribution = _read_distribution(fields, row_count, expose_names=expose_names)
    output = OutputReference(
        name=fields.name("name"),
        distribution=distribution,
        class_name=fields.text("class_name"),
        threshold=fields.number("threshold", minimum=LEAST_THRESHOLD),
        alert=fields.boolean("alert"),
        positives=_read_positives(fields, distribution),
        statistic=_read_statistic(fields),
    )
    fields.refuse_others()
    return output


def _read_statistic(fields: Fields) -> str:
    # Profiles of schema version 1 knew one only.
    return fields.one_of("statistic", DRIFT_STATISTICS) if fields.has("statistic") else DRIFT_STATISTICS[0]


def _read_distribution(fields: Fields, row_count: int, *, expose_names: bool) -> Distribution:
    kind = Kind(fields.one_of("kind", tuple(Kind)))
    training_type = TrainingType(fields.one_of("training_type", tuple(TrainingType)))
    common: dict[str, Any] = {
        "kind": kind,
        "training_type": training_type,
        "type_mismatches": fields.whole("type_mismatches", maximum=row_count),
    }
    if kind is Kind.NUMERIC:
        if training_type not in {TrainingType.FLOAT, TrainingType.INTEGER}:
            fields.refuse("training_type", "float or integer for numeric bins")
        common |= _read_numeric(fields, row_count)
    elif kind is Kind.EMBEDDING:
        if training_type is not TrainingType.VECTOR:
            fields.refuse("training_type", "vector for an embedding")
        common |= _read_names(fields) | _read_clusters(fields)
        common["expose_names"] = expose_names
    else:
        common |= _read_names(fields)
        common["expose_names"] = expose_names
    empty = Distribution(**common)
    counts = read_counts(fields, "counts", empty.n_cells)
    # Clusters are counted with rows that they were not fitted on.
    if sum(counts) > row_count or (sum(counts) < row_count and kind is not Kind.EMBEDDING):
        fields.refuse("counts", f"counts that add up to row_count, {row_count}, not to {sum(counts)}, which")
    return Distribution(**common, counts=counts)


def _read_numeric(fields: Fields, row_count: int) -> dict[str, Any]:
    minimum, maximum = fields.optional_number("minimum"), fields.optional_number("maximum")
    if (minimum is None) != (maximum is None) or (
        minimum is not None and maximum is not None and minimum > maximum
    ):
        fields.refuse("minimum", "a number not above maximum, or null in both,")
    return {
        "edges": read_edges(fields),
        "minimum": minimum,
        "maximum": maximum,
        "out_of_range": fields.whole("out_of_range", maximum=row_count),
        "mean": fields.optional_number("mean"),
        "standard_deviation": fields.optional_number("standard_deviation", minimum=0.0),
        "quantiles": _read_quantiles(fields),
    }


def read_edges(fields: Fields) -> tuple[float, ...]:
    """Return the list ``edges``: at most 1,000 numbers that ascend in float32 precision.

    Raises:
        ProfileFormatError: it is none.
    """
    edges = fields.items("edges", MAXIMUM_EDGES)
    for edge in edges:
        if not is_number(edge) or abs(edge) >= _LARGEST:
            fields.refuse("edges", f"a list of finite float32 numbers (not {str(edge)[:40]})")
    small = [float(np.float32(edge)) for edge in edges]
    for low, high in itertools.pairwise(small):
        if low >= high:
            fields.refuse(
                "edges", f"a list that ascends in float32 precision ({low:g} stands before {high:g})"
            )
    return tuple(float(edge) for edge in edges)


def _read_names(fields: Fields) -> dict[str, Any]:
    categories = fields.items("categories", MAXIMUM_NAMES)
    others = fields.items("other_categories", MAXIMUM_NAMES)
    for field, names in (("categories", categories), ("other_categories", others)):
        for name in names:
            if not isinstance(name, str) or len(name) > MAXIMUM_TEXT_LENGTH or not is_encodable(name):
                fields.refuse(
                    field,
                    f"a list of texts of at most {MAXIMUM_TEXT_LENGTH} characters without lone surrogates",
                )
    if len({*categories, *others}) != len(categories) + len(others):
        fields.refuse("categories", "a list without a name that stands twice, here or in other_categories,")
    return {"categories": tuple(categories), "other_categories": tuple(others)}


def _read_clusters(fields: Fields) -> dict[str, Any]:
    centroids = read_matrix(fields, "centroids", (None, None))
    if not FEWEST_DIMENSIONS <= centroids.shape[1] <= MOST_DIMENSIONS:
        fields.refuse("centroids", f"a matrix of {FEWEST_DIMENSIONS} to {MOST_DIMENSIONS} columns")
    if centroids.shape[0] != len(fields.items("categories", MOST_CLUSTERS)) or fields.take(
        "other_categories"
    ):
        fields.refuse("categories", "a list with a name for each centroid, and no other_categories,")
    return {"centroids": centroids, "radius": fields.number("radius", minimum=0.0)}


def _read_quantiles(fields: Fields) -> tuple[tuple[float, float], ...]:
    pairs = fields.items("quantiles", MAXIMUM_QUANTILES)
    for pair in pairs:
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or not all(map(is_number, pair))
            or not 0 < pair[0] < 1
        ):
            fields.refuse("quantiles", "a list of pairs of a probability between 0 and 1 and a number")
    for (low, lower), (high, higher) in itertools.pairwise(pairs):
        if low >= high or lower > higher:
            fields.refuse("quantiles", "a list whose probabilities and values ascend")
    return tuple((float(probability), float(value)) for probability, value in pairs)


def read_counts(fields: Fields, name: str, length: int) -> tuple[int, ...]:
    """Return a field of ``length`` whole numbers from 0.

    Raises:
        ProfileFormatError: it is missing or something else.
    """
    counts = fields.items(name, _MAXIMUM_CELLS)
    if len(counts) != length:
        fields.refuse(name, f"a list of {length} counts, one for each bin,")
    for count in counts:
        if type(count) is not int or not 0 <= count <= LARGEST_COUNT:
            fields.refuse(name, f"a list of whole numbers from 0 (not {str(count)[:40]})")
    return tuple(counts)


def _read_positives(fields: Fields, distribution: Distribution) -> tuple[int, ...] | None:
    if fields.take("positives") is None:
        return None
    positives = read_counts(fields, "positives", distribution.n_shape_bins)
    if any(own > rows for own, rows in zip(positives, distribution.counts, strict=False)):
        raise ProfileFormatError("outputs: a bin has more positives than rows; fit the profile again")
    return positives
