"""``Configured``: what the configuration file says now; a bad reading never takes away a good one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mlexporter.records.objectives import ConfigurationState
from mlexporter.state.forking import survives_fork
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.configuration.configuration import Configuration, ModelConfiguration
    from mlexporter.configuration.files import Stamp
    from mlexporter.settings import Settings

INVALID: Final = "config_invalid"
"""One of ``catalogue.DEGRADED_REASONS``."""

_KEPT: Final = (
    "the configuration file was changed and cannot be used, so that what was read before holds on: {}"
)
_NO_FILE: Final = "no configuration file is named, so there is none to read: set MLEXPORTER_CONFIG"
_READ: Final = "{} was read; what it says of models holds from now on"
_WAITING: Final = "; these settings change with the next start only: {}"
_WRITING: Final = "{} is being written just now; ask again"
_ANEW: Final = "mlexporter: %s was read anew; what it says of models holds from now on"
_READINGS: Final = 3
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
        self._looking = survives_fork(threading.Lock())  # signals and requests ask for a reading too
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
            self._tell_of_old_keys(self._known)
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
        if self._known is None:
            return
        from mlexporter.configuration.files import stamp_of  # noqa: PLC0415 - as above

        with self._looking:
            stamp = stamp_of(self._path)
            if stamp != self._stamp or self.degraded:
                self._read(stamp)

    def reload(self) -> tuple[bool | None, str]:
        """Read the file now, whether it has changed or not; nothing of it is raised.

        Returns:
            Whether what it says holds, None where no file is named; and a sentence for who asked.
        """
        if self._known is None:
            return None, _NO_FILE
        from mlexporter.configuration.files import stamp_of  # noqa: PLC0415 - as above

        with self._looking:
            if not any(self._read(stamp_of(self._path)) for _ in range(_READINGS)):
                return False, _WRITING.format(self._path)
            if self.degraded:
                return False, self.degraded[INVALID]
            waiting = self._waiting()
            told = _WAITING.format(", ".join(waiting)) if waiting else ""
            return True, _READ.format(self._path) + told

    def _read(self, stamp: Stamp | None) -> bool:
        """Read the file; return whether all of it was read, and not a part that somebody writes."""
        from mlexporter.configuration.files import read_configuration, stamp_of  # noqa: PLC0415 - as above
        from mlexporter.errors import SettingError  # noqa: PLC0415 - as above

        try:
            found = read_configuration(self._path)
        except SettingError as error:
            self._stamp = stamp
            sentence = _KEPT.format(error)
            if sentence != self.degraded.get(INVALID):
                about = fields(reason=INVALID, path=self._path, degraded="begin")
                LOG.error("mlexporter: %s", sentence, extra=about)
            self.degraded = {INVALID: sentence}
            if self.state is not None:
                self.state = self.state._replace(is_good=False)
            return True
        if stamp_of(self._path) != stamp:
            return False  # the next look reads all of it
        self._use(found, stamp)
        return True

    def _waiting(self) -> list[str]:
        """Return the settings of the file that this process was not started with."""
        wanted = {} if self._known is None else self._known.settings
        running = self._running
        return sorted(name for name in {*running, *wanted} if running.get(name) != wanted.get(name))

    def _tell_of_old_keys(self, found: Configuration) -> None:
        for sentence in found.old_keys:
            LOG.warning("mlexporter: %s: %s", self._path, sentence, extra=fields(path=self._path))

    def _use(self, found: Configuration, stamp: Stamp | None) -> None:
        before, self._known, self._stamp = self._known, found, stamp
        waiting = self._waiting()
        if waiting and before is not None and before.settings != found.settings:
            LOG.warning(_LATER, self._path, ", ".join(waiting), extra=fields(path=self._path))
        if before != found or self.degraded:
            about = fields(path=self._path)
            if self.degraded:
                about = fields(path=self._path, reason=INVALID, degraded="end")
            LOG.warning(_ANEW, self._path, extra=about)
            self._tell_of_old_keys(found)
        self.degraded = {}
        self.state = ConfigurationState(is_good=True, timestamp=self._wall_clock())
