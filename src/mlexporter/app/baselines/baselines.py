"""``Baselines``: what the evaluator measures drift against, of all models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.app.baselines.board import BaselineBoard
from mlexporter.app.baselines.decision_desk import DecisionDesk
from mlexporter.app.baselines.decisions import END, Decision, Rulings, new_identity, rulings
from mlexporter.app.baselines.disk_files import DiskFiles
from mlexporter.app.baselines.kept_files import KeptFiles
from mlexporter.app.baselines.watch import ModelWatch
from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlexporter.app.baselines.decision_file import LockedFiles
    from mlexporter.app.snapshot_folder import SnapshotFolder
    from mlexporter.records import (
        BaselineState,
        ModelKey,
        Reference,
        Report,
        Snapshot,
        WindowCounts,
    )
    from mlexporter.settings import Settings
    from mlexporter.state.exporter_counts import ExporterCounter
    from mlexporter.state.moment import Moment

_OFF: Final = "off"
US: Final = "mlexporter"
"""Who ends an acknowledgement when its drift is over."""


class Baselines:
    """Watches serving and evaluates it; only the evaluator of a place may use it.

    Args:
        settings: Windows, measures, required observations, ``snapshot_dir``, ``baseline`` and what begins so.
        shared: The directory that the workers share, or None.
        disk: The folder that keeps windows on a disk, or None.
        counter: Gets what goes wrong in us.
    """

    def __init__(
        self, settings: Settings, shared: LockedFiles | None, disk: SnapshotFolder | None,
        counter: ExporterCounter,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._counter = counter
        self._files = KeptFiles(shared, disk)
        self._desk = DecisionDesk(shared, DiskFiles(settings.snapshot_dir) if settings.snapshot_dir else None)
        self._board = None if shared is None else BaselineBoard(shared)
        self._watches: dict[ModelKey, ModelWatch] = {}
        self._states: dict[ModelKey, BaselineState] = {}
        self._quiet: dict[tuple[ModelKey, str], float] = {}

    def report(
        self, training: Reference, snapshot: Snapshot, windows: Sequence[WindowCounts], moment: Moment,
        *, term: int = 0,
    ) -> Report:  # fmt: skip
        """Return the report about a model, against its baseline where there is one.

        Nothing that goes wrong with a baseline stops it: drift is measured against training then.

        Args:
            training: The profile whose bins the snapshot counts.
            snapshot: All counts of the model.
            windows: What each window holds.
            moment: The present.
            term: ``Election.term``.
        """
        if not is_watching(self._settings):
            return self._measured(training, training, snapshot.key, windows, moment)
        used, ruled = training, Rulings()
        try:
            ruled = self._ruled(training, snapshot.key, moment)
            used = self._watched(training, snapshot, ruled, moment, term)
        except Exception as error:  # noqa: BLE001 - drift against training is better than none
            self._counter.on_error("evaluate", error)
        report = self._measured(training, used, snapshot.key, windows, moment)
        self._end_quiet(report, training, ruled, moment)
        return report

    def state(self, key: ModelKey, training: Reference) -> BaselineState | None:
        """Return what is known of the baseline of a model, as this process has evaluated it."""
        state = self._states.get(key)
        if state is None or state.reference is None or state.reference.fingerprint == training.fingerprint:
            return state
        return None  # of bins that are not shown any more

    def close(self, moment: Moment, *, is_in_office: bool) -> None:
        """Keep everything a last time, if this process is still the one that does."""
        if is_in_office:
            for watch in self._watches.values():
                watch.keep(moment, at_once=True)
            self._desk.close()
        self._files.close()

    def _ruled(self, training: Reference, key: ModelKey, moment: Moment) -> Rulings:
        found = rulings(self._desk.decisions(key), fingerprint=training.fingerprint, now=moment.wall)
        known = set(training.feature_names)
        return Rulings(
            found.baseline,
            found.excluded & known,
            {name: decision for name, decision in found.acknowledged.items() if name in known},
        )

    def _watched(
        self, training: Reference, snapshot: Snapshot, ruled: Rulings, moment: Moment, term: int
    ) -> Reference:
        key = snapshot.key
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watches[key] = ModelWatch(key, self._settings, self._files)
        watch.restore(moment, term)
        watch.watch(training, snapshot, ruled, moment)
        state = self._states[key] = watch.state(training, ruled)
        if self._board is not None:
            self._board.publish(key, state)
        return watch.reference(training)

    def _measured(
        self, training: Reference, used: Reference, key: ModelKey, windows: Sequence[WindowCounts],
        moment: Moment,
    ) -> Report:  # fmt: skip
        with IMPORTING:
            from mlexporter.statistics.evaluate import evaluate  # noqa: PLC0415 - it loads scipy, off the request path

        return evaluate(
            # Read once: a clock that is set during an evaluation made the report an hour old.
            used, windows, key=key, evaluated_timestamp=moment.wall,
            required_observations=self._settings.required_observations, measures=self._settings.measures,
            training=None if used is training else training,
        )  # fmt: skip

    def _end_quiet(self, report: Report, training: Reference, ruled: Rulings, moment: Moment) -> None:
        """End what was acknowledged and has not drifted for as long as the shortest window is.

        Where a severity is absent nobody knows: the drift is not over then.
        """
        shortest = min(self._settings.window_seconds.values())
        for name, decision in ruled.acknowledged.items():
            subject = (report.key, name)
            if not _is_quiet(report, training.feature_names.index(name)):
                self._quiet.pop(subject, None)
            elif moment.now - self._quiet.setdefault(subject, moment.now) >= shortest:
                del self._quiet[subject]
                why = f"severity was below 1 for {self._settings.windows[0]}"
                ended = Decision(new_identity(), END, US, why, moment.wall, decision.fingerprint, name)
                self._desk.add(report.key, [ended])


def _is_quiet(report: Report, place: int) -> bool:
    severities = [
        window.features.scores[FEATURE_DRIFT_SEVERITY.name][place]
        for window in report.windows
        if FEATURE_DRIFT_SEVERITY.name in window.features.scores
    ]
    known = [severity for severity in severities if not np.isnan(severity)]
    return bool(known) and max(known) < 1.0


def is_watching(settings: Settings) -> bool:
    """Return whether serving is watched at all."""
    return settings.baseline != _OFF
