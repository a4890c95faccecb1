"""What a receiver says to a push, as far as the official exporters let it be known.

Their result is only yes or no. Over HTTP the session is ours, and sees each answer. Else there is what
they log: it is taken from the log while we push, so that an outage is one line and not one each interval.
"""

from __future__ import annotations

import logging
import os
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
_BODY_LIMIT: Final = 200
_WORDS_LIMIT: Final = 20
_TRANSIENT: Final = "Transient"
_FRAME: Final = re.compile(r"^Transient error | encountered while exporting [^,]*, retrying in [0-9.]+s\.?")
# A key may stand in the query of an address, or before its host.
_SECRETS: Final = re.compile(r"\?[^\s)'\"]*|//[^\s/@]*@")
_UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_REDIRECT, _ERROR, _NOT_FOUND = 300, 400, 404
_ENDPOINTS: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_METRICS_ENDPOINT with the whole address"
)
_GRPC_HINT: Final = "what listens there speaks no HTTP; a port of gRPC needs OTEL_EXPORTER_OTLP_PROTOCOL=grpc"


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
            where = clean_words(response.url or "") or "it"
            sentence = f"{where} answered {status} {clean_words(response.reason or '')}".strip()
            if status < _ERROR:
                # Exporters do not follow it, and take it for success.
                self.misdirected = f"{sentence}: another address is meant; set {_ENDPOINTS}"
            else:
                said = _body(response)
                way_out = f"; set {_ENDPOINTS}" if status == _NOT_FOUND else ""
                self._status = f"{sentence}{': ' if said else ''}{said}{way_out}"
        elif response.headers.get("Content-Type", "").lower().startswith("text/html"):
            where = clean_words(response.url or "") or "it"
            self.misdirected = (
                f"{where} answered {status} with a web page: it is no receiver; set {_ENDPOINTS}"
            )
        else:
            self._partial_success(response.content)
        return response

    def miss(self, url: str, error: Exception) -> None:
        """Note that no answer came over HTTP."""
        from requests.exceptions import InvalidSchema, InvalidURL  # noqa: PLC0415 - it comes with the exporter

        *_, innermost = (error, *_chain(error, OSError))
        kind = type(innermost).__name__
        self.misdirected = ""
        if isinstance(error, InvalidSchema | InvalidURL):
            self._status = (
                f"{clean_words(url)!r} is no address ({kind}): one such as http://localhost:4318 is needed; "
                f"set {_ENDPOINTS}"
            )
            return
        hints = [_GRPC_HINT] if _is_no_http(error) else []
        proxy = _proxy_variable(url)
        if proxy:
            hints.append(f"{proxy} sends it through a proxy; NO_PROXY names hosts that need none")
        self._status = "; ".join([f"no answer from {clean_words(_host(url))} ({kind})", *hints])

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


def _chain(error: BaseException | None, kind: type[BaseException]) -> Iterator[BaseException]:
    """Yield an error and what led to it, as far as it is of one kind; ``OSError`` is what the system has said."""
    while error is not None:
        if isinstance(error, kind):
            yield error
        error = error.__cause__ or error.__context__


def _is_no_http(error: BaseException) -> bool:
    """Return whether something has answered, and not in HTTP."""
    from http.client import HTTPException  # noqa: PLC0415 - who does not push needs none of it

    return any(not isinstance(each, OSError) for each in _chain(error, HTTPException))


def _host(url: str) -> str:
    """Return host and port of an address."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - who does not push needs none of it

    return urlsplit(url).netloc.rpartition("@")[2]


def _proxy_variable(url: str) -> str:
    """Return the variable that names a proxy for an address; empty where there is none."""
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415 - it comes with the exporter

    if not select_proxy(url, get_environ_proxies(url)):
        return ""
    names = (f"{url.partition(':')[0]}_proxy", "all_proxy")
    wanted = [each for name in names for each in (name, name.upper()) if os.environ.get(each)]
    return wanted[0] if wanted else "the system"


def _body(response: requests.Response) -> str:
    """Return what a receiver says about a failure, in one short line: its own words to us."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = ""
    if kind in {"", "text/plain"}:
        text = response.content[: 4 * _BODY_LIMIT].decode(errors="replace")
    elif kind == "application/x-protobuf":
        text = _status_message(response.content)
    line = clean_words(text).strip()
    return line if len(line) <= _BODY_LIMIT else line[: _BODY_LIMIT - 1] + "…"


def _status_message(content: bytes) -> str:
    """Return the message of a ``google.rpc.Status``, with which receivers of OTLP answer."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - it comes with the exporter
    from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # noqa: PLC0415 - likewise

    try:
        return str(Status.FromString(content).message)
    except DecodeError:
        return ""


def clean_words(text: str) -> str:
    """Return what a stranger said in one line of at most 300 characters, without keys in addresses."""
    line = _UNSAFE.sub(" ", _SECRETS.sub(lambda found: "//" if found[0].startswith("//") else "", text))
    return line if len(line) <= _LIMIT else line[: _LIMIT - 1] + "…"
