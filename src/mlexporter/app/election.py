"""``Election``: one process of a directory evaluates drift; when it dies another one takes over."""

from __future__ import annotations

import logging
import os
import threading
from typing import Final

from mlexporter.app.shared_files import Lock, SharedLocks
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import fields

_LOGGER = logging.getLogger("mlexporter")
EVALUATOR: Final = "evaluator"
_WON: Final = "mlexporter: process %d is elected: it holds the lock %r of the directory (term %d)"
_LEFT: Final = "mlexporter: process %d has given up the lock %r of the directory; another one may be elected"


class Election:
    """Tries to be the evaluator of a directory whenever it is asked; safe with threads.

    A forked child starts as a mere candidate, whatever its parent is.

    Args:
        directory: Where the lock is. The kernel takes it from a process that dies.
        name: Name of the lock.

    Attributes:
        term: Grows with each election that this process has won.
    """

    def __init__(self, directory: SharedLocks, name: str = EVALUATOR) -> None:
        self.term = 0
        self._directory = directory
        self._name = name
        self._held: Lock | None = None
        self._owner = 0
        self._problem = ""
        self._changing = survives_fork(threading.Lock())

    def is_in_office(self) -> bool:
        """Whether this process is the evaluator; unlike ``is_evaluator`` it does not try to become it."""
        return self._held is not None and self._owner == os.getpid()

    def is_evaluator(self) -> bool:
        """Return whether this process is the evaluator, after trying to become it.

        Where the directory fails nobody is elected; the log says so once for each new reason.
        """
        if self.is_in_office():
            return True
        with self._changing:
            if self.is_in_office():
                return True
            # What a child has of its parent's lock is a name for it and no more: it is not given back.
            self._held = self._try()
            if self._held is None:
                return False
            self._owner = os.getpid()
            self.term += 1
            _LOGGER.info(_WON, self._owner, self._name, self.term, extra=fields(lock=self._name))
            return True

    def resign(self) -> None:
        """Let another process be elected; safe to call twice, and in a child."""
        with self._changing:
            held, self._held = self._held, None
            if held is not None and self._owner == os.getpid():
                held.release()
                _LOGGER.info(_LEFT, self._owner, self._name, extra=fields(lock=self._name))

    def _try(self) -> Lock | None:
        try:
            held = self._directory.try_lock(self._name)
        except (OSError, EnvironmentDegradedError) as error:
            if str(error) != self._problem:
                self._problem = str(error)
                _LOGGER.warning(
                    "mlexporter: the lock %r cannot be had, so that nobody holds it: %s", self._name, error
                )
            return None
        self._problem = ""
        return held
