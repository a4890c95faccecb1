"""The log of a command that runs for long: its format, its level, and what it says to people."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

import click

from mlexporter.cli.log_lines import LineFormatter, one_line
from mlexporter.state.log import fields

TEXT: Final = "text"
_LOGGER: Final = logging.getLogger("mlexporter")
_REQUESTS: Final = "uvicorn.access"


class ServeLog:
    """Says what a command does: lines on the standard output as text, else records in the log.

    Args:
        form: ``text``, ``logfmt`` or ``json``.
        level: Name of the lowest level that is written.
    """

    def __init__(self, form: str, level: str) -> None:
        self._form = form
        self._level = getattr(logging, level.upper())

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Write all records to the standard error, until the end."""
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(LineFormatter(self._form))
        root, requests = logging.getLogger(), logging.getLogger(_REQUESTS)
        before = root.level, requests.level, sys.excepthook, threading.excepthook
        root.addHandler(handler)
        root.setLevel(self._level)
        if self._level > logging.DEBUG:
            requests.setLevel(logging.WARNING)  # a line for each scrape tells nothing
        sys.excepthook, threading.excepthook = _log_end, _log_end_of_thread
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(before[0])
            requests.setLevel(before[1])
            sys.excepthook, threading.excepthook = before[2:]

    def tell(self, sentence: str, **about: Any) -> None:
        """Say what goes on, to people or to programs.

        Args:
            sentence: For people.
            about: What a program would look for: names and values.
        """
        if self._form == TEXT:
            self.tell_people(sentence)
        else:
            _LOGGER.info("%s", sentence, extra=fields(**about))

    def tell_people(self, sentence: str) -> None:
        """Say what the log has said already, where it is not for people."""
        if self._form == TEXT:
            with contextlib.suppress(OSError):  # a full disk, or nobody who reads any more, ends no service
                click.echo(one_line(sentence))

    def tell_the_end(self, error: Exception) -> None:
        """Say why the command ends although nobody told it to; what is raised is one of our own errors.

        Args:
            error: Its message names the way out.

        Raises:
            Exception: ``error``, where the command line itself tells it, as text.
        """
        if self._form == TEXT:
            raise error
        _LOGGER.error(
            "%s", getattr(error, "message", None) or error, extra=fields(error=type(error).__name__)
        )


def _log_end(kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
    _LOGGER.critical("ended by an error of its own", exc_info=(kind, error, place))


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread is not None else "?"
    if ended.exc_value is not None:
        what = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        _LOGGER.critical("a thread ended by an error of its own", exc_info=what, extra=fields(thread=name))
