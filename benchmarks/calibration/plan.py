"""What a run of the calibration is asked for, and how its pieces are spread over the cores."""

from __future__ import annotations

import multiprocessing
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")
_TOLD_EVERY_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Plan:
    """A run.

    Attributes:
        seed: Of all chance.
        is_quick: Little of everything: it shows that all runs, and hardly what it finds.
        with_peers: False asks no other library.
        n_processes: Pieces at a time.
    """

    seed: int
    is_quick: bool = False
    with_peers: bool = True
    n_processes: int = 2

    def of(self, whole: int, quick: int) -> int:
        """Return one of two amounts."""
        return quick if self.is_quick else whole

    def map(self, what: str, function: Callable[[Piece], Answer], pieces: Sequence[Piece]) -> list[Answer]:
        """Return what ``function`` says of each piece, in their order, and tell how far it is."""
        if self.n_processes <= 1 or len(pieces) <= 1:
            return _told(what, map(function, pieces), len(pieces))
        # Threads of libraries that are loaded here would not live on in a copy of this process.
        context = multiprocessing.get_context("forkserver")
        with ProcessPoolExecutor(self.n_processes, mp_context=context) as pool:
            return _told(what, pool.map(function, pieces), len(pieces))


def _told(what: str, answers: Iterable[Answer], n_pieces: int) -> list[Answer]:
    """Return the answers, and say now and then how many have come."""
    started, told, found = time.monotonic(), 0.0, []
    for answer in answers:
        found.append(answer)
        seconds = time.monotonic() - started
        if seconds - told > _TOLD_EVERY_SECONDS:
            told = seconds
            print(f"{what}: {len(found)} of {n_pieces}, {seconds:.0f} s", file=sys.stderr, flush=True)
    return found


def generator_of(seed: int, *names: object) -> np.random.Generator:
    """Return chance that belongs to a seed and to what it is for, and to nothing else."""
    return np.random.default_rng([seed, zlib.crc32(repr(names).encode())])


def mean(values: Sequence[Any]) -> float:
    """Return the mean; 0 of nothing."""
    return float(np.mean(values)) if len(values) else 0.0
