"""``DecisionDesk``: where the evaluator finds what people decided, and sees to it that it is not lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from mlexporter.app.baselines.decision_file import LockedFiles, add_decisions, read_decisions
from mlexporter.app.baselines.decisions import Decision, following, merged
from mlexporter.errors import EnvironmentDegradedError

if TYPE_CHECKING:
    from mlexporter.records import ModelKey

_LOGGER = logging.getLogger("mlexporter")
_FAILURES: Final = (OSError, EnvironmentDegradedError)
_LAST_LOOK_SECONDS: Final = 2.0


class DecisionDesk:
    """The decisions about all models, out of the shared directory and off a disk; nothing here raises.

    What one place knows the other one is told. A disk is looked at in a thread of its own, so that one that
    hangs stops nobody: a decision that was left there is found one interval later.

    Args:
        shared: The directory that the workers share, or None.
        disk: A ``snapshot_dir``, or None.
    """

    def __init__(self, shared: LockedFiles | None, disk: LockedFiles | None) -> None:
        self._shared = shared
        self._disk = disk
        self._known: dict[ModelKey, tuple[Decision, ...]] = {}
        self._on_disk: dict[ModelKey, tuple[Decision, ...]] = {}
        self._looking: threading.Thread | None = None
        self._told: set[str] = set()

    def decisions(self, key: ModelKey) -> tuple[Decision, ...]:
        """Return all decisions about a model that are known now, oldest first."""
        if self._disk is not None and key not in self._known:
            self._look_at_disk(self._disk, key, ())
        found = merged(self._known.get(key, ()), self._on_disk.get(key, ()))
        if self._shared is not None:
            found = self._exchanged(self._shared, key, found)
        self._known[key] = found
        self._start_looking()
        return found

    def add(self, key: ModelKey, decisions: Iterable[Decision]) -> None:
        """Write decisions down; they are found with the next look."""
        for decision in decisions:
            known = self._known.get(key, ())
            self._known[key] = merged(known, [following(decision, known)])

    def close(self) -> None:
        """Write down what is not in its places yet; a disk that hangs is waited for a moment."""
        for key, known in self._known.items():
            if self._shared is not None:
                self._exchanged(self._shared, key, known)
        until = time.monotonic() + _LAST_LOOK_SECONDS
        for _ in range(2):  # the look that goes on, and one at what came since
            if self._looking is not None:
                self._looking.join(max(0.0, until - time.monotonic()))
            self._start_looking()
        if self._looking is not None:
            self._looking.join(max(0.0, until - time.monotonic()))

    def _exchanged(
        self, files: LockedFiles, key: ModelKey, known: tuple[Decision, ...]
    ) -> tuple[Decision, ...]:
        """Return what the file and we know together, after telling it what is new to it."""
        try:
            try:
                there = read_decisions(files, key)
            except ValueError:  # adding to it sets the damaged file aside
                return merged(known, add_decisions(files, key, known))
            if set(known) <= set(there):
                return merged(there)
            return merged(known, add_decisions(files, key, known))
        except _FAILURES as error:
            sentence = str(error)
            if sentence not in self._told:
                self._told.add(sentence)
                _LOGGER.warning("mlexporter: decisions about drift cannot be read or kept: %s", sentence)
            return known

    def _start_looking(self) -> None:
        is_busy = self._looking is not None and self._looking.is_alive()
        if self._disk is None or is_busy:
            return
        self._looking = threading.Thread(
            target=self._look_at_all, args=(self._disk, dict(self._known)), name="mlexporter-decisions",
            daemon=True,
        )  # fmt: skip
        self._looking.start()

    def _look_at_all(self, disk: LockedFiles, known: dict[ModelKey, tuple[Decision, ...]]) -> None:
        for key, decisions in known.items():
            self._look_at_disk(disk, key, decisions)

    def _look_at_disk(self, disk: LockedFiles, key: ModelKey, known: tuple[Decision, ...]) -> None:
        self._on_disk[key] = self._exchanged(disk, key, known)
