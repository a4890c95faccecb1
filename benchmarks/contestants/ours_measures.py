"""mlexporter's measures of drift between counts, beside a loop over features with SciPy."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.spatial.distance import jensenshannon

import mlexporter
import workload
from contest import Miscount, Numbers, check
from mlexporter.statistics.comparison import Comparison
from mlexporter.statistics.jensen_shannon_distance import jensen_shannon_distance
from mlexporter.statistics.kolmogorov_smirnov_statistic import kolmogorov_smirnov_statistic
from mlexporter.statistics.population_stability_index import population_stability_index
from mlexporter.statistics.subject_groups import feature_groups
from mlexporter.statistics.wasserstein_distance import wasserstein_distance

_Counts = npt.NDArray[np.int64]
_Scores = npt.NDArray[np.float64]
_MEASURES: tuple[Callable[[Comparison], _Scores], ...] = (
    population_stability_index,
    jensen_shannon_distance,
    kolmogorov_smirnov_statistic,
    wasserstein_distance,
)
_TIMES = 10
"""One takes as little as a thousandth of what the loop with SciPy takes; the first comes after that loop."""


class Measures:
    """1,000 features in 15 bins: PSI, Jensen-Shannon, Kolmogorov-Smirnov and Wasserstein."""

    def __init__(self, *, quick: bool) -> None:
        self._n_features = 50 if quick else 1_000
        training = workload.wide(4_000, self._n_features)
        profile = mlexporter.Profile.fit(training, model="measures", version="1")
        (group,) = feature_groups(profile.reference)
        self._reference, self._positions = group.reference, group.positions
        check("features of 15 bins", len(self._reference), self._n_features)
        generator = np.random.default_rng(7)
        self._current: _Counts = generator.poisson(self._reference * 0.5 + 3).astype(np.int64)
        if not np.allclose(self._ours(), self._scipy(), rtol=1e-6, atol=1e-9):
            raise Miscount("our measures are not those of the loop with SciPy")

    def _comparison(self) -> Comparison:
        return Comparison(
            current=self._current,
            reference=self._reference,
            is_ordered=True,
            positions=self._positions,
        )

    def _ours(self) -> _Scores:
        comparison = self._comparison()
        return np.stack([measure(comparison) for measure in _MEASURES], axis=1)

    def _scipy(self) -> _Scores:
        found = []
        for current, reference, points in zip(self._current, self._reference, self._positions, strict=True):
            q, p = current / current.sum(), reference / reference.sum()
            smooth_q, smooth_p = current + 0.5, reference + 0.5
            index = stats.entropy(smooth_q, smooth_p) + stats.entropy(smooth_p, smooth_q)
            gap = np.abs(np.cumsum(q - p)).max()
            distance = stats.wasserstein_distance(points, points, q, p)
            found.append((index, jensenshannon(q, p, base=2), gap, distance))
        return np.asarray(found)

    def repeat(self) -> Numbers:
        """Return the processor time of all features with all measures, ours the mean of some times."""
        started = time.process_time()
        for _ in range(_TIMES):
            self._ours()
        between = time.process_time()
        self._scipy()
        return {"measures": (between - started) / _TIMES, "scipy": time.process_time() - between}

    def close(self) -> None:
        """Nothing is open."""
