"""What a receiver says to a push, as far as the official exporters let it be known.

Their result is only yes or no. Over HTTP the session is ours, and sees each answer. Else there is what
they log: it is taken from the log while we push, so that an outage is one line and not one each interval.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import requests

_LOGGERS: Final = (
    "opentelemetry.exporter.otlp.proto.http.metric_exporter",
    "opentelemetry.exporter.otlp.proto.grpc.exporter",
    "opentelemetry.exporter.otlp.common.http",
)
_LIMIT: Final = 300
_WORDS_LIMIT: Final = 20
_TRANSIENT: Final = "Transient"
_FRAME: Final = re.compile(r"^Transient error | encountered while exporting [^,]*, retrying in [0-9.]+s\.?")
# A key may stand in the query of an address, or before its host.
_SECRETS: Final = re.compile(r"\?[^\s)'\"]*|//[^\s/@]*@")
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_OK, _REDIRECT = 200, 300


class Answers:
    """Listens to one push after the other; used by one thread at a time.

    Those who log do so once a minute: what was said last is known until a push is taken.

    Attributes:
        rejected: Points that the receiver refused in a push that it took.
        message: What it said about them, or about the push.
        misdirected: Why an answer that looks like success is none; empty where it is.
    """

    def __init__(self) -> None:
        self._last = ""
        self._begin()

    def _begin(self) -> None:
        self.rejected = 0
        self.message = ""
        self.misdirected = ""
        self._status = ""
        self._words: list[str] = []

    @property
    def problem(self) -> str:
        """Why the push has failed, in words; those of an earlier one where this one has none, or nobody said."""
        transient = [words for words in self._words if words.startswith(_TRANSIENT)]
        logged = clean_words(_FRAME.sub("", (transient or self._words or [""])[-1]))
        self._last = self.misdirected or self._status or logged or self._last
        return self._last

    def forget(self) -> None:
        """Forget why earlier pushes have failed: one was taken."""
        self._last = ""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take what exporters log in this thread, for the time of a push."""
        self._begin()
        own = _Listener(self._words)
        loggers = [logging.getLogger(name) for name in _LOGGERS]
        for logger in loggers:
            logger.addFilter(own)
        try:
            yield
        finally:
            for logger in loggers:
                logger.removeFilter(own)

    def hear(self, response: requests.Response) -> requests.Response:
        """Note an answer over HTTP."""
        self._status = self.misdirected = ""
        status = response.status_code
        if status >= _REDIRECT:
            sentence = clean_words(f"it answered {status} {response.reason or ''}".strip())
            if status < 400:
                # Exporters do not follow it, and take it for success.
                self.misdirected = f"{sentence}: another address is meant"
            else:
                self._status = sentence
        elif response.headers.get("Content-Type", "").lower().startswith("text/html"):
            self.misdirected = f"it answered {status} with a web page: it is no receiver"
        else:
            self._partial_success(response.content)
        return response

    def miss(self, url: str, error: Exception) -> None:
        """Note that no answer came over HTTP."""
        from urllib.parse import urlsplit  # noqa: PLC0415 - who does not push needs none of it

        *_, innermost = (error, *_chain(error))
        self.misdirected = ""
        self._status = (
            f"no answer from {urlsplit(url).netloc.rpartition('@')[2]} ({type(innermost).__name__})"
        )

    def session(self) -> requests.Session:
        """Return a session whose answers are heard."""
        import requests  # noqa: PLC0415 - it comes with the exporter that needs it

        answers = self

        class Session(requests.Session):
            def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
                try:
                    return answers.hear(super().send(request, **options))
                except Exception as error:
                    answers.miss(request.url or "", error)
                    raise

        return Session()

    def _partial_success(self, content: bytes) -> None:
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]  # noqa: PLC0415 - it comes with the exporter, without types
        from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (  # noqa: PLC0415 - likewise
            ExportMetricsServiceResponse,
        )

        try:
            partial = ExportMetricsServiceResponse.FromString(content).partial_success
        except DecodeError:  # some say "ok"
            return
        self.rejected = max(0, partial.rejected_data_points)
        self.message = clean_words(partial.error_message)


class _Listener(logging.Filter):
    """Keeps what is logged in the thread that made it, and lets everything else pass."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words
        self._thread = threading.get_ident()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line shall be written."""
        if record.thread != self._thread:
            return True
        if len(self._words) < _WORDS_LIMIT:
            self._words.append(record.getMessage())
        return False


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, as far as the system has said it."""
    while error is not None:
        if isinstance(error, OSError):
            yield error
        error = error.__cause__ or error.__context__


def clean_words(text: str) -> str:
    """Return what a stranger said in one line of at most 300 characters, without keys in addresses."""
    line = _UNSAFE.sub(" ", _SECRETS.sub(lambda found: "//" if found[0].startswith("//") else "", text))
    return line if len(line) <= _LIMIT else line[: _LIMIT - 1] + "…"
