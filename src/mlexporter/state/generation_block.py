"""Blocks of a generative model: small ones by what is told apart, so that those of workers add up by name."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mlexporter.catalogue import FINISH_REASONS, RATINGS, STATUSES, TOKEN_TYPES, TOOL_CALL_STATUSES
from mlexporter.state.entries import ABANDONED, CANCELLED
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.forking import survives_fork
from mlexporter.state.generation import Generation, GenerationKind
from mlexporter.state.generation_cells import (
    CALLS,
    COST,
    COSTS,
    DURATION,
    DURATIONS,
    ENDS,
    FIRST_TOKEN,
    PER_TOKEN,
    RATED,
    TOKENS,
    Steps,
)
from mlexporter.state.layout import Layout
from mlexporter.state.ledger import add, is_released
from mlexporter.state.names import OTHER, clean_name
from mlexporter.state.slots import Block, BlockDescription, BlockKind, Slot

if TYPE_CHECKING:
    from mlexporter.records import GenerationCounts, GenerationSeries, ModelKey
    from mlexporter.state.cells import Cells

KINDS_LIMIT: Final = 50
"""Combinations of provider and models that one process tells apart for each model; all later ones are ``other``."""
FAILURES_LIMIT: Final = 100
"""Combinations with a class of exception; likewise."""
_ENDINGS: Final = frozenset({"", STATUSES[ABANDONED], STATUSES[CANCELLED], OTHER})
"""What ``error_type`` is without a class of an exception: always told apart, for these are few."""
CURRENCIES_LIMIT: Final = 20
"""Amounts of different currencies never add up: a cost in one that is too many is not counted."""


class _Subject(StrEnum):
    """What the cells of a block are; the first part of its name."""

    CALLS = "calls"
    DURATIONS = "durations"
    ENDS = "ends"
    COSTS = "costs"
    RATINGS = "ratings"


_LAYOUTS: Final = {
    _Subject.CALLS: CALLS, _Subject.DURATIONS: DURATIONS, _Subject.ENDS: ENDS, _Subject.COSTS: COSTS,
    _Subject.RATINGS: RATED,
}  # fmt: skip
_LIMITS: Final = {
    _Subject.CALLS: KINDS_LIMIT, _Subject.DURATIONS: FAILURES_LIMIT, _Subject.COSTS: CURRENCIES_LIMIT,
}  # fmt: skip


class GenerationBlocks:
    """Counts generations of one model, each when its call ends; safe with threads.

    Args:
        key: The model.
        counter: Where overflows are counted.
    """

    def __init__(self, key: ModelKey, counter: ExporterCounter) -> None:
        self._key = key
        self._counter = counter
        self._slot: Slot | None = None
        self._blocks: dict[tuple[str, ...], Block] = {}
        self._is_expected = False
        # Re-entrant: a finaliser may run in the middle and count itself.
        self._lock = survives_fork(threading.RLock())

    def move(self, slot: Slot) -> None:
        """Count into ``slot`` from now on.

        Raises:
            OSError: there is no room for it.
        """
        with self._lock:
            self._slot, self._blocks = slot, {}
            if self._is_expected:
                self._block(_Subject.ENDS)

    def expect(self) -> None:
        """Let what is known beforehand begin at zero: this model generates.

        Raises:
            OSError: there is no room for it.
        """
        with self._lock:
            self._is_expected = True
            self._block(_Subject.ENDS)

    def count(self, generation: Generation) -> None:
        """Count one generation; in a forked child the parent counts it.

        Raises:
            OSError: there is no room for it.
        """
        for block, steps in self._steps(generation):
            self._add(block, steps)

    def rate(self, rating: str) -> None:
        """Count one rating of ``catalogue.RATINGS``.

        Raises:
            OSError: there is no room for it.
        """
        self._add(self._block(_Subject.RATINGS), [(RATED.index("ratings", RATINGS.index(rating)), 1)])

    def on_overflow(self) -> None:
        """Count something that was filed under ``other``."""
        self._counter.on_overflow()

    def on_mistake(self, stage: str) -> None:
        """Count something that was told wrongly and is logged elsewhere."""
        self._counter.on_mistake(stage)

    def _steps(self, generation: Generation) -> list[tuple[Block, Steps]]:
        kind, calls = self._of_kind(GenerationKind(*map(clean_name, generation.kind)))
        tokens = dict(zip(TOKEN_TYPES, (generation.input_tokens, generation.output_tokens), strict=True))
        found = [step for name, each in TOKENS.items() for step in each.steps(CALLS, tokens[name])]
        found += FIRST_TOKEN.steps(CALLS, generation.first_token_nanoseconds)
        found += PER_TOKEN.steps(CALLS, generation.per_token_nanoseconds)
        steps = [(calls, found)]
        if generation.nanoseconds is not None:
            block = self._of_failure(kind, clean_name(generation.error_type))
            steps.append((block, DURATION.steps(DURATIONS, generation.nanoseconds)))
        ends = [(ENDS.index("finish", FINISH_REASONS.index(each)), 1) for each in generation.finish_reasons]
        ends += [
            (ENDS.index("tool_calls", TOOL_CALL_STATUSES.index(status)), n)
            for status, n in generation.tool_calls.items()
        ]
        ends.append((ENDS.index("refusals"), int(generation.is_refusal)))
        steps.append((self._block(_Subject.ENDS), ends))
        if generation.currency:
            costs = self._found(_Subject.COSTS, generation.currency)
            if costs is None:
                self._counter.on_overflow()
            else:
                steps.append((costs, COST.steps(COSTS, generation.cost)))
        return steps

    def _of_kind(self, kind: GenerationKind) -> tuple[GenerationKind, Block]:
        block = self._found(_Subject.CALLS, *kind)
        if block is None:
            self._counter.on_overflow()
            kind = GenerationKind(kind.operation, OTHER, OTHER, OTHER)
            block = self._block(_Subject.CALLS, *kind)
        return kind, block

    def _of_failure(self, kind: GenerationKind, error_type: str) -> Block:
        if error_type in _ENDINGS:
            return self._block(_Subject.DURATIONS, *kind, error_type)
        block = self._found(_Subject.DURATIONS, *kind, error_type)
        if block is None:
            self._counter.on_overflow()
            block = self._block(_Subject.DURATIONS, *kind, OTHER)
        return block

    def _found(self, subject: _Subject, *parts: str) -> Block | None:
        """Return the block of these parts; None where it would be one too many."""
        known = self._blocks.get((subject.value, *parts))
        if known is not None:
            return known
        with self._lock:
            n_known = sum(
                subject == each and (subject != _Subject.DURATIONS or others[-1] not in _ENDINGS)
                for each, *others in self._blocks
            )
            is_full = n_known >= _LIMITS[subject]
            is_new = (subject.value, *parts) not in self._blocks
            return None if is_full and is_new else self._block(subject, *parts)

    def _block(self, subject: _Subject, *parts: str) -> Block:
        name = (subject.value, *parts)
        known = self._blocks.get(name)
        if known is not None:
            return known
        with self._lock:
            found = self._blocks.get(name)
            if found is None:
                if self._slot is None:
                    raise LookupError("there is no slot to count in yet")
                found = self._blocks[name] = self._slot.open_block(
                    BlockDescription(
                        BlockKind.GENERATION, self._key, repr(name), _LAYOUTS[subject], Layout(()),
                        {"parts": list(name)},
                    )
                )  # fmt: skip
            return found

    def _add(self, block: Block, steps: Steps) -> None:
        try:
            add(block.cells, steps)
        except ValueError:
            if not is_released(block.cells):
                raise


def generation_counts(blocks: Iterable[Cells]) -> GenerationCounts | None:
    """Return blocks of one model, of one worker or of several together, as a record; None without any."""
    from mlexporter.records import GenerationCounts  # noqa: PLC0415 - needed by readers only

    found: dict[_Subject, list[tuple[tuple[str, ...], Cells]]] = {subject: [] for subject in _Subject}
    for block in blocks:
        subject, *parts = map(str, block.description.about["parts"])
        if subject in _Subject.__members__.values():  # workers of a newer version may know more
            found[_Subject(subject)].append((tuple(parts), block))
    if not any(found.values()):
        return None
    ends = _named_sums(found[_Subject.ENDS])
    ratings = _named_sums(found[_Subject.RATINGS])
    return GenerationCounts(
        series=tuple(_series(found[_Subject.CALLS], found[_Subject.DURATIONS])),
        finishes=_by_name(FINISH_REASONS, ends.get("finish")),
        refusals=None if "refusals" not in ends else ends["refusals"][0],
        tool_calls=_by_name(TOOL_CALL_STATUSES, ends.get("tool_calls")),
        costs={
            parts[0]: COST.read(block.description.synchronous, block.synchronous)
            for parts, block in sorted(found[_Subject.COSTS], key=lambda each: each[0])
        },
        feedback=_by_name(RATINGS, ratings.get("ratings")),
    )


def _series(
    calls: list[tuple[tuple[str, ...], Cells]], durations: list[tuple[tuple[str, ...], Cells]]
) -> Iterable[GenerationSeries]:
    from mlexporter.records import GenerationSeries  # noqa: PLC0415 - needed by readers only

    for parts, block in sorted(calls, key=lambda each: each[0]):
        layout, cells = block.description.synchronous, block.synchronous
        yield GenerationSeries(
            **GenerationKind(*parts)._asdict(),
            tokens={name: each.read(layout, cells) for name, each in TOKENS.items()},
            durations={
                others[-1]: DURATION.read(each.description.synchronous, each.synchronous)
                for others, each in sorted(durations, key=lambda pair: pair[0])
                if others[:-1] == parts
            },
            time_to_first_token=FIRST_TOKEN.read(layout, cells),
            time_per_output_token=PER_TOKEN.read(layout, cells),
        )


def _named_sums(blocks: list[tuple[tuple[str, ...], Cells]]) -> dict[str, list[int]]:
    """Return the cells by group; several blocks are of workers of different versions."""
    sums: dict[str, list[int]] = {}
    for _, block in blocks:
        for group in block.description.synchronous.groups:
            values = block.synchronous[group.cells].tolist()
            before = sums.get(group.name, [])
            width = max(len(before), len(values))
            padded = [[*each, *[0] * (width - len(each))] for each in (before, values)]
            sums[group.name] = [first + second for first, second in zip(*padded, strict=True)]
    return sums


def _by_name(names: tuple[str, ...], values: list[int] | None) -> dict[str, int]:
    return {} if values is None else dict(zip(names, values, strict=False))
