"""``Looker``: brings together what this process knows and what all workers counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mlexporter.app.cards import Card, Cards
from mlexporter.app.evaluator import Evaluator, Look
from mlexporter.app.place import Place, Sums
from mlexporter.configuration import configuration, overriding  # noqa: F401 - no import of theirs is left for a thread
from mlexporter.errors import ProfileMissingError, PushError
from mlexporter.records import ExporterCounts, ModelKey, ModelView, Reference, ResourceUsage, Snapshot, View
from mlexporter.state.exporter_counts import exporter_counts
from mlexporter.state.forking import IMPORTING
from mlexporter.state.slots import BlockKind, Slot
from mlexporter.state.slots.process_name import visible_pids
from mlexporter.state.snapshots import cells_of, snapshots

if TYPE_CHECKING:
    from mlexporter.app.expectations import Expectations
    from mlexporter.app.models import Model, Models
    from mlexporter.records import Counts
    from mlexporter.resources.sampler import ResourceSampler
    from mlexporter.state.clock import WindowClock
    from mlexporter.state.layout import Layout

_NOT_LEFT: Final = (
    "Rows are counted in bins whose profile is not in the directory that the workers share: drift is not "
    "measured until a worker can leave it there."
)
_PUSHES_FAIL: Final = "pushes over OTLP of another process fail, and its log says why"


class Looker:
    """Reads counts for the evaluator and for whoever shows them.

    Args:
        expectations: The settings, and what is configured for models.
        place: Where this process counts.
        models: What this process serves.
        evaluator: Where reports come from.
        clock: Clock of the windows.
        wall_clock: Unix seconds.
    """

    def __init__(
        self, expectations: Expectations, place: Place, models: Models, evaluator: Evaluator, *,
        clock: WindowClock, wall_clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self._settings = expectations.settings
        self._place = place
        self._models = models
        self._evaluator = evaluator
        self._clock = clock
        self._wall_clock = wall_clock
        self._expectations = expectations
        self._sampler: ResourceSampler | None = None
        self.cards = Cards(place)

    def look(self, slot: Slot) -> Look:
        """Return what everybody has counted up to now; ``slot`` is where this process counts."""
        own = self._models.all()
        for model in own:
            model.state.drain()
        sums = self._place.read(cells_of(slot), slot)
        is_shared = self._place.directory is not None
        chosen = {
            model.key: model.state.reference
            for model in own
            # What this process has not loaded yet, others may have counted.
            if not is_shared or (len(sums.processes) <= 1 and model.state.reference is not None)
        }
        found = snapshots(sums.blocks, life=sums.life, taken_at=self._clock.now(), chosen=chosen)
        directory = self._place.directory
        others = () if directory is None else found.keys() - {model.key for model in own}
        cards = {key: self.cards.card(directory, key) for key in others if directory is not None}
        return Look(found, self._references(found, sums, cards), sums, cards)

    def view(
        self, looked: Look, *, include_process: bool, degraded: Mapping[str, str],
        own_cells: Sequence[tuple[Layout, Counts]] = (),
    ) -> View:  # fmt: skip
        """Return all that a reader may see, of what was counted by everybody.

        Args:
            looked: That.
            include_process: Whether memory, files and threads of the workers are looked at.
            degraded: What else is wrong, by reason.
            own_cells: What this process counts of itself outside of any slot that others can see.
        """
        own = {model.key: model for model in self._models.all()}
        views = (
            self._model_view(looked, key, snapshot, own.get(key))
            for key, snapshot in sorted(looked.snapshots.items())
        )
        counts = self._exporter_counts(looked.sums, own_cells)
        others = {PushError.reason: _PUSHES_FAIL} if counts.push.failing else {}
        return View(
            models=tuple(views),
            exporter=counts,
            degraded={
                **others, **degraded, **self._place.degraded, **self._evaluator.degraded,
                **self._expectations.degraded,
            },
            windows=self._settings.window_seconds,
            evaluation_interval_seconds=self._settings.evaluation_interval,
            series_budget=self._settings.series_budget,
            measures=self._settings.measures,
            time_factor=self._clock.factor,
            resources=self._resources(looked.sums, counts) if include_process else ResourceUsage(),
            workers=len(looked.sums.processes),
            directory="" if self._place.directory is None else str(self._place.directory.path),
            is_single_worker=self._place.is_single_worker,
            is_fleet=self._settings.fleet,
            configuration=self._expectations.state([card.state for card in looked.cards.values()]),
        )  # fmt: skip

    def publish(self) -> None:
        """Tell the other workers about the models of this process."""
        if self._place.directory is not None:
            self.cards.publish(self._place.directory, self._models.all(), self._expectations.card)

    def publish_profiles(self) -> None:
        """Leave the profiles of this process where every reader finds them; before anything is counted."""
        if self._place.directory is not None:
            self.cards.publish_profiles(self._place.directory, self._models.all())

    def _references(
        self, found: Mapping[ModelKey, Snapshot], sums: Sums, cards: Mapping[ModelKey, Card]
    ) -> dict[ModelKey, Reference]:
        own = {model.key: model.state.reference for model in self._models.all()}
        about = {
            (block.description.key, block.description.name): block.description.about
            for block in sums.blocks
            if block.description.kind is BlockKind.PROFILE
        }
        references = {}
        for key, snapshot in found.items():
            if snapshot.profile is None:
                continue
            fingerprint = snapshot.profile.fingerprint
            reference = own.get(key)
            if reference is None or reference.fingerprint != fingerprint:
                directory = self._place.directory
                profile_id = str(about.get((key, fingerprint), {}).get("profile_id", ""))
                reference = None if directory is None else self.cards.reference(directory, profile_id)
            if reference is not None and reference.fingerprint == fingerprint:
                references[key] = self._expectations.reference(key, reference, cards.get(key))
        return references

    def _model_view(self, looked: Look, key: ModelKey, snapshot: Snapshot, own: Model | None) -> ModelView:
        reference, card = looked.references.get(key), looked.cards.get(key)
        report, has_failed = self._evaluator.report(key, self._clock.moment(self._wall_clock()))
        if report is not None and (reference is None or reference.fingerprint != report.fingerprint):
            report = None
        has_bins = snapshot.profile is not None
        if reference is None:
            snapshot = replace(snapshot, profile=None)
        if own is not None:
            notes, degraded = own.notes(), own.degraded()
        else:
            notes, degraded = ((), {}) if card is None else (card.notes, dict(card.degraded))
            if has_bins and reference is None:
                degraded[ProfileMissingError.reason] = _NOT_LEFT
        objectives = self._expectations.objectives(snapshot, card)  # before the notes: it may add one
        return ModelView(
            snapshot=snapshot, reference=reference, report=report, degraded=degraded, has_failed=has_failed,
            notes=(*notes, *self._expectations.notes(key)),
            objectives=objectives,
            baseline=None if reference is None else self._evaluator.baseline(key, reference),
        )  # fmt: skip

    def _exporter_counts(self, sums: Sums, own: Sequence[tuple[Layout, Counts]]) -> ExporterCounts:
        cells = [
            (block.description.synchronous, block.synchronous)
            for block in sums.blocks
            if block.description.kind is BlockKind.WORKER
        ]
        duration, end = self._evaluator.last_evaluation()
        return replace(
            exporter_counts([*cells, *own], sums.set_aside),
            evaluation_duration_seconds=duration,
            last_evaluation_timestamp=end,
        )

    def _resources(self, sums: Sums, counts: ExporterCounts) -> ResourceUsage:
        if self._sampler is None:
            with IMPORTING:
                from mlexporter.resources.sampler import ResourceSampler  # noqa: PLC0415 - needed by the first scrape

            self._sampler = ResourceSampler(pids_of=visible_pids)
        return self._sampler.usage(sums.processes, cpu_seconds=counts.processor_seconds)
