"""Whether another unit of measurement would explain what became of a feature."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.records import Scores

FAHRENHEIT: Final = 1.8
"""The factor that stands for 1.8 x + 32; its inverse stands for the way back."""

_MULTIPLES: Final = (10.0, 100.0, 1000.0, 2.54)
_FACTORS: Final = np.array([*_MULTIPLES, *(1 / factor for factor in _MULTIPLES)])
_FOUND: Final = np.array([*_FACTORS, FAHRENHEIT, 1 / FAHRENHEIT])
_RIVALS: Final = np.array([1.0, 1.8, 1 / 1.8])  # no change, and a factor beside which 32 is nothing

_LARGEST_ROOT_MEAN_SQUARE: Final = 0.3
_LARGEST_ERROR: Final = 0.6
_LARGEST_MEDIAN: Final = 0.2
_CLEARLY: Final = 2.0
_CLEAR_OCTAVES: Final = 0.1
_PLAUSIBLE_SHIFT: Final = 8.0
_NORMAL_WIDTHS: Final = {5: 3.29, 3: 1.35}  # standard deviations from 5 to 95 %, and from 25 to 75 %
_LOCAL: Final = 0.25
_LEAST_LOCAL: Final = 2.0**-10


def suspected_unit(observed: Scores, training: Scores) -> Scores:
    """Return the factor by which another unit would explain the quantiles of a window.

    Candidates are 10, 100, 1000 and 2.54, their inverses, and 1.8 x + 32 with its inverse. One is told
    only where all quantiles that it predicts lie within 0.6 octaves of the observed ones (cells of half
    an octave allow no more) and within 0.2 in the median, and where no change, every other candidate
    and a plausible shift (up to 8 standard deviations) all fit clearly worse.

    Args:
        observed: Quantiles of windows at 5, 25, 50, 75 and 95 % or at the middle three, shape
            (n_rows, 5) or (n_rows, 3); NaN where unknown.
        training: The same quantiles of the training data.

    Returns:
        10, 100, 1000, 2.54 or one over one of these; 1.8 for 1.8 x + 32 and 1 / 1.8 for the way back;
        NaN where nothing is suspected, shape (n_rows,).
    """
    found = np.full(len(observed), np.nan)
    is_known = np.isfinite(observed).all(axis=1) & np.isfinite(training).all(axis=1)
    rows = np.flatnonzero(is_known)
    if not rows.size:
        return found
    observed, training = observed[rows, None, :], training[rows, None, :]
    with np.errstate(over="ignore", invalid="ignore"):
        errors = _errors(observed, _candidates(training))
        root_mean_square = np.sqrt(np.mean(errors**2, axis=2))
        best = root_mean_square[:, : len(_FOUND)].argmin(axis=1)
        place = np.arange(len(rows))
        least, of_best = root_mean_square[place, best], errors[place, best]
        root_mean_square[place, best] = np.inf
        root_mean_square[:, -1][~_is_plausible_shift(observed, training)] = np.inf
        is_good = (
            (least <= _LARGEST_ROOT_MEAN_SQUARE)
            & (np.abs(of_best).max(axis=1) <= _LARGEST_ERROR)
            & (np.abs(np.median(of_best, axis=1)) <= _LARGEST_MEDIAN)
            & (root_mean_square.min(axis=1) >= _CLEARLY * least + _CLEAR_OCTAVES)
        )
    found[rows[is_good]] = _FOUND[best[is_good]]
    return found


def unit_words(factor: float) -> str:
    """Say what a factor of ``suspected_unit`` means, to follow "values look": ``as if multiplied by 1,000``.

    Args:
        factor: Above 0.
    """
    if math.isclose(factor, FAHRENHEIT, rel_tol=1e-3):
        return "as if °C had become °F (1.8 x + 32)"
    if math.isclose(factor, 1 / FAHRENHEIT, rel_tol=1e-3):
        return "as if °F had become °C ((x − 32) / 1.8)"
    if factor < 1:
        return f"as if divided by {1 / factor:,.4g}"
    return f"as if multiplied by {factor:,.4g}"


def _candidates(training: Scores) -> Scores:
    """Return what candidates predict, then what rivals do, the shift to be filled in last."""
    return np.concatenate(
        [
            training * _FACTORS[:, None],
            training * 1.8 + 32,
            (training - 32) / 1.8,
            training * _RIVALS[:, None],
            training,
        ],
        axis=1,
    )


def _errors(observed: Scores, predicted: Scores) -> Scores:
    """Return how far apart quantiles are, in octaves; near zero, in parts of the distances between them."""
    predicted[:, -1] += np.median(observed[:, 0] - predicted[:, -1], axis=1)[:, None]
    distances = np.gradient(predicted, axis=2) * _LOCAL
    least = np.abs(predicted).max(axis=2, keepdims=True) * _LEAST_LOCAL
    local = np.maximum(np.maximum(distances, least), np.finfo(np.float64).tiny)
    errors: Scores = (np.arcsinh(observed / local) - np.arcsinh(predicted / local)) / math.log(2)
    return errors


def _is_plausible_shift(observed: Scores, training: Scores) -> npt.NDArray[np.bool_]:
    shift = np.abs(np.median(observed - training, axis=2)[:, 0])
    width = (training[:, 0, -1] - training[:, 0, 0]) / _NORMAL_WIDTHS.get(training.shape[2], np.inf)
    return np.less_equal(shift, _PLAUSIBLE_SHIFT * width)
