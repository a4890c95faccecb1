"""``Engine``: what an exporter counts with: the place, the slot of this process, the evaluator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from mlexporter.app.expectations import Expectations
from mlexporter.app.models import Model, Models
from mlexporter.app.place import Place
from mlexporter.catalogue import LATENCY_BOUNDS_SECONDS
from mlexporter.resources import own_cpu_nanoseconds
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import IMPORTING, survives_fork
from mlexporter.state.log import LOG
from mlexporter.state.model import ModelState
from mlexporter.state.slots.carrying import Leftovers, take_off_live
from mlexporter.state.slots.process_name import own_process

if TYPE_CHECKING:
    from mlexporter.app.evaluator import Evaluator, Look
    from mlexporter.app.looking import Looker
    from mlexporter.records import ModelKey, View
    from mlexporter.settings import Settings
    from mlexporter.state.clock import WindowClock
    from mlexporter.state.slots import Slot


_LATE_TICKS: Final = 300
"""How long calls may end in blocks that were left: some five minutes."""


class _Left(NamedTuple):
    """What is left behind when counting moves: blocks to carry over from, and a slot to close."""

    leftovers: Leftovers
    slot: Slot
    ticks: int = _LATE_TICKS


class Engine:
    """Counts calls of this process, and reads what all processes counted.

    A process that only imports, or only reads, takes no slot: it is opened by the first call. Until
    then counters stand in memory of this process, at zero.

    Args:
        settings: Parsed settings.
        clock: Clock of the windows.
        wall_clock: Unix seconds.
        on_first_call: Told after the slot was opened.

    Attributes:
        models: What this process serves.
        expectations: What is configured for models.
        counter: What mlexporter counts about itself.
        place: Where this process counts.
    """

    def __init__(
        self, settings: Settings, *, clock: WindowClock, wall_clock: Callable[[], float],
        on_first_call: Callable[[], None],
    ) -> None:  # fmt: skip
        self._settings = settings
        self._wall_clock = wall_clock
        self._on_first_call = on_first_call
        self.models = Models()
        self.expectations = Expectations(settings, wall_clock=wall_clock)
        self.place = Place(settings)
        self._slot = self.place.private_slot()
        self._is_counting = False
        self.counter = ExporterCounter(self._slot)
        self._clock = clock
        self._made: tuple[Evaluator, Looker] | None = None
        self._moving = survives_fork(threading.RLock())  # readers wait while counts move
        self._left: list[_Left] = []

    @property
    def prepare(self) -> Callable[[], None] | None:
        """What the first call has to do before it is counted; None once it is done."""
        return None if self._is_counting else self._open

    @property
    def _readers(self) -> tuple[Evaluator, Looker]:
        """What reads counts, made by the first who asks: a process that only serves loads it later."""
        if self._made is not None:
            return self._made
        with IMPORTING:
            from mlexporter.app.evaluator import Evaluator  # noqa: PLC0415 - see above
            from mlexporter.app.looking import Looker  # noqa: PLC0415 - see above

            if self._made is None:
                evaluator = Evaluator(
                    self._settings, self.place, clock=self._clock, wall_clock=self._wall_clock,
                    counter=self.counter,
                )  # fmt: skip
                looker = Looker(
                    self.expectations, self.place, self.models, evaluator, clock=self._clock,
                    wall_clock=self._wall_clock,
                )  # fmt: skip
                self._made = evaluator, looker
            return self._made

    def new_state(self, key: ModelKey) -> ModelState:
        """Return the counters of a model that this process did not serve yet."""
        bounds = {*LATENCY_BOUNDS_SECONDS, *self.expectations.begin(key)}
        return ModelState(
            key,
            latency_bounds=tuple(sorted(bounds)),
            buffer_rows=self._settings.buffer_rows,
            buffer_limit_rows=self._settings.buffer_limit_rows,
            wall_clock=self._wall_clock,
            counter=self.counter,
            slot=self._slot,
            strict=self._settings.strict,
        )

    def mark(self, model: Model) -> None:
        """Remember the end or the begin of an epoch in the windows of a model."""
        evaluator, _ = self._readers  # it loads what a snapshot is
        evaluator.mark(model.state.snapshot(self._clock.now()))

    def drain(self) -> None:
        """Move what is buffered into the counts."""
        for model in self.models.all():
            model.state.drain()

    def tick(self) -> bool:
        """Do what has to be done about every second, in the background thread.

        Returns:
            Whether the directory was lost, so that everything begins anew in another, or in none.
        """
        self.drain()
        self.counter.used_processor(own_cpu_nanoseconds())
        is_elsewhere = self.place.has_moved()
        with self._moving:
            has_opened = not is_elsewhere and self.place.has_opened()
            if (is_elsewhere or has_opened) and self._made is not None:
                evaluator, looker = self._made
                evaluator.begin_anew()
                looker.cards.forget()
            if self._is_counting:
                self._keep_in_place(is_elsewhere=is_elsewhere, has_opened=has_opened)
        if self._is_counting and self.place.directory is not None:
            _, looker = self._readers
            looker.publish()
        return is_elsewhere

    def _keep_in_place(self, *, is_elsewhere: bool, has_opened: bool) -> None:
        """See to it that everybody finds what this process counts."""
        if is_elsewhere:
            self._recount()
        elif not self._slot.is_attached:
            LOG.warning("mlexporter: the slot of this process was taken away; a new one is opened")
            self._recount()
        elif has_opened or self.place.is_outside:
            self._find_room()
        for left in self._left:
            left.leftovers.carry_over(self._slot)
        for left in [left for left in self._left if not left.ticks]:
            left.slot.close()
        self._left = [left._replace(ticks=left.ticks - 1) for left in self._left if left.ticks]

    def _recount(self) -> None:
        """Begin anew in another slot: what was counted is gone, or folded by others."""
        with self.models.changing:
            before = self._slot
            _, looker = self._readers
            looker.publish_profiles()
            self._count_into(self.place.open_slot())
            self._left.append(_Left(Leftovers(before.blocks(), with_past=False), before))
            if not self._slot.unshared():
                self.place.came_inside()

    def _find_room(self) -> None:
        """Go into the directory with all that could not be counted there; nothing happens while it is full.

        Calls that are under way go on counting into the blocks that are left. Those of a slot in the
        directory are read there for as long as it stays open; the others are carried over again with
        each tick. After five minutes both end, and what still longer calls add there is lost.
        """
        with self.models.changing:
            before, slot = self._slot, self.place.roomy_slot(self._slot)
            if slot is not None:
                self._count_into(slot)
                self._left.append(_Left(Leftovers(before.unshared(), with_past=True), before))
                self._left[-1].leftovers.carry_over(slot)
                take_off_live(before.blocks())
                if not slot.unshared():
                    self.place.came_inside()

    def look(self) -> Look:
        """Return what everybody has counted up to now."""
        _, looker = self._readers
        with self._moving:
            return looker.look(self._slot)

    def number_of_others(self) -> int:
        """Return how many other processes count at this place now."""
        return len(set(self.look().sums.processes) - {own_process()})

    def evaluate(self) -> None:
        """Compute the reports of all models now, if no other process does; read the configuration anew."""
        self.expectations.look()
        evaluator, _ = self._readers
        evaluator.evaluate(self.look)

    def view(self, *, include_process: bool, degraded: Mapping[str, str]) -> View:
        """Return all that a reader may see, counted up to this moment."""
        self.place.enter()
        _, looker = self._readers
        # A reader without a slot can push, and turn somebody away, all the same.
        own = () if self._is_counting or self.place.directory is None else (self.counter.reader_cells(),)
        return looker.view(self.look(), include_process=include_process, degraded=degraded, own_cells=own)

    def forget(self) -> None:
        """In a forked child: nothing of the parent's is counted here, and nothing here for the parent."""
        parents, self._is_counting = [self._slot, *(left.slot for left in self._left)], False
        self._left.clear()
        self.place.forget()
        if self._made is not None:
            evaluator, looker = self._made
            evaluator.forget()
            looker.cards.forget()
        self._slot = self.place.private_slot()
        for model in self.models.all():
            model.state.forget()
            model.state.move(self._slot)
            for monitor in model.living:
                monitor.pause(self._open)
        self.counter.move(self._slot, takes_along=False)
        for slot in parents:
            slot.forget()

    def end(self) -> None:
        """Leave everything in order at the end of the process; what is still counted stands in its slot."""
        self.drain()
        self.counter.used_processor(own_cpu_nanoseconds())
        self._come_inside()
        if self._made is not None:
            self._made[0].close()
        self.place.close()

    def close(self) -> None:
        """Keep windows, and come out of the directory; what is counted from now on is this process's."""
        with self._moving, self.models.changing:
            self.drain()
            self._come_inside()
            if self._made is not None:
                self._made[0].close()
            if self._is_counting:
                slot = self._slot
                self._count_into(self.place.private_slot())
                slot.close()
            self.place.close()

    def _come_inside(self) -> None:
        """Leave nothing outside the directory at the end, if that is possible."""
        with self._moving:
            if self._is_counting and self.place.is_outside:
                self._find_room()
            if self._is_counting and self.place.is_outside:
                LOG.warning("mlexporter: what this process counted outside the full directory ends with it")
            for left in self._left:
                left.leftovers.carry_over(self._slot)
                left.slot.close()
            self._left.clear()

    def _open(self) -> None:
        with self.models.changing:
            if self._is_counting:
                return
            self.place.enter()
            _, looker = self._readers
            looker.publish_profiles()
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
            for monitor in model.living:
                monitor.begin_anew()
