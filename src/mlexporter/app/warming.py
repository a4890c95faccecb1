"""Turn the first rows of ``profile="warmup"`` into a profile, off the request path."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mlexporter.app.models import Mark, Model, Models
from mlexporter.errors import FitError
from mlexporter.instrument.warmup import WarmUp
from mlexporter.settings import Settings
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import IMPORTING
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.records import Reference


class WarmUps:
    """Begins warm-ups, and learns a profile of each in a thread of its own once it is full.

    Args:
        models: The models of the exporter.
        settings: ``warmup_rows`` and ``minimum_bin_rows``.
        mark: Remembers the end of one profile and the begin of the next.
        counter: Gets what goes wrong in us.
    """

    def __init__(self, models: Models, settings: Settings, mark: Mark, counter: ExporterCounter) -> None:
        self._models = models
        self._settings = settings
        self._mark = mark
        self._counter = counter
        self._threads: list[threading.Thread] = []

    def begin(self, model: Model) -> WarmUp:
        """Return what collects the first rows of ``model``."""

        def on_full(columns: Mapping[str, Any]) -> None:
            thread = threading.Thread(
                target=self._learn, args=(model, warmup, columns), name="mlexporter-warmup", daemon=True
            )
            self._threads.append(thread)
            thread.start()

        warmup = WarmUp(self._settings.warmup_rows, on_full)
        return warmup

    def wait(self, timeout_seconds: float) -> None:
        """Wait for the profiles that are being learned now."""
        for thread in tuple(self._threads):
            thread.join(timeout_seconds)

    def _learn(self, model: Model, warmup: WarmUp, columns: Mapping[str, Any]) -> None:
        name = model.key.name
        try:
            with IMPORTING:
                from mlexporter.profile import Profile, fitting, sources  # noqa: F401, PLC0415 - fit needs both

            prediction = "prediction" if "prediction" in columns else None
            profile = Profile.fit(
                columns, model=name, version=model.key.version, prediction=prediction,
                minimum_bin_rows=self._settings.minimum_bin_rows, strict=False,
            )  # fmt: skip
            self._end(model, warmup, profile.reference, "")
            LOG.info("mlexporter: model %s: a profile was learned from the first %d rows",
                         name, profile.reference.row_count)  # fmt: skip
        except FitError as error:
            LOG.error("mlexporter: model %s: no profile from warm-up: %s", name, error)
            self._end(model, warmup, None, f"nothing can be learned from the first rows: {error}")
        except Exception as error:  # noqa: BLE001 - a failed warm-up must leave service metrics running
            self._counter.on_error("warmup", error)
            problem = f"learning from the first rows failed with {type(error).__name__}; the log says where"
            self._end(model, warmup, None, problem)

    def _end(self, model: Model, warmup: WarmUp, reference: Reference | None, problem: str) -> None:
        with self._models.changing:
            if model.warmup is not warmup:
                return  # the model was defined anew meanwhile, and learns from other rows or from none
            model.problem = problem
            if reference is not None:
                model.use_profile(reference, self._mark)
