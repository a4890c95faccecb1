"""Where the bins of a numeric distribution lie, for distances that need more than ranks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mlexporter.records import Distribution, Scores

Edges = npt.NDArray[np.float32]


def bin_positions(distribution: Distribution) -> Scores:
    """Return one point for each bin, in standard deviations of the reference.

    The point of a bin is its middle. The open bins at both ends are closed at the outermost value
    that the profile publishes (a quantile, the minimum or the maximum), so that no value of the
    window, however extreme, moves a bin. A discrete distribution, whose edges lie just above its
    values, has its bins at these values.

    Args:
        distribution: Bins and published values of one feature or output.

    Returns:
        Ascending positions without unit, shape (n_shape_bins,); NaN where the standard deviation is
        unknown or 0, or where there are no edges.
    """
    deviation = distribution.standard_deviation
    if not distribution.edges or deviation is None or not deviation > 0:
        return np.full(distribution.n_shape_bins, np.nan)
    edges = np.asarray(distribution.edges, dtype=np.float32)
    published = _published(distribution)
    low = min(published.min(initial=np.inf), float(edges[0]))
    high = max(published.max(initial=-np.inf), float(edges[-1]))
    values = _two_steps_below(edges)
    if _is_discrete(edges, values, published):
        points = np.append(values.astype(np.float64), high)
    else:
        bounds = np.concatenate(([low], edges.astype(np.float64), [high]))
        points = (bounds[:-1] + bounds[1:]) / 2
    return points / deviation


def _published(distribution: Distribution) -> Scores:
    values = [value for _, value in distribution.quantiles]
    values += [value for value in (distribution.minimum, distribution.maximum) if value is not None]
    return np.asarray(values, dtype=np.float64)


def _two_steps_below(edges: Edges) -> Edges:
    below = np.float32(-np.inf)
    return np.nextafter(np.nextafter(edges, below), below)


def _is_discrete(edges: Edges, values: Edges, published: Scores) -> bool:
    # The profile does not say that it has one bin per value; its published values give it away.
    inner = published[published < edges[-1]].astype(np.float32)
    return bool(inner.size) and set(values.tolist()).issuperset(inner.tolist())
