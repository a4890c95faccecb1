"""What the contests of mlexporter share: a profile, an exporter with default settings, a check of counts."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from typing import Any

import numpy as np

import mlexporter
import workload
from contest import check, require

RUN_CALLS = 24
"""Calls in a row that are timed together: of so many, every other run meets no turn at what waits."""
_TRAINING_ROWS = 4_000


def profile(model: str, *, n_rows: int = _TRAINING_ROWS) -> mlexporter.Profile:
    """Return a profile of the 20 features and of the prediction."""
    training = workload.columns(n_rows, with_prediction=True)
    return mlexporter.Profile.fit(training, model=model, version="1", prediction=workload.PREDICTION)


def exporter(**settings: object) -> mlexporter.Exporter:
    """Return an exporter that is set by ``MLEXPORTER_*`` alone; what is not given has its default."""
    for name, value in settings.items():
        os.environ[f"MLEXPORTER_{name.upper()}"] = str(value)
    return mlexporter.Exporter()


def assert_counted(exporter: mlexporter.Exporter, n_rows: int) -> None:
    """Check that the only model has accepted ``n_rows``, each in one bin of each feature, none dropped.

    Raises:
        Miscount: it is not so.
    """
    exporter.drain()
    snapshot = exporter.view().models[0].snapshot
    counts = snapshot.profile
    check("models", len(exporter.view().models), 1)
    check("rows accepted", snapshot.service.accepted, n_rows)
    if counts is None:
        check("profiles in use", 0, 1)
        return
    check("rows dropped", counts.dropped, 0)
    reference = exporter.view().models[0].reference
    starts = np.asarray(() if reference is None else reference.feature_offsets[:-1])
    binned = np.add.reduceat(counts.feature_cells, starts)
    require("20 features or more are counted", holds=len(starts) >= len(workload.FEATURES))
    check("rows in the emptiest feature", int(binned.min()), n_rows)
    check("rows in the fullest feature", int(binned.max()), n_rows)


def metrics_reader(exporter: mlexporter.Exporter) -> Callable[[], bytes]:
    """Return a function that does a whole scrape: counts up to now, rendered as a server answers."""
    application = exporter.wsgi_app()
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/metrics", "wsgi.input": io.BytesIO()}

    def start_response(status: str, _headers: object, *_: Any) -> None:
        if not status.startswith("200"):
            raise RuntimeError(status)

    return lambda: b"".join(application(dict(request), start_response))
