"""The demo's model: the chance that a flight arrives half an hour late, from what is known before it leaves."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mlexporter.demo.features import CATEGORY_NAMES, FEATURES
from mlexporter.demo.flights import Flights
from mlexporter.errors import EnvironmentDegradedError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MODEL_NAME: Final = "late_arrival"
MODEL_VERSION: Final = "2013.1"
TRAINING_MONTHS: Final = (1, 2, 3)


class LateArrivalModel:
    """Gradient-boosted trees over encoded rows; categories become numbers by their place in a list."""

    def __init__(self, table: pd.DataFrame, *, seed: int) -> None:
        """Train on ``table`` (the columns of ``Flights.table``, ``late`` known), with chance from ``seed``."""
        self._codes: dict[str, dict[object, int]] = {
            name: {value: code for code, value in enumerate(sorted(table[name].dropna().unique()))}
            for name in CATEGORY_NAMES
        }
        self._trees = _trees(seed)
        self._trees.fit(self._encoded(table), table["late"].to_numpy() == 1)

    def score(self, row: Mapping[str, object]) -> float:
        """Return the chance, 0 to 1, that one flight is late; None stands for what is not known."""
        import numpy as np  # noqa: PLC0415 - see the package's rule on imports

        numbers = [self._number(feature.name, row.get(feature.name)) for feature in FEATURES]
        return float(self._trees.predict_proba(np.asarray([numbers], dtype=np.float64))[0, 1])

    def scores(self, table: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the chance for each row of ``table``, shape (n_rows,), 0 to 1."""
        probabilities: np.ndarray[Any, np.dtype[np.float64]] = self._trees.predict_proba(self._encoded(table))
        return probabilities[:, 1]

    def _number(self, name: str, value: object) -> float:
        codes = self._codes.get(name)
        if codes is not None:
            return codes.get(value, math.nan)
        return float(value) if isinstance(value, int | float) else math.nan

    def _encoded(self, table: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.float64]]:
        import numpy as np  # noqa: PLC0415 - see the package's rule on imports

        columns = []
        for feature in FEATURES:
            column = table[feature.name]
            codes = self._codes.get(feature.name)
            columns.append((column if codes is None else column.map(codes)).to_numpy(dtype=np.float64))
        return np.column_stack(columns)


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model and the two thirds of its months that it has not seen.

    Attributes:
        model: Trained on the first random third.
        profile_rows: The second third, with the column ``score`` of the model's predictions.
        check_rows: The last third, likewise: clean rows that nobody learned from.
    """

    model: LateArrivalModel
    profile_rows: pd.DataFrame
    check_rows: pd.DataFrame


def train(flights: Flights, *, seed: int, months: Collection[int] = TRAINING_MONTHS) -> Training:
    """Train on a random third of January to March, or other months, and hand back the other two thirds, scored."""
    import numpy as np  # noqa: PLC0415 - see the package's rule on imports

    table = flights.table
    known = table[table["month"].isin(months) & table["late"].notna()]
    order = np.random.default_rng(seed).permutation(len(known))
    fit_rows, profile_rows, check_rows = (known.iloc[part] for part in np.array_split(order, 3))
    model = LateArrivalModel(fit_rows, seed=seed)
    return Training(
        model,
        profile_rows.assign(score=model.scores(profile_rows)),
        check_rows.assign(score=model.scores(check_rows)),
    )


def _trees(seed: int) -> Any:
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - heavy, and an extra
    except ImportError as error:
        raise EnvironmentDegradedError(
            "the demo trains a scikit-learn model; install it with: pip install 'mlexporter[demo]'"
        ) from error
    categories = [feature.is_category for feature in FEATURES]
    return HistGradientBoostingClassifier(
        # Few trees: the replay asks for one flight at a time, and each tree costs the same again.
        max_iter=40,
        learning_rate=0.2,
        max_leaf_nodes=15,
        categorical_features=categories,
        random_state=seed,
    )
