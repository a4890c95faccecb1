"""``Configured``: what the configuration file says now; a bad reading never takes away a good one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mlexporter.records.objectives import ConfigurationState
from mlexporter.state.log import LOG

if TYPE_CHECKING:
    from mlexporter.configuration.configuration import Configuration, ModelConfiguration
    from mlexporter.configuration.files import Stamp
    from mlexporter.settings import Settings

INVALID: Final = "config_invalid"
"""One of ``catalogue.DEGRADED_REASONS``."""

_KEPT: Final = (
    "the configuration file was changed and cannot be used, so that what was read before holds on: {}"
)
_LATER: Final = "mlexporter: %s was read anew; these settings change with the next start only: %s"


class Configured:
    """Reads the file at the start, and anew whenever it has changed.

    Args:
        settings: ``config`` names the file; empty is none.
        wall_clock: Unix seconds.

    Attributes:
        state: How the newest reading went, or None without a file.
        degraded: The reason and a sentence, while the newest reading is bad.

    Raises:
        SettingError: the file is wrong at the start, which is a mistake of its writer.
    """

    def __init__(self, settings: Settings, *, wall_clock: Callable[[], float]) -> None:
        self._path = settings.config
        self._wall_clock = wall_clock
        self.degraded: dict[str, str] = {}
        self._known: Configuration | None = None
        self._running: Mapping[str, str] = {}
        self._stamp: Stamp | None = None
        self.state: ConfigurationState | None = None
        if self._path:
            from mlexporter.configuration.files import read_configuration, stamp_of  # noqa: PLC0415 - most name no file

            self._stamp = stamp_of(self._path)
            self._known = read_configuration(self._path)
            self._running = self._known.settings
            self.state = ConfigurationState(is_good=True, timestamp=wall_clock())

    @property
    def has_file(self) -> bool:
        """True where a file is named."""
        return self._known is not None

    def model(self, name: str) -> ModelConfiguration | None:
        """Return what the file says of a model; None where no file is named."""
        return None if self._known is None else self._known.model(name)

    def look(self) -> None:
        """Read the file anew where it has changed; nothing of it is raised."""
        if self._known is None or self.state is None:
            return
        from mlexporter.configuration.files import read_configuration, stamp_of  # noqa: PLC0415 - as above
        from mlexporter.errors import SettingError  # noqa: PLC0415 - as above

        stamp = stamp_of(self._path)
        if stamp == self._stamp and not self.degraded:
            return
        try:
            found = read_configuration(self._path)
        except SettingError as error:
            self._stamp = stamp
            sentence = _KEPT.format(error)
            if sentence != self.degraded.get(INVALID):
                LOG.error("mlexporter: %s", sentence)
            self.degraded = {INVALID: sentence}
            self.state = self.state._replace(is_good=False)
            return
        if stamp_of(self._path) != stamp:
            return  # somebody writes just now: the next look reads all of it
        self._use(found, stamp)

    def _use(self, found: Configuration, stamp: Stamp | None) -> None:
        before, self._stamp = self._known, stamp
        running, wanted = self._running, found.settings
        waiting = sorted(name for name in {*running, *wanted} if running.get(name) != wanted.get(name))
        if waiting and before is not None and before.settings != wanted:
            LOG.warning(_LATER, self._path, ", ".join(waiting))
        if before != found or self.degraded:
            LOG.warning("mlexporter: %s was read anew; what it says of models holds from now on", self._path)
        self._known, self.degraded = found, {}
        self.state = ConfigurationState(is_good=True, timestamp=self._wall_clock())
