"""Profiles of the worlds, fitted by the code that ships, and what their bins hold in truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from calibration.rows import Numbers, on_scale
from mlexporter import Profile
from mlexporter.records import ModelKey, Reference

KEY = ModelKey("calibration", "1")
TRAINING_ROWS = 10_000
ANY_DRIFT = 1e-6
"""The least threshold that a fit takes: severity is above 1 where there is any significant drift."""


def fitted(columns: Numbers, *, threshold: float = 0.1, **options: Any) -> Reference:
    """Return the reference of rows, shape (n_rows, n_features)."""
    return Profile.fit(
        columns, features=names(columns.shape[1]), model=KEY.name, version=KEY.version, created=0.0,
        default_threshold=threshold, joint=False, **options,
    ).reference  # fmt: skip


def names(n_features: int) -> list[str]:
    """Return what features are called."""
    return [f"feature_{place:03d}" for place in range(n_features)]


def normal_reference(
    generator: np.random.Generator,
    n_features: int,
    *,
    n_rows: int = TRAINING_ROWS,
    scale: str = "normal",
    threshold: float = 0.1,
) -> Reference:
    """Return a profile of independent normal, or lognormal, features."""
    return fitted(on_scale(generator.standard_normal((n_rows, n_features)), scale), threshold=threshold)


def true_shares(reference: Reference, means: Numbers | float = 0.0, scale: str = "normal") -> Numbers:
    """Return the probability of each shape bin for normal rows of deviation 1, or their exponential.

    Args:
        reference: Of numeric features with equally many bins.
        means: Of the normal rows, any shape.
        scale: ``normal`` or ``lognormal``.

    Returns:
        Shape (n_features, *shape of means, n_bins).
    """
    centres = np.asarray(means)[..., None]
    found = [np.asarray(feature.distribution.edges) for feature in reference.features]
    found = [np.log(edges) for edges in found] if scale == "lognormal" else found
    bounds = [np.concatenate([[-np.inf], edges, [np.inf]]) for edges in found]
    return np.stack([np.diff(ndtr(edges - centres), axis=-1) for edges in bounds])


def training_counts(reference: Reference) -> npt.NDArray[np.int64]:
    """Return the counts of the shape bins, shape (n_features, n_bins)."""
    return np.stack([feature.distribution.shape_counts for feature in reference.features])
