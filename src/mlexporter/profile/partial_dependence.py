"""Ask a model what it would predict if a feature had the value of another bin in every row.

Source: friedman2001 (partial dependence); goldstein2015 (individual conditional expectations).  Differs: at
one value of each bin instead of all values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from mlexporter.errors import FitError
from mlexporter.profile.held_out import read_chosen
from mlexporter.profile.options import predicted
from mlexporter.profile.sections.row_cells import RowCells, row_numbers
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.records import Distribution, Kind, Reference
from mlexporter.state.columns import Column

ASKED_ROWS: Final = 250
"""Rows over which predictions are averaged."""
SAMPLED_ROWS: Final = 20_000
"""Rows in which values of bins are looked for."""
_SAMPLED_VALUES: Final = 10_000_000
_ASKED_VALUES: Final = 4_000_000
_DIGITS: Final = 7
_UNSEEN_FROM_END: Final = 1

Columns = dict[str, list[object]]
Predict = Callable[[Columns], Any]
Numbers = npt.NDArray[np.float64]


class Dependence(NamedTuple):
    """What one feature does to predictions, by shape bin and in units of the prediction.

    Attributes:
        means: Mean prediction with the feature set to the bin.
        changes: Mean absolute change of single predictions: where bins are ordered from the bin before (0 for
            the first), else from the row's mean over all bins. What a feature does in one row and undoes
            in another, because it acts together with others, is lost in ``means`` and is not lost here.
    """

    means: tuple[float, ...]
    changes: tuple[float, ...]


def partial_dependence(reference: Reference, rows: TrainingRows) -> dict[str, Dependence]:
    """Return for each feature what predictions become with the feature set to each shape bin.

    The value of a numeric bin is the median of its rows, that of a category itself. Bins without a row
    (and ``unseen``) have the mean of the others: their neighbours' where bins are ordered. Of several
    class scores, each feature is told by the class that it moves most.

    Args:
        reference: Its features.
        rows: The rows of the fit, with ``options["predict"]``.

    Raises:
        FitError: the model raises, or returns something else than one prediction a row.
    """
    names = [*dict.fromkeys([*_asked_names(rows), *reference.feature_names])]
    size = max(ASKED_ROWS, min(SAMPLED_ROWS, _SAMPLED_VALUES // max(len(names), 1)))
    sample = read_chosen(rows, names, size)
    n_sampled = len(next(iter(sample.values()), ()))
    asked = np.unique(np.linspace(0, max(n_sampled - 1, 0), ASKED_ROWS).astype(np.int64)).tolist()
    background = {name: [column[place] for place in asked] for name, column in _listed(sample).items()}
    predict: Predict = rows.options["predict"]  # type: ignore[assignment] # learn() saw that it is there
    model = _Model(predict, background, len(asked))
    found = {}
    for feature in reference.features:
        values = _values_of_bins(feature.distribution, sample[feature.name])
        found[feature.name] = _dependence(model, feature.name, values, feature.distribution)
    return found


class _Model:
    """The user's function, asked about copies of the same rows."""

    def __init__(self, predict: Predict, background: Columns, row_count: int) -> None:
        self._predict = predict
        self._background = background
        self._row_count = row_count

    def predictions(self, feature: str, values: list[object]) -> Numbers:
        """Return predictions with ``feature`` set to each of ``values``, shape (n_values, n_rows, n_classes)."""
        width = max(len(self._background), 1) * self._row_count
        step = max(1, _ASKED_VALUES // width)  # memory of a wide model
        parts = [self._asked(feature, values[first : first + step]) for first in range(0, len(values), step)]
        return np.concatenate(parts)

    def _asked(self, feature: str, values: list[object]) -> Numbers:
        columns = {name: column * len(values) for name, column in self._background.items()}
        columns[feature] = [value for value in values for _ in range(self._row_count)]
        try:
            predictions = self._predict(columns)
        except Exception as error:
            raise FitError(
                f"predict: it raised {type(error).__name__} ({str(error)[:200]}) when the column {feature!r} was set to "
                "values of its bins; it is called with a dict of columns (name to list of values) and returns one "
                "prediction a row: repair it, leave the column out of features, or leave predict out"
            ) from error
        numbers = _read(predictions, feature, len(values) * self._row_count)
        return numbers.reshape(len(values), self._row_count, -1)


def _read(predictions: object, feature: str, row_count: int) -> Numbers:
    """Return predictions as numbers of shape (row_count, n_classes)."""
    try:
        numbers = np.asarray(predictions, dtype=np.float64)
    except (TypeError, ValueError):
        raise FitError(
            f"predict: with the column {feature!r} set to values of its bins it did not return numbers; return scores "
            "or numbers (of labels nobody can tell how far they move), or leave predict out"
        ) from None
    if numbers.ndim not in {1, 2} or len(numbers) != row_count or not numbers.size:
        raise FitError(
            f"predict: with the column {feature!r} set to values of its bins it returned an array of shape "
            f"{numbers.shape}; one prediction for each of the {row_count} rows is needed: (n,), or (n, k) class scores"
        )
    if not np.isfinite(numbers).all():
        raise FitError(
            f"predict: with the column {feature!r} set to values of its bins it returned NaN or an infinite number; "
            "return a number for every row, leave the column out of features, or leave predict out"
        )
    return numbers.reshape(row_count, -1)


def _asked_names(rows: TrainingRows) -> list[str]:
    """Return the columns that the model is shown: all that are features by the options, monitored or not."""
    options = rows.options
    chosen = options.get("features")
    left_out = {*predicted(options), options.get("label"), *options.get("exclude", ())}
    if chosen is None:
        left_out.add(options.get("timestamp"))
    return [name for name in (rows.names if chosen is None else chosen) if name not in left_out]


def _listed(sample: Mapping[str, Column]) -> Columns:
    return {
        name: column.tolist()
        if isinstance(column, np.ndarray) and column.dtype.kind in "biuf"
        else list(column)
        for name, column in sample.items()
    }


def _values_of_bins(distribution: Distribution, column: Column) -> dict[int, object]:
    """Return a value for each shape bin that a row of ``column`` lies in."""
    cells = RowCells(distribution).of(column)
    is_number = distribution.kind is Kind.NUMERIC
    numbers = row_numbers(column) if is_number else np.zeros(len(cells), dtype=np.float32)
    order = np.lexsort((numbers, cells))
    bounds = np.searchsorted(cells[order], np.arange(distribution.n_shape_bins + 1)).tolist()
    places = {
        cell: order[(first + last - 1) // 2] if is_number else order[first]
        for cell, (first, last) in enumerate(pairwise(bounds))
        if last > first
    }
    chosen: Callable[[int], object] = column.__getitem__
    return {cell: _plain(chosen(int(place))) for cell, place in places.items()}


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _dependence(
    model: _Model, feature: str, values: Mapping[int, object], distribution: Distribution
) -> Dependence:
    n_bins = distribution.n_shape_bins
    known = [cell for cell in values if distribution.is_ordered or cell < _unseen(distribution)]
    if not known:
        return Dependence((0.0,) * n_bins, (0.0,) * n_bins)
    predictions = model.predictions(feature, [values[cell] for cell in known])
    shares = np.asarray(distribution.shape_counts[known], dtype=np.float64)
    shares = shares / shares.sum() if shares.sum() else np.full(len(known), 1 / len(known))
    means = predictions.mean(axis=1)
    told = int((shares @ np.abs(means - shares @ means)).argmax())
    single, mean = predictions[:, :, told], means[:, told]
    changes = np.zeros(n_bins)
    if distribution.is_ordered:
        curve = np.interp(np.arange(n_bins), known, mean)
        # The way between two known bins is shared out over the empty ones between them.
        travelled = np.cumsum([0.0, *np.abs(np.diff(single, axis=0)).mean(axis=1)])
        changes[1:] = np.diff(np.interp(np.arange(n_bins), known, travelled))
    else:
        curve = np.full(n_bins, shares @ mean)
        curve[known] = mean
        changes[known] = np.abs(single - shares @ single).mean(axis=1)
    return Dependence(_rounded(curve), _rounded(changes))


def _rounded(values: Numbers) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values.tolist())


def _unseen(distribution: Distribution) -> int:
    return distribution.n_shape_bins - _UNSEEN_FROM_END
