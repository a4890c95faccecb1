"""A receiver on the loopback interface: what pager and chat would be, in the demo."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from mlexporter.demo.chat import ChatMessage, chat_message
from mlexporter.demo.programs import HOST

_BODY_LIMIT_BYTES: Final = 2**20


@dataclass(frozen=True, slots=True)
class Notification:
    """One alert that began or ended.

    Attributes:
        alert: Name of the alert.
        is_firing: True when it began, False when it is resolved.
        labels: All its labels.
        description: Its annotation ``description``, or empty text.
    """

    alert: str
    is_firing: bool
    labels: dict[str, str]
    description: str


class Receiver:
    """Accepts what Alertmanager sends and hands on each change once; a context manager."""

    def __init__(
        self,
        on_notification: Callable[[Notification], None],
        on_chat: Callable[[ChatMessage], None] | None = None,
    ) -> None:
        """Listen on a free port.

        Args:
            on_notification: Called, from a thread of the receiver, for each alert that begins or ends.
            on_chat: Likewise for each message to a chat, where somebody reads them.
        """
        self._on_notification = on_notification
        self._on_chat = on_chat
        self._firing: dict[str, bool] = {}
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_POST(self) -> None:
                text = self.headers.get("Content-Length", "")
                length = int(text) if text.isdecimal() else -1
                status = 400 if length < 0 else 413 if length > _BODY_LIMIT_BYTES else 200
                if status == 200:
                    receiver.accept(self.rfile.read(length), self.path)
                self.close_connection = True
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name of the base class
                """Say nothing: the notification itself is printed."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="demo-receiver", daemon=True)

    @property
    def url(self) -> str:
        """Where Alertmanager sends to."""
        return f"http://{HOST}:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def accept(self, body: bytes, path: str = "/copy") -> None:
        """Hand on what a body has that is new; what is no JSON of Alertmanager is left alone."""
        if path.startswith("/chat"):
            message = chat_message(body)
            if message is not None and self._on_chat is not None:
                self._on_chat(message)
            return
        for fingerprint, notification in _notifications(body):
            with self._lock:
                is_known = self._firing.get(fingerprint, False) == notification.is_firing
                self._firing[fingerprint] = notification.is_firing
            if not is_known:
                self._on_notification(notification)


def _notifications(body: bytes) -> list[tuple[str, Notification]]:
    try:
        alerts = json.loads(body)["alerts"]
        return [(str(alert["fingerprint"]), _notification(alert)) for alert in alerts]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _notification(alert: dict[str, Any]) -> Notification:
    labels = {str(name): str(value) for name, value in alert["labels"].items()}
    description = str(alert.get("annotations", {}).get("description", ""))
    return Notification(labels.get("alertname", "?"), alert["status"] == "firing", labels, description)
