"""``Reloading``: reads what is configured anew because somebody asks, by a signal or over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.app.engine import Engine
    from mlexporter.app.servers import Servers
    from mlexporter.exposition.reload import Reloaded
    from mlexporter.settings import Settings

_WEB_READ: Final = "{} was read and holds"
_WEB_BAD: Final = "the web configuration cannot be used, so that what was read before holds on: {}"
_EVERYBODY: Final = (
    "; {} in {} {} the same file within evaluation_interval ({:g} s) by themselves, where they name it"
)


class Reloading:
    """What reloading means for one exporter.

    Args:
        engine: What looks at the configuration file.
        servers: What looks at the web configuration file.
        settings: Parsed settings.
    """

    def __init__(self, engine: Engine, servers: Servers, settings: Settings) -> None:
        self._engine = engine
        self._servers = servers
        self._settings = settings

    def reload(self) -> Reloaded:
        """Read the configuration and the web configuration now; what is bad changes nothing. Nothing is raised."""
        from mlexporter.exposition.reload import Reloaded  # noqa: PLC0415 - most never reload

        try:
            found = self._read()
        except Exception as error:  # noqa: BLE001 - whoever asked gets an answer, and what is wrong is counted
            self._engine.counter.on_error("evaluate", error)
            found = False, f"nothing was read: {type(error).__name__}, which the log tells more of"
        tell = LOG.warning if found[0] is False else LOG.info
        path = self._settings.config or self._settings.web_config or None
        tell("mlexporter: reload was asked for: %s", found[1], extra=fields(path=path, is_good=found[0]))
        return Reloaded(*found)

    def _read(self) -> tuple[bool | None, str]:
        is_good, sentence = self._engine.expectations.reload()
        if is_good:
            sentence += self._others()
        if not self._settings.web_config:
            return is_good, sentence
        problem = self._servers.reload_web_configuration()
        web = _WEB_BAD.format(problem) if problem else _WEB_READ.format(self._settings.web_config)
        if is_good is None:
            return not problem, web
        return is_good and not problem, f"{sentence}; {web}"

    def _others(self) -> str:
        """Return, in words, whom this reading does not reach."""
        directory = self._engine.place.directory
        if directory is None:
            return ""
        n_others = self._engine.number_of_others()
        who = "1 other process" if n_others == 1 else f"{n_others} other processes"
        reads = "reads" if n_others == 1 else "read"
        interval = self._settings.evaluation_interval
        return _EVERYBODY.format(who, directory.path, reads, interval) if n_others else ""
