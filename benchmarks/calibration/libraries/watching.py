"""What every peer is shown: consecutive sliding hours of rows, and the samples of the comparison of powers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from calibration.rows import SIZES, Numbers, changed, on_scale, size_of, stream

Told = Mapping[str, Any]
STEPS_OF_AN_HOUR = 12


def training(told: Told) -> Numbers:
    """Return normal training rows, shape (n_training_rows, n_features)."""
    generator = np.random.default_rng([int(told["seed"]), 1])
    return generator.standard_normal((int(told["training_rows"]), int(told["features"])))


def hours(told: Told) -> Iterator[Numbers]:
    """Yield the rows of the last hour each five minutes, always as many, until the looks are done."""
    generator = np.random.default_rng([int(told["seed"]), 2])
    n_rows, n_looks = int(told["rows_an_hour"]), int(told["looks"])
    # One row in ten more than needed on average, so that no hour is short.
    a_step = 1.3 * n_rows / STEPS_OF_AN_HOUR
    steps = stream(generator, str(told["world"]), n_looks + STEPS_OF_AN_HOUR, a_step, int(told["features"]))
    for look in range(n_looks):
        yield np.concatenate(steps[look : look + STEPS_OF_AN_HOUR + 1])[-n_rows:]


def counted(told: Told, fires: Callable[[Numbers], Any]) -> dict[str, float]:
    """Return how often features fire, and how often they begin to, until the time is over.

    Args:
        told: ``seconds`` is the time there is.
        fires: Says of an hour which features fire, shape (n_features,).
    """
    started = time.monotonic()
    before, firing, begun, looks = None, 0, 0, 0
    for hour in hours(told):
        now = np.asarray(fires(hour), dtype=bool)
        firing += int(now.sum())
        begun += 0 if before is None else int((now & ~before).sum())
        before, looks = now, looks + 1
        if time.monotonic() - started > float(told["seconds"]):
            break
    return {"firing": firing, "begun": begun, "looks": looks, "features": int(told["features"])}


def powers(told: Told, statistic: Callable[[int, Numbers], float]) -> dict[str, float]:
    """Return how often each change is found where a clean window is taken for one in 1 % of cases.

    Args:
        told: ``rows``, ``training_rows``, ``scale``, ``clean`` and ``draws`` samples, ``seed``.
        statistic: Of the sample of a feature (its position among ``features``); large where it has changed.
    """
    generator = np.random.default_rng([int(told["seed"]), 3])
    n_rows, n_features = int(told["rows"]), int(told["features"])

    def values(shape: str, n_samples: int) -> Numbers:
        size = size_of(shape, n_rows, int(told["training_rows"])) if shape else 0.0
        return np.array([
            statistic(place % n_features, on_scale(changed(generator, shape, (n_rows,), size), str(told["scale"])))
            for place in range(n_samples)
        ])  # fmt: skip

    critical = np.quantile(values("", int(told["clean"])), 0.99)
    return {shape: float((values(shape, int(told["draws"])) > critical).mean()) for shape in SIZES}


def scaled_training(told: Told) -> Numbers:
    """Return training rows on their scale, a column a feature."""
    return on_scale(training(told), str(told["scale"]))


def with_outlier(told: Told) -> tuple[Numbers, Numbers, Numbers]:
    """Return training rows, 2,000 rows that moved by 0.8 deviations, and those with one value of 1e4."""
    generator = np.random.default_rng([int(told["seed"]), 4])
    rows = generator.standard_normal(2_000) + 0.8
    return generator.standard_normal(int(told["training_rows"])), rows, np.append(rows, 1e4)
