"""Samples become blocks of a Prometheus: promtool, one file after the other, beside whatever else goes on."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlexporter.demo.history.era import HOUR
from mlexporter.demo.history.samples import END
from mlexporter.demo.programs import Child
from mlexporter.errors import EnvironmentDegradedError

NAMES: Final = ("promtool",)
"""What the program is called."""

_WAIT_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class _Part:
    path: Path
    block_seconds: int


def create_command(promtool: str, samples: Path, storage: Path, block_seconds: int) -> tuple[str, ...]:
    """Return the command that makes blocks of a file of samples; they are that long at most."""
    return (
        promtool, "tsdb", "create-blocks-from", "openmetrics", f"--max-block-duration={block_seconds // HOUR}h",
        "--quiet", str(samples), str(storage),
    )  # fmt: skip


class BlockMaker:
    """Makes blocks of files, one at a time and in order, while its owner does something else.

    Args:
        promtool: Path of the program.
        storage: Folder of the blocks.
        on_started: Is handed each program that is started, so that somebody ends it.
    """

    def __init__(self, promtool: str, storage: Path, on_started: Callable[[Child], object]) -> None:
        self._promtool = promtool
        self._storage = storage
        self._on_started = on_started
        self._waiting: deque[_Part] = deque()
        self._running: tuple[Child, _Part] | None = None
        self.made = 0

    @property
    def backlog(self) -> int:
        """Files that are not yet blocks."""
        return len(self._waiting) + (self._running is not None)

    def add(self, samples: Path, block_seconds: int) -> None:
        """Take a whole file of samples, which is removed when it is a block.

        Args:
            samples: The file.
            block_seconds: Length of the blocks, one that promtool knows: 2 h times a power of 3.
        """
        self._waiting.append(_Part(samples, block_seconds))
        self.look()

    def look(self) -> None:
        """Go on with the next file where one is done.

        Raises:
            EnvironmentDegradedError: promtool failed; quotes its last words.
        """
        if self._running is not None:
            child, part = self._running
            if child.status is None:
                return
            if child.status:
                raise EnvironmentDegradedError(
                    f"promtool could not make blocks of {part.path.name}: {child.last_words}"
                )
            child.stop()
            part.path.unlink()
            self._running = None
            self.made += 1
        if self._waiting:
            part = self._waiting.popleft()
            command = create_command(self._promtool, part.path, self._storage, part.block_seconds)
            child = Child("promtool", command, part.path.with_suffix(".log"))
            self._on_started(child)
            self._running = (child, part)

    def finish(self) -> None:
        """Wait until every file is a block; raises as ``look``."""
        while self.backlog:
            self.look()
            time.sleep(_WAIT_SECONDS)


def join_samples(parts: list[Path], more: bytes, target: Path) -> None:
    """Write several files of samples and ``more`` into one whole file, and remove them."""
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, whole, 2**20)
            part.unlink()
        whole.write(more + END)
