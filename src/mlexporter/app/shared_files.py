"""What the processes of a directory leave each other, and what such files are called."""

from __future__ import annotations

from typing import Protocol

from mlexporter.records import ModelKey


class SharedFiles(Protocol):
    """Small files that every process of a directory can see."""

    def write_shared(self, name: str, data: bytes) -> None:
        """Write a file; readers find the old one or the new one, whole.

        Raises:
            OSError: the file system says no.
            DirectoryError: likewise, with the way out.
        """

    def read_shared(self, name: str) -> bytes | None:
        """Return what is in a file; None where there is none.

        Raises:
            OSError: the file system says no.
            DirectoryError: likewise, with the way out.
        """


class Lock(Protocol):
    """A lock that is held for as long as its process lives; a forked child does not inherit it."""

    def release(self) -> None:
        """Give it back. Safe to call twice."""


class SharedLocks(Protocol):
    """Locks that one process of a directory can hold."""

    def try_lock(self, name: str) -> Lock | None:
        """Return the lock if it is free, at once.

        Raises:
            OSError: the file system says no.
            DirectoryError: likewise, with the way out.
        """


def file_name(kind: str, key: ModelKey) -> str:
    """Return the name of the file of this kind about a model: its own names may be no file names."""
    import hashlib  # noqa: PLC0415 - a program that only begins to serve needs neither
    import json  # noqa: PLC0415 - most processes share nothing

    digest = hashlib.sha256(json.dumps(key.label_values).encode()).hexdigest()[:16]
    return f"{kind}-{digest}"


def profile_file_name(profile_id: str) -> str:
    """Return the name of the file in which a profile stands, whoever serves or learned it."""
    return f"profile-{profile_id}"
