"""Pods play side by side in processes of their own, and what they have written becomes blocks meanwhile."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from mlexporter.demo.history.blocks import BlockMaker, join_samples
from mlexporter.demo.history.pod import PodPlan, run_pod
from mlexporter.demo.history.steps import Stretch
from mlexporter.errors import EnvironmentDegradedError

MarksOf = Callable[[Stretch], bytes]
"""Returns more samples for a chunk."""

Tell = Callable[[int, int], None]
"""Called with the chunks that all pods have played, and all there are."""

_AHEAD: Final = 3
"""Chunks that a pod may be ahead of promtool: a file of samples is a hundred times as large as its block."""

_LOOK_SECONDS: Final = 0.05
_END_SECONDS: Final = 5.0


def play_pods(
    plans: Sequence[PodPlan], maker: BlockMaker, folder: Path, marks_of: MarksOf, tell: Tell
) -> tuple[int, int]:
    """Play all plans, which have the same chunks, and make blocks of all samples.

    Args:
        plans: One for each pod.
        maker: Makes the blocks.
        folder: Where files of samples lie in between.
        marks_of: More samples of each chunk, which belong to no pod.
        tell: Told of progress.

    Returns:
        Series and samples of all pods, ``marks_of`` not counted.

    Raises:
        EnvironmentDegradedError: a pod or promtool failed.
    """
    with _running(plans) as lines:
        return _Game(plans, lines, maker, folder, marks_of).play(tell)


class _Game:
    """The pods at work: whoever is not too far ahead is sent on."""

    def __init__(
        self,
        plans: Sequence[PodPlan],
        lines: list[Connection],
        maker: BlockMaker,
        folder: Path,
        marks_of: MarksOf,
    ) -> None:
        self._plans = plans
        self._lines = lines
        self._maker = maker
        self._folder = folder
        self._marks_of = marks_of
        self._sent = [0] * len(lines)
        self._played = [0] * len(lines)
        self._totals: dict[int, tuple[int, int]] = {}
        self._joined = 0

    def play(self, tell: Tell) -> tuple[int, int]:
        total = len(self._plans[0].chunks)
        while len(self._totals) < len(self._lines):
            self._send_on(total)
            open_places = [place for place in range(len(self._lines)) if place not in self._totals]
            ready = wait([self._lines[place] for place in open_places], _LOOK_SECONDS)
            for place in open_places:
                if self._lines[place] in ready:
                    self._hear(place)
            while self._joined < min(self._played):
                self._join(self._joined)
                self._joined += 1
                tell(self._joined, total)
            self._maker.look()
        self._maker.finish()
        totals = self._totals.values()
        return sum(series for series, _ in totals), sum(samples for _, samples in totals)

    def _send_on(self, total: int) -> None:
        limit = min(total, self._joined - self._maker.backlog + 1 + _AHEAD)
        for place, line in enumerate(self._lines):
            while self._sent[place] < limit:
                line.send(self._sent[place])
                self._sent[place] += 1

    def _hear(self, place: int) -> None:
        try:
            said = self._lines[place].recv()
        except (EOFError, OSError):
            raise EnvironmentDegradedError(
                f"the process of {self._plans[place].name} ended before it was done; was it killed for memory?"
            ) from None
        if isinstance(said, str):
            raise EnvironmentDegradedError(f"{self._plans[place].name} failed: {said}")
        if isinstance(said, tuple):
            self._totals[place] = said
        else:
            self._played[place] = said + 1

    def _join(self, number: int) -> None:
        chunk = self._plans[0].chunks[number]
        whole = self._folder / f"chunk-{number:04d}.om"
        join_samples([plan.path(number) for plan in self._plans], self._marks_of(chunk), whole)
        self._maker.add(whole, chunk.block)


@contextlib.contextmanager
def _running(plans: Sequence[PodPlan]) -> Iterator[list[Connection]]:
    """Start a process for each plan; whatever happens, none is left."""
    context = multiprocessing.get_context("spawn")
    processes: list[SpawnProcess] = []
    lines: list[Connection] = []
    try:
        for plan in plans:
            ours, theirs = context.Pipe()
            lines.append(ours)
            process = context.Process(target=run_pod, args=(plan, theirs), name=plan.name, daemon=True)
            process.start()
            processes.append(process)
            theirs.close()
        yield lines
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(_END_SECONDS)
            if process.is_alive():
                process.kill()
                process.join()
        for line in lines:
            line.close()
