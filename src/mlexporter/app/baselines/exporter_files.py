"""``ExporterFiles``: what exporters have left of blocks, baselines and decisions, for the command line."""

from __future__ import annotations

import contextlib
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeVar

from mlexporter.app.baselines.baseline import Baseline
from mlexporter.app.baselines.baseline_file import KeptBaseline, baseline_from_bytes
from mlexporter.app.baselines.block_file import KeptLog, log_from_bytes
from mlexporter.app.baselines.board import BASELINE_FILE
from mlexporter.app.baselines.decision_file import add_decisions, read_decisions
from mlexporter.app.baselines.decisions import Decision, following, merged
from mlexporter.app.baselines.disk_files import SHARED, DiskFiles
from mlexporter.app.baselines.watch import BLOCKS_FILE
from mlexporter.app.baselines.words import printable
from mlexporter.app.shared_files import file_name
from mlexporter.errors import ConfigurationError, DirectoryError
from mlexporter.records import ModelKey
from mlexporter.state.clock import WindowClock

_COPIES: Final = ("", "-a", "-b")
_WAIT_SECONDS: Final = 5.0
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_Kept = TypeVar("_Kept", KeptLog, KeptBaseline)


class ExporterFiles:
    """Finds models, and writes decisions down, in one directory.

    Args:
        path: The directory.
        is_shared: True for one that workers count in, False for a ``snapshot_dir``.

    Raises:
        DirectoryError: it is not there, or unsafe; the message names the way out.
    """

    def __init__(self, path: Path, *, is_shared: bool) -> None:
        if not path.is_dir():
            variable = "MLEXPORTER_DIR" if is_shared else "MLEXPORTER_SNAPSHOT_DIR"
            raise DirectoryError(
                f"directory {str(path)!r} is not there; name the one that the exporter uses, its {variable}; "
                "describe() and the log of the exporter tell it"
            )
        if is_shared:
            path = _of_this_user(path)
        self._path = path
        self._files = DiskFiles(path, prefix=SHARED if is_shared else "")
        self._moment = WindowClock().moment(time.time())

    def find(self, name: str, version: str | None, variant: str | None) -> KeptLog:
        """Return what is kept of the blocks of one model.

        Raises:
            ConfigurationError: there is none of this name, or more than one; the message lists what there is.
            DirectoryError: the directory cannot be read.
        """
        logs = self._logs()
        wanted = (name, version, variant)
        found = [
            log
            for key, log in sorted(logs.items())
            if all(
                want is None or want == value for want, value in zip(wanted, key.label_values, strict=True)
            )
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigurationError(
                f"model {name!r} is there {len(found)} times: {_listed(log.key for log in found)}; say which by "
                "--version and --variant"
            )
        asked = "".join(
            f", {what} {value!r}"
            for what, value in (("version", version), ("variant", variant))
            if value is not None
        )
        others = (
            f"there are: {_listed(sorted(logs))}"
            if logs
            else "no model with a profile has been evaluated there yet, or MLEXPORTER_BASELINE is off"
        )
        raise ConfigurationError(f"no model {name!r}{asked} in {str(self._path)!r}; {others}")

    def baseline(self, key: ModelKey) -> Baseline | None:
        """Return the baseline that is in use; None where drift is measured against training.

        Raises:
            DirectoryError: the directory cannot be read.
        """
        kept = self._newest(file_name(BASELINE_FILE, key), baseline_from_bytes)
        return None if kept is None or kept.key != key else kept.baseline

    def decisions(self, key: ModelKey) -> tuple[Decision, ...]:
        """Return all decisions about a model, oldest first.

        Raises:
            ConfigurationError: the file is damaged; the exporter sets it aside.
            DirectoryError: the directory cannot be read.
        """
        try:
            return merged(read_decisions(self._files, key))
        except ValueError as error:
            raise ConfigurationError(
                f"the decisions about {key.name!r} cannot be read: {error}; the exporter sets the file aside when it "
                "evaluates next, and goes on with what else it knows"
            ) from None

    def decide(self, key: ModelKey, decision: Decision) -> None:
        """Write a decision down; the exporter finds it when it evaluates next.

        Raises:
            DirectoryError: the directory cannot be written to, or somebody else does for long.
        """
        with contextlib.suppress(ValueError):  # adding to a damaged file sets it aside
            decision = following(decision, read_decisions(self._files, key))
        add_decisions(self._files, key, [decision], wait_seconds=_WAIT_SECONDS)

    def _logs(self) -> dict[ModelKey, KeptLog]:
        names = [name for name in self._files.names() if name.startswith(f"{BLOCKS_FILE}-")]
        bases = dict.fromkeys(name.removesuffix("-a").removesuffix("-b") for name in names)
        found = [self._newest(base, lambda data: log_from_bytes(data, self._moment)) for base in bases]
        return {log.key: log for log in found if log is not None}

    def _newest(self, name: str, parse: Callable[[bytes], _Kept]) -> _Kept | None:
        copies = []
        for copy in _COPIES:
            data = self._files.read_shared(name + copy)
            if data is None:
                continue
            try:
                copies.append(parse(data))
            except ValueError:  # the exporter sets it aside, and its log says so
                continue
        return max(copies, key=lambda kept: kept.written.wall, default=None)


def _of_this_user(path: Path) -> Path:
    """Return the folder of this user where the directory is one that several users write to."""
    from mlexporter.app.workers.directory import user_folder  # noqa: PLC0415 - not to be had on Windows

    own = path / user_folder()
    return own if path.stat().st_mode & _OTHERS_WRITE and own.is_dir() else path


def _listed(keys: Iterable[ModelKey]) -> str:
    names = [f"{key.name!r} version {key.version!r} ({key.variant})" for key in keys]
    return printable(", ".join(names))
