"""``WebConfigured``: what the web configuration file says now; a bad reading never takes away a good one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mlexporter.errors import SettingError
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.exposition.web_config import WebConfig

INVALID: Final = "web_config_invalid"
"""One of ``catalogue.DEGRADED_REASONS``."""

_KEPT: Final = (
    "the web configuration was changed and cannot be used, so that certificate, passwords and tokens that "
    "were read before hold on: {}"
)
_RESTART: Final = (
    "{}: TLS begins or ends with a restart only; restart, or put tls_server_config back as it was"
)
_OPENED: Final = (
    "{}: it names no user, token or client certificate any more, which would open all to everybody; restart if "
    "that is meant, or put basic_auth_users, bearer_tokens_file or client_auth_type back"
)
_BEING_WRITTEN: Final = (
    "{}, or a file that it names, is being written just now; it is read again within a second"
)


class WebConfigured:
    """Reads the file, and those that it names, at the start, and anew whenever one of them has changed.

    Args:
        path: The file; empty is none.
        on_new_clients: Called when what is asked of clients' certificates has changed.

    Attributes:
        degraded: The reason and a sentence, while the newest reading is bad.

    Raises:
        SettingError: the file is wrong at the start: nothing is served that may have to be guarded.
    """

    def __init__(self, path: str, *, on_new_clients: Callable[[], None]) -> None:
        self._path = path
        self._on_new_clients = on_new_clients
        self._looking = survives_fork(threading.Lock())
        self.degraded: dict[str, str] = {}
        self._known: WebConfig | None = None
        if path:
            from mlexporter.exposition.web_config import read_web_config  # noqa: PLC0415 - loads ssl and yaml

            self._known = read_web_config(path)

    @property
    def has_file(self) -> bool:
        """True where a file is named."""
        return self._known is not None

    @property
    def has_tls(self) -> bool:
        """True where connections are encrypted."""
        return self._known is not None and self._known.tls is not None

    @property
    def current(self) -> WebConfig:
        """The newest good reading."""
        if self._known is None:
            raise RuntimeError("no web configuration file is named")
        return self._known

    def look(self) -> None:
        """Read anew if one of the files has changed, or was bad; nothing of it is raised."""
        if self._known is not None and (self.degraded or self._known.files.have_changed()):
            self.reload()

    def reload(self) -> str:
        """Read anew now.

        Returns:
            What is wrong with the file, and the way out; empty where it holds from now on, or none is named.
        """
        with self._looking:
            return "" if self._known is None else self._reload(self._known)

    def _reload(self, before: WebConfig) -> str:
        from mlexporter.exposition.web_config import read_web_config  # noqa: PLC0415 - as above

        try:
            found = read_web_config(self._path)
        except SettingError as error:
            return self._keep(str(error))
        if found.files.have_changed():
            return _BEING_WRITTEN.format(self._path)
        if (found.tls is None) != (before.tls is None):
            return self._keep(_RESTART.format(self._path))
        if before.is_protected and not found.is_protected:
            return self._keep(_OPENED.format(self._path))
        if before.says_the_same(found):
            # With what it was: passwords that were right stay known.
            found = found._replace(tls=before.tls, credentials=before.credentials)
        elif before.credentials == found.credentials:
            found = found._replace(credentials=before.credentials)
        if self.degraded or not before.says_the_same(found):
            LOG.warning("mlexporter: %s was read anew and holds from now on", self._path)
        self._known, self.degraded = found, {}
        if before.tls and found.tls and before.tls.client_policy != found.tls.client_policy:
            self._on_new_clients()
        return ""

    def _keep(self, problem: str) -> str:
        sentence = _KEPT.format(problem)
        if sentence != self.degraded.get(INVALID):
            LOG.error("mlexporter: %s", sentence)
        self.degraded = {INVALID: sentence}
        return problem
