"""Rows of a few days, for evaluations without a server."""

import numpy as np

DAY = 86_400.0
START = 1_700_006_400.0


def rows_of(n_rows, *, seed, shift=0.0, factor=1.0, days=4):
    """Return columns of rows spread evenly over some days."""
    random = np.random.default_rng(seed)
    score = random.uniform(0, 1, n_rows)
    return {
        "time": START + np.linspace(0, days * DAY - 1, n_rows),
        "amount": (random.normal(100 + shift, 10, n_rows)) * factor,
        "country": random.choice(["de", "fr", "it"], n_rows, p=[0.5, 0.3, 0.2]).tolist(),
        "score": score,
        "label": (random.uniform(0, 1, n_rows) < score).astype(int),
    }
