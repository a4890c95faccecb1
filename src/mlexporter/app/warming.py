"""Turn the first rows of ``profile="warmup"`` into a profile, off the request path."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from mlexporter.app.models import Model
from mlexporter.errors import FitError
from mlexporter.profile import Profile
from mlexporter.settings import Settings
from mlexporter.state.exporter_counts import ExporterCounter

_LOGGER = logging.getLogger("mlexporter")


def learn(
    model: Model,
    columns: Mapping[str, Any],
    settings: Settings,
    now: Callable[[], float],
    counter: ExporterCounter,
) -> threading.Thread:
    """Fit a profile from ``columns`` in a thread of its own, open it for ``model``; return the thread."""

    def fit() -> None:
        try:
            prediction = "prediction" if "prediction" in columns else None
            profile = Profile.fit(
                columns, model=model.key.name, version=model.key.version, prediction=prediction,
                minimum_bin_rows=settings.minimum_bin_rows, strict=False,
            )  # fmt: skip
            model.open_profile(profile.reference, now())
        except FitError as error:
            _LOGGER.error("mlexporter: model %s: no profile from warm-up: %s", model.key.name, error)  # noqa: TRY400 - the message says it all
            counter.on_error("warmup", error)
        except Exception as error:  # noqa: BLE001 - a failed warm-up must leave service metrics running
            counter.on_error("warmup", error)

    thread = threading.Thread(target=fit, name="mlexporter-warmup", daemon=True)
    thread.start()
    return thread
