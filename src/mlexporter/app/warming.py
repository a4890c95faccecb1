"""Turn the first rows of ``profile="warmup"`` into a profile, off the request path.

Workers that share a directory learn once: whichever is the first to have its rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from mlexporter.app.learned import Learned
from mlexporter.app.models import Mark, Model, Models
from mlexporter.errors import EnvironmentDegradedError, FitError
from mlexporter.instrument.warmup import WarmUp
from mlexporter.settings import Settings
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import IMPORTING
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.app.place import Place
    from mlexporter.app.shared_files import SharedFiles
    from mlexporter.records import Reference


class WarmUps:
    """Begins warm-ups, and learns a profile of each in a thread of its own once it is full.

    Args:
        models: The models of the exporter.
        settings: ``warmup_rows`` and ``minimum_bin_rows``.
        mark: Remembers the end of one profile and the begin of the next.
        counter: Gets what goes wrong in us.
        place: Where this process counts, and finds what others have learned.
    """

    def __init__(
        self, models: Models, settings: Settings, mark: Mark, counter: ExporterCounter, place: Place
    ) -> None:
        self._models = models
        self._settings = settings
        self._mark = mark
        self._counter = counter
        self._place = place
        self._learned = Learned(place)
        self._followed: SharedFiles | None = None
        self._threads: list[threading.Thread] = []

    def begin(self, model: Model) -> WarmUp:
        """Return what collects the first rows of ``model``."""

        def on_full(columns: Mapping[str, Any]) -> None:
            self._start(model, warmup, lambda: self._fit(model, columns))

        warmup = WarmUp(self._settings.warmup_rows, on_full)
        return warmup

    def follow(self) -> None:
        """Take over what other workers have learned; at the first call, and every second.

        In a directory that is new to this process it leaves what it has learned before, unless
        somebody was faster.
        """
        directory = self._place.directory
        is_new = directory is not None and directory is not self._followed
        self._followed = directory
        for model in self._models.all():
            warmup, known = model.warmup, model.state.reference
            if warmup is None:
                continue
            if known is None:
                found = self._learned.read(model.key)
                if found is not None:
                    self._end(model, warmup, found, "")
            elif is_new:
                self._start(model, warmup, lambda known=known: known)  # type: ignore[misc]

    def forget(self) -> None:
        """In a forked child: threads that learn, and the rows that wait for them, are the parent's."""
        self._threads.clear()
        for model in self._models.all():
            if model.warmup is not None and model.state.reference is None:
                model.warmup = self.begin(model)
                for monitor in model.living:
                    monitor.adopt(None, model.warmup)

    def wait(self, timeout_seconds: float) -> None:
        """Wait for the profiles that are being learned now."""
        for thread in tuple(self._threads):
            thread.join(timeout_seconds)

    def _start(self, model: Model, warmup: WarmUp, learn: Callable[[], Reference]) -> None:
        thread = threading.Thread(
            target=self._learn, args=(model, warmup, learn), name="mlexporter-warmup", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _learn(self, model: Model, warmup: WarmUp, learn: Callable[[], Reference]) -> None:
        name = model.key.name
        try:
            found = self._learned.settle(model.key, learn, is_wanted=lambda: model.warmup is warmup)
            if found is not None:
                self._end(model, warmup, found, "")
        except FitError as error:
            LOG.error("mlexporter: model %s: no profile from warm-up: %s", name, error)
            self._end(model, warmup, None, f"nothing can be learned from the first rows: {error}")
        except (EnvironmentDegradedError, OSError) as error:
            LOG.error("mlexporter: model %s: no profile from warm-up: %s", name, error)
            problem = f"what was learned cannot be left for the other workers: {error}"
            self._end(model, warmup, None, problem)
        except Exception as error:  # noqa: BLE001 - a failed warm-up must leave service metrics running
            self._counter.on_error("warmup", error)
            problem = f"learning from the first rows failed with {type(error).__name__}; the log says where"
            self._end(model, warmup, None, problem)

    def _fit(self, model: Model, columns: Mapping[str, Any]) -> Reference:
        with IMPORTING:
            from mlexporter.profile import Profile, fitting, sources  # noqa: F401, PLC0415 - fit needs both

        prediction = "prediction" if "prediction" in columns else None
        profile = Profile.fit(
            columns, model=model.key.name, version=model.key.version, prediction=prediction,
            minimum_bin_rows=self._settings.minimum_bin_rows, strict=False,
        )  # fmt: skip
        LOG.info("mlexporter: model %s: a profile was learned from the first %d rows",
                     model.key.name, profile.reference.row_count)  # fmt: skip
        return profile.reference

    def _end(self, model: Model, warmup: WarmUp, reference: Reference | None, problem: str) -> None:
        with self._models.changing:
            if model.warmup is not warmup:
                return  # the model was defined anew meanwhile, and learns from other rows or from none
            known = model.state.reference
            if known is not None and (reference is None or reference.profile_id == known.profile_id):
                return
            model.problem = problem
            if reference is not None:
                model.warmup = self.begin(model)  # an empty one: it lets go of the rows of the other
                model.use_profile(reference, self._mark)
