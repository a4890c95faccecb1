"""``Learned``: the one profile that the workers of a directory have learned of a model."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from mlexporter.app.shared_files import Lock, SharedFiles, SharedLocks, file_name, profile_file_name
from mlexporter.errors import EnvironmentDegradedError, ProfileError
from mlexporter.state.forking import IMPORTING

if TYPE_CHECKING:
    from mlexporter.app.place import Place
    from mlexporter.records import ModelKey, Reference

_KIND: Final = "learned"
_LEARNER: Final = "learner"
_FAILURES: Final = (EnvironmentDegradedError, OSError)
_PAUSE_SECONDS: Final = 0.1


class Learned:
    """Reads and leaves what was learned of a model; the first one stands.

    Args:
        place: Where the directory is; without one each process learns for itself.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    def read(self, key: ModelKey) -> Reference | None:
        """Return what was learned of a model; None until there is something that can be read."""
        directory = self._place.directory
        return None if directory is None else _read(directory, key)

    def settle(
        self, key: ModelKey, learn: Callable[[], Reference], *, is_wanted: Callable[[], bool]
    ) -> Reference | None:
        """Return the profile of all workers; one of them learns it while the others wait for it.

        A learner that dies is replaced by one that waits.

        Args:
            key: The model.
            learn: Returns a profile of the rows of this process; it may take seconds.
            is_wanted: Asked again and again while another process learns.

        Returns:
            The profile; None where nobody wants it any more.

        Raises:
            FitError: of ``learn``.
            OSError: it cannot be left for the others.
            DirectoryError: likewise, with the way out.
        """
        while is_wanted():
            directory = self._place.directory
            if directory is None:
                return learn()
            found = _read(directory, key)
            if found is not None:
                return found
            held = _try_lock(directory, file_name(_LEARNER, key))
            if held is None:
                time.sleep(_PAUSE_SECONDS)
                continue
            try:
                return _read(directory, key) or _left(directory, key, learn())
            finally:
                held.release()
        return None


def _try_lock(directory: SharedLocks, name: str) -> Lock | None:
    try:
        return directory.try_lock(name)
    except _FAILURES:  # the place finds another directory, or none
        return None


def _read(directory: SharedFiles, key: ModelKey) -> Reference | None:
    with IMPORTING:
        from mlexporter.profile import Profile, reading  # noqa: F401, PLC0415 - few models learn

    try:
        data = directory.read_shared(file_name(_KIND, key))
        reference = None if data is None else Profile.from_json(data.decode()).reference
    except (*_FAILURES, ValueError, ProfileError):
        return None
    return reference if reference is not None and reference.model_name == key.name else None


def _left(directory: SharedFiles, key: ModelKey, reference: Reference) -> Reference:
    with IMPORTING:
        from mlexporter.profile import Profile, writing  # noqa: F401, PLC0415 - as above

    data = Profile(reference).to_json().encode()
    # First where readers look for it: somebody may count into its bins as soon as it is found.
    directory.write_shared(profile_file_name(reference.profile_id), data)
    directory.write_shared(file_name(_KIND, key), data)
    return reference
