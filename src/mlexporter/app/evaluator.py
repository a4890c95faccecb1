"""``Evaluator``: turns counts into reports, in the one process of a directory that was elected."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.app.baselines.baselines import Baselines, is_watching
from mlexporter.app.baselines.board import BaselineBoard
from mlexporter.app.election import Election
from mlexporter.app.report_board import ReportBoard
from mlexporter.app.report_file import PublishedReport
from mlexporter.app.window_keeper import WindowKeeper
from mlexporter.errors import EnvironmentDegradedError, without_frames
from mlexporter.records import BaselineState, ModelKey, ProfileCounts, Reference, Report, Snapshot
from mlexporter.state.log import LOG, fields
from mlexporter.state.windows import WindowRing

if TYPE_CHECKING:
    from mlexporter.app.cards import Card
    from mlexporter.app.place import Place, Sums
    from mlexporter.settings import Settings
    from mlexporter.state.clock import WindowClock
    from mlexporter.state.exporter_counts import ExporterCounter
    from mlexporter.state.moment import Moment
    from mlexporter.state.slots.directory import SlotDirectory

_EVALUATION: Final = "evaluation"
_UNFOLDED: Final = "counts of dead workers are not folded"
_UNPUBLISHED: Final = "reports cannot be published"
_FAILURES: Final = (EnvironmentDegradedError, OSError)


@dataclass(frozen=True)
class Look:
    """What was counted up to one moment: by everybody who counts at this place.

    Attributes:
        references: The profile that the bins of a snapshot belong to, where it is known, with the thresholds
            that are configured.
        cards: What is said of models that this process does not serve.
    """

    snapshots: Mapping[ModelKey, Snapshot]
    references: Mapping[ModelKey, Reference]
    sums: Sums
    cards: Mapping[ModelKey, Card] = field(default_factory=dict)


class Evaluator:
    """Keeps the windows of all models and their newest reports.

    Args:
        settings: Windows, measures, required observations, ``snapshot_dir``.
        place: Where this process counts.
        clock: Clock of the windows.
        wall_clock: Unix seconds.
        counter: Gets what goes wrong in us.

    Attributes:
        last: Duration in seconds and end in Unix seconds of the newest evaluation, where known.
    """

    def __init__(
        self, settings: Settings, place: Place, *, clock: WindowClock, wall_clock: Callable[[], float],
        counter: ExporterCounter,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._place = place
        self._clock = clock
        self._wall_clock = wall_clock
        self._counter = counter
        self._begin()

    def _begin(self) -> None:
        self._election: Election | None = None
        self._board: ReportBoard | None = None
        self._keeper: WindowKeeper | None = None
        self._baselines: Baselines | None = None
        self._states: BaselineBoard | None = None
        self._rings: dict[ModelKey, WindowRing] = {}
        self._reports: dict[ModelKey, PublishedReport] = {}
        self._previous: float | None = None
        self._failures: dict[str, Exception] = {}
        self.last: tuple[float | None, float | None] = (None, None)

    @property
    def degraded(self) -> Mapping[str, str]:
        """What is wrong with keeping windows, by reason."""
        return {} if self._keeper is None else self._keeper.degraded

    def mark(self, snapshot: Snapshot) -> None:
        """Remember the end or the begin of an epoch of a model that only this process counts."""
        if self._place.directory is None:
            self._ring(snapshot.key).push(snapshot)
            if snapshot.key in self._reports:
                self._reports[snapshot.key] = replace(self._reports[snapshot.key], report=None)

    def is_elected(self) -> bool:
        """Return whether this process evaluates, after trying to become the one that does."""
        self._place.enter()
        directory = self._place.directory
        if self._keeper is None:
            self._keeper = WindowKeeper(directory, self._settings.snapshot_dir)
            self._baselines = Baselines(self._settings, directory, self._keeper.disk, self._counter)
            if directory is not None:
                self._rings.clear()  # marks from before it was entered are of another life: theirs hide its begin
        if directory is None:
            return True
        if self._election is None:
            self._election = Election(directory)
        self._open_boards()
        return self._election.is_evaluator()

    def evaluate(self, look: Callable[[], Look]) -> None:
        """Compute all reports and publish them, if this process is the one that does."""
        if not self.is_elected():
            return
        started = time.perf_counter()
        directory = self._place.directory
        if directory is not None:
            self._do(lambda: _fold(directory), _UNFOLDED)
        looked = look()
        moment = self._clock.moment(self._wall_clock())
        for key, snapshot in looked.snapshots.items():
            self._evaluate(key, snapshot, looked.references.get(key), moment)
        self._previous = moment.now
        if self._keeper is not None:
            self._keeper.keep(self._rings, moment)
        self.last = (time.perf_counter() - started, self._wall_clock())
        if directory is not None:
            said = json.dumps(self.last).encode()
            self._do(lambda: directory.write_shared(_EVALUATION, said), _UNPUBLISHED)
            self._settle()

    def report(self, key: ModelKey, moment: Moment) -> tuple[Report | None, bool]:
        """Return the newest report about a model, and whether the newest evaluation of it failed."""
        self._open_boards()
        board = self._board
        try:
            published = self._reports.get(key) if board is None else board.read(key)
        except _FAILURES:
            return None, False
        return (None, False) if published is None else (published.report_at(moment), published.has_failed)

    def baseline(self, key: ModelKey, training: Reference) -> BaselineState | None:
        """Return what is known of the baseline of a model, whoever evaluates it; None where nothing is."""
        if not is_watching(self._settings):
            return None
        self._open_boards()
        if self._states is not None:
            return self._states.read(key, training)
        return None if self._baselines is None else self._baselines.state(key, training)

    def last_evaluation(self) -> tuple[float | None, float | None]:
        """Return duration and end of the newest evaluation, whoever did it; None where unknown."""
        directory = self._place.directory
        if directory is None:
            return self.last
        try:
            data = directory.read_shared(_EVALUATION)
            duration, end = (None, None) if data is None else json.loads(data)
        except (*_FAILURES, ValueError, TypeError):
            return self.last
        return duration, end

    def forget(self) -> None:
        """In a forked child: the windows, and the office, are the parent's."""
        self._begin()

    def begin_anew(self) -> None:
        """Let go of a directory that was removed; the windows go on where a disk keeps them."""
        self.close()
        self._begin()

    def close(self) -> None:
        """Keep the windows a last time, and let another process be elected."""
        if self._keeper is not None and self._baselines is not None:
            moment = self._clock.moment(self._wall_clock())
            is_in_office = self._election is None or self._election.is_in_office()
            if is_in_office:
                self._keeper.keep(self._rings, moment, at_once=True)
            self._baselines.close(moment, is_in_office=is_in_office)
            self._keeper.close()
        if self._election is not None:
            self._election.resign()

    def _evaluate(
        self, key: ModelKey, snapshot: Snapshot, reference: Reference | None, moment: Moment
    ) -> None:
        report: Report | None = None
        has_failed = False
        try:
            ring = self._restored(snapshot, moment)
            ring.push(snapshot)
            if reference is not None and snapshot.profile is not None and self._baselines is not None:
                report = self._baselines.report(
                    reference, snapshot, ring.counts(snapshot), moment, term=self._term
                )
        except Exception as error:  # noqa: BLE001 - one model's report must not stop the others
            has_failed = True
            self._counter.on_error("evaluate", error)
        self._reports[key] = PublishedReport(key, report, has_failed, generation=0, moment=moment)
        board = self._board
        self._do(lambda: board and board.publish(key, report, moment, has_failed=has_failed), _UNPUBLISHED)

    def _open_boards(self) -> None:
        """Read what another process has published, also before this one has looked whether it evaluates.

        Until then a worker that has just begun would show no score, and every alert would begin to wait anew.
        """
        directory = self._place.directory
        if directory is not None and self._board is None:
            self._states, self._board = BaselineBoard(directory), ReportBoard(directory)

    def _do(self, step: Callable[[], object], complaint: str) -> None:
        """Do what needs the directory; ``_settle`` tells what failed."""
        try:
            step()
        except _FAILURES as error:
            self._failures[complaint] = without_frames(error)

    def _settle(self) -> None:
        """Tell each kind of failure once, until an evaluation has gone well, and then that it is over."""
        failures, self._failures = self._failures, {}
        for complaint in (_UNFOLDED, _UNPUBLISHED):
            error = failures.get(complaint)
            if error is None:
                self._place.troubles.end(complaint, f"it is over that {complaint}")
            else:
                self._place.tell(complaint, f"{complaint}: {error}", error)

    @property
    def _term(self) -> int:
        return 0 if self._election is None else self._election.term

    def _ring(self, key: ModelKey) -> WindowRing:
        return self._rings.setdefault(key, WindowRing(self._settings.window_seconds))

    def _restored(self, snapshot: Snapshot, moment: Moment) -> WindowRing:
        """Return the ring of a model, with what was kept; bins that are new to it begin at zero."""
        ring = self._ring(snapshot.key)
        if self._keeper is not None:
            self._keeper.restore(snapshot.key, ring, moment, term=self._term)
        counts = snapshot.profile
        if counts is not None and not ring.knows(counts.fingerprint, counts.epoch):
            began = self._began(moment)
            if began is not None:
                taken_at = max(began, ring.newest)  # what an earlier boot has left may seem to be of now
                ring.push(Snapshot(snapshot.key, taken_at, snapshot.service, _nothing(counts)))
        return ring

    def _began(self, moment: Moment) -> float | None:
        """Return a time at which bins that are seen for the first time had counted nothing."""
        if self._previous is not None:
            return self._previous
        directory = self._place.directory
        if directory is None:
            return None
        age = max(0.0, moment.wall - directory.began) * moment.factor
        # A directory that is older may have been counting for longer than the shortest window.
        return moment.now - age if age < min(self._settings.window_seconds.values()) else None


def _nothing(counts: ProfileCounts) -> ProfileCounts:
    return ProfileCounts(
        counts.fingerprint, counts.epoch, 0, 0, 0,
        np.zeros_like(counts.feature_cells), np.zeros_like(counts.out_of_range),
        np.zeros_like(counts.type_mismatches), np.zeros_like(counts.output_cells),
        side_cells=np.zeros_like(counts.side_cells),
    )  # fmt: skip


def _fold(directory: SlotDirectory) -> None:
    n_folded = directory.fold()
    if n_folded:
        about = fields(path=str(directory.path), slots=n_folded)
        LOG.info("mlexporter: counts of %d processes that have ended were folded", n_folded, extra=about)
