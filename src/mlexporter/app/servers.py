"""``Servers``: what listens for an exporter, stands by for a port, or says why it does neither."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlexporter.app.arguments import listening_address
from mlexporter.app.engine import Engine
from mlexporter.app.not_serving import NotServing, log_not_serving
from mlexporter.app.standby import Standby
from mlexporter.app.web_configured import WebConfigured
from mlexporter.errors import PortInUseError
from mlexporter.settings import Settings
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.exposition.reload import Reloaded
    from mlexporter.exposition.server import ServerHandle
    from mlexporter.records import View


class Servers:
    """The servers of one exporter.

    Args:
        engine: Its directory decides which of many workers listens.
        settings: Parsed settings.
        view: Returns what is shown.
        reload: Reads what is configured anew, for who may ask for it over HTTP.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        view: Callable[[], View],
        reload: Callable[[], Reloaded],
    ) -> None:
        self._reload = reload
        self._engine = engine
        self._settings = settings
        self._view = view
        self._servers: list[ServerHandle | Standby] = []
        self._degraded: dict[str, str] = {}
        self._web: WebConfigured | None = None

    @property
    def degraded(self) -> dict[str, str]:
        """Why nothing is served although it was asked for, or not as it should be, by reason."""
        return {**self._degraded, **(self._web.degraded if self._web else {})}

    def serve(self, port: int | None, host: str | None) -> ServerHandle | Standby | NotServing:
        """Listen, or stand by; ``Exporter.serve`` says what the arguments mean.

        Raises:
            ConfigurationError: ``port`` or ``host`` can never be listened on.
            SettingError: the web configuration file is wrong.
            PortInUseError: the address is taken, only under ``strict``.
        """
        from mlexporter.exposition import server  # noqa: PLC0415 - loads uvicorn
        from mlexporter.exposition.reload import ReloadEndpoint  # noqa: PLC0415 - as above

        address, number = listening_address(self._settings, host, port)
        counter, place = self._engine.counter, self._engine.place
        web = self._web_configuration()

        def start() -> ServerHandle:
            return server.serve(
                self._view, host=address, port=number,
                connection_limit=self._settings.connection_limit,
                header_timeout=self._settings.header_timeout,
                on_denied=counter.on_denied, on_error=counter.on_error,
                web=(lambda: web.current) if web.has_file else None,
                reload=ReloadEndpoint(self._reload if self._settings.reload_endpoint else None),
            )  # fmt: skip

        place.enter()
        handle: ServerHandle | Standby
        if place.directory is not None and number:
            handle = Standby(place, start, host=address, port=number, is_tls=web.has_tls)
            problem = handle.problem
        else:
            try:
                handle, problem = start(), ""
            except PortInUseError as error:
                problem = str(error)
        if problem:
            return self._not_serving(problem)
        self._degraded.pop(PortInUseError.reason, None)
        self._servers.append(handle)
        LOG.info("mlexporter: serving on %s", handle.url, extra=fields(url=handle.url))
        return handle

    def _not_serving(self, problem: str) -> NotServing:
        if self._settings.strict:
            raise PortInUseError(problem)
        log_not_serving(problem, self._settings, is_single_worker=self._engine.place.is_single_worker)
        self._degraded[PortInUseError.reason] = problem
        return NotServing(problem)

    def _web_configuration(self) -> WebConfigured:
        """Return what is read of the file, which is first read when something is first to be served."""
        if self._web is None:
            self._web = WebConfigured(self._settings.web_config, on_new_clients=self._renew_connections)
        return self._web

    def reload_web_configuration(self) -> str:
        """Read the web configuration anew, now; return what is wrong with it, or nothing."""
        return self._web.reload() if self._web is not None else ""

    def _renew_connections(self) -> None:
        for server in tuple(self._servers):
            server.renew_connections()

    def retry(self, *, is_elsewhere: bool) -> None:
        """Look at the web configuration, and take over ports whose worker is gone; to be called every second.

        Args:
            is_elsewhere: The directory was removed, and another has taken its place.
        """
        if self._web is not None:
            self._web.look()
        for server in tuple(self._servers):
            if isinstance(server, Standby):
                server.retry(is_elsewhere=is_elsewhere)

    def forget(self) -> None:
        """In a forked child: the parent goes on serving, the child stands by."""
        for handle in self._servers:
            handle.forget()
        self._servers = [handle for handle in self._servers if isinstance(handle, Standby)]

    def close(self) -> None:
        """Stop serving, and standing by."""
        for handle in self._servers:
            handle.close()
        self._servers.clear()
