"""Lets readers that ask at the same time share one answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class SingleFlight:
    """Produces one answer for all who wait for it, and never one older than the question.

    An answer is shared only with those who asked before its production began. So ten scrapers
    at once cost two productions at most, and a scrape always shows a call that ended before it.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._producing = threading.Lock()
        self._counting = threading.Lock()
        self._n_waiting = 0
        self._answers: dict[Hashable, tuple[float, Any]] = {}

    def asked(self) -> float:
        """Return the moment of a question, for ``answer``."""
        return self._clock()

    def answer(self, key: Hashable, asked: float, produce: Callable[[], _Result]) -> _Result:
        """Return an answer to ``key`` whose production began at or after ``asked``."""
        with self._counting:
            self._n_waiting += 1
        try:
            with self._producing:
                began, result = self._answers.get(key, (-1.0, None))
                if began < asked:
                    began = self._clock()
                    result = produce()
                    self._answers[key] = (began, result)
                return result  # type: ignore[no-any-return]
        finally:
            with self._counting:
                self._n_waiting -= 1
                if self._n_waiting == 0:
                    self._answers.clear()
