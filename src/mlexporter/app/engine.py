"""``Engine``: what an exporter counts with: the place, the slot of this process, the evaluator."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mlexporter.app.evaluator import Evaluator, Look
from mlexporter.app.looking import Looker
from mlexporter.app.models import Model, Models
from mlexporter.app.place import Place
from mlexporter.catalogue import LATENCY_BOUNDS_SECONDS
from mlexporter.records import ModelKey, View
from mlexporter.resources import own_cpu_nanoseconds
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

if TYPE_CHECKING:
    from mlexporter.settings import Settings
    from mlexporter.state.clock import WindowClock
    from mlexporter.state.slots import Slot

_LOGGER = logging.getLogger("mlexporter")


class Engine:
    """Counts calls of this process, and reads what all processes counted.

    A process that only imports, or only reads, takes no slot: it is opened by the first call. Until
    then counters stand in memory of this process, at zero.

    Args:
        settings: Parsed settings.
        clock: Clock of the windows.
        wall_clock: Unix seconds.
        on_first_call: Told after the slot was opened.
        wake: Has ``drain_some`` called soon by another thread; False where there is none.

    Attributes:
        models: What this process serves.
        counter: What mlexporter counts about itself.
        place: Where this process counts.
    """

    def __init__(
        self, settings: Settings, *, clock: WindowClock, wall_clock: Callable[[], float],
        on_first_call: Callable[[], None], wake: Callable[[], bool],
    ) -> None:  # fmt: skip
        self._settings = settings
        self._wall_clock = wall_clock
        self._on_first_call = on_first_call
        self._wake = wake
        self.models = Models()
        self.place = Place(settings)
        self._slot = self.place.private_slot()
        self._is_counting = False
        self.counter = ExporterCounter(self._slot)
        self._evaluator = Evaluator(
            settings, self.place, clock=clock, wall_clock=wall_clock, counter=self.counter
        )
        self._looker = Looker(
            settings, self.place, self.models, self._evaluator, clock=clock, wall_clock=wall_clock
        )
        self._clock = clock

    @property
    def prepare(self) -> Callable[[], None] | None:
        """What the first call has to do before it is counted; None once it is done."""
        return None if self._is_counting else self._open

    def new_state(self, key: ModelKey) -> ModelState:
        """Return the counters of a model that this process did not serve yet."""
        bounds = set(LATENCY_BOUNDS_SECONDS)
        if self._settings.latency_objective is not None:
            bounds.add(self._settings.latency_objective)
        return ModelState(
            key,
            latency_bounds=tuple(sorted(bounds)),
            buffer_rows=self._settings.buffer_rows,
            buffer_limit_rows=self._settings.buffer_limit_rows,
            wall_clock=self._wall_clock,
            counter=self.counter,
            slot=self._slot,
            strict=self._settings.strict,
            wake=self._wake,
        )

    def mark(self, model: Model) -> None:
        """Remember the end or the begin of an epoch in the windows of a model."""
        self._evaluator.mark(model.state.snapshot(self._clock.now()))

    def drain(self) -> None:
        """Move what is buffered into the counts."""
        for model in self.models.all():
            model.state.drain()

    def drain_some(self) -> None:
        """Move what is buffered into the counts, and let calls run between two chunks."""
        for model in self.models.all():
            model.state.drain(between=_let_others_run)

    def tick(self) -> None:
        """Do what has to be done about every second, in the background thread."""
        self.drain()
        self.counter.used_processor(own_cpu_nanoseconds())
        if self._is_counting:
            if not self._slot.is_attached:
                _LOGGER.warning("mlexporter: the slot of this process was taken away; a new one is opened")
                with self.models.changing:
                    self._count_into(self.place.open_slot())
            self._looker.publish()

    def look(self) -> Look:
        """Return what everybody has counted up to now."""
        return self._looker.look(self._slot)

    def evaluate(self) -> None:
        """Compute the reports of all models now, if no other process does."""
        self._evaluator.evaluate(self.look)

    def view(self, *, include_process: bool, degraded: Mapping[str, str]) -> View:
        """Return all that a reader may see, counted up to this moment."""
        self.place.enter()
        return self._looker.view(self._slot, include_process=include_process, degraded=degraded)

    def forget(self) -> None:
        """In a forked child: nothing of the parent's is counted here, and nothing here for the parent."""
        parents, self._is_counting = self._slot, False
        self.place.forget()
        self._evaluator.forget()
        self._looker.cards.forget()
        self._slot = self.place.private_slot()
        for model in self.models.all():
            model.state.forget()
            model.state.move(self._slot)
            for monitor in list(model.living):
                monitor.pause(self._open)
        self.counter.move(self._slot, takes_along=False)
        parents.forget()

    def close(self) -> None:
        """Keep windows, and come out of the directory; what is counted from now on is this process's."""
        with self.models.changing:
            self.drain()
            self._evaluator.close()
            if self._is_counting:
                slot = self._slot
                self._count_into(self.place.private_slot())
                slot.close()
            self.place.close()

    def _open(self) -> None:
        with self.models.changing:
            if self._is_counting:
                return
            self._count_into(self.place.open_slot())
            self._is_counting = True
        self._on_first_call()

    def _count_into(self, slot: Slot) -> None:
        """Let everything that begins from now on be counted in ``slot``."""
        self._slot = slot
        self.counter.move(slot, takes_along=not self._is_counting)
        for model in self.models.all():
            model.state.drain()
            model.state.move(slot)
            for monitor in list(model.living):
                monitor.begin_anew()


def _let_others_run() -> None:
    time.sleep(0)
