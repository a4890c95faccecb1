"""The exceptions that mlexporter raises, in one file so that any layer can import them.

    MLExporterError                  everything below; catch this to catch all of ours
    ├── ConfigurationError           a mistake in code or settings; raises at once, always
    │   ├── SettingError             a setting or an ``MLEXPORTER_*`` variable has an impossible value
    │   └── DuplicateModelError      two functions claim one model with different outputs or profiles
    ├── EnvironmentDegradedError     the world is not as it should be; raised only under ``strict``
    │   ├── PortInUseError           the address to serve on belongs to somebody else
    │   ├── PushError                what is counted cannot be pushed over OTLP
    │   ├── DirectoryError           the directory that workers share cannot be used
    │   │   ├── DirectoryUnsafeError     somebody else could write into it
    │   │   ├── DirectoryFullError       there is no room left in it
    │   │   └── DirectoryBusyError       its lock was not given in time
    │   └── ProfileError             a profile cannot be used
    │       ├── ProfileMissingError      there is no such file, or it cannot be read
    │       ├── ProfileFormatError       it is truncated, not ours, or says something impossible
    │       └── ProfileVersionError      it was written by a newer mlexporter
    ├── ProfileMismatchError         the profile of another model; a code mistake, raises always
    ├── FitError                     training data that no profile can be learned from
    └── BinMismatchError             two samples that do not share their bins

Code mistakes raise at once. A bad environment degrades to service metrics, loudly, and raises
only under ``strict``. Nothing here is ever raised into a call of a monitored function.
Every message names the field, the value and the way out.
"""

from __future__ import annotations

from typing import TypeVar

_Failure = TypeVar("_Failure", bound=BaseException)


class MLExporterError(Exception):
    """Any error of mlexporter."""


class ConfigurationError(MLExporterError, ValueError):
    """An argument or a setting that can never work."""


class SettingError(ConfigurationError):
    """A setting has an impossible value."""


class DuplicateModelError(ConfigurationError):
    """Two functions claim one model, version and variant, and do not agree."""


class EnvironmentDegradedError(MLExporterError):
    """Something outside the code is missing or broken; ``reason`` is the label of the series."""

    reason = "environment"


class PortInUseError(EnvironmentDegradedError):
    """The address to serve on is taken."""

    reason = "port_in_use"


class PushError(EnvironmentDegradedError):
    """Nothing can be pushed: a package is missing, or the receiver does not take it."""

    reason = "push_failing"


class DirectoryError(EnvironmentDegradedError):
    """The directory that workers share is not there, is read-only, or does not work."""

    reason = "directory_unusable"


class DirectoryUnsafeError(DirectoryError):
    """The shared directory is a link, belongs to somebody else, or others may write into it."""

    reason = "directory_unsafe"


class DirectoryFullError(DirectoryError):
    """There is no room left in the shared directory."""

    reason = "directory_full"


class DirectoryBusyError(DirectoryError):
    """Another process held the lock of the shared directory for too long."""

    reason = "directory_busy"


class ProfileError(EnvironmentDegradedError):
    """A profile cannot be used."""

    reason = "profile_invalid"


class ProfileMissingError(ProfileError):
    """The profile's file is not there or cannot be read."""

    reason = "profile_missing"


class ProfileFormatError(ProfileError):
    """The file is not a profile, is truncated, or holds impossible values."""

    reason = "profile_invalid"


class ProfileVersionError(ProfileError):
    """The profile was written in a newer schema than this version reads."""

    reason = "profile_newer"


class ProfileMismatchError(ConfigurationError):
    """The profile was learned for another model."""


class FitError(MLExporterError, ValueError):
    """The training data cannot make a profile."""


class BinMismatchError(MLExporterError, ValueError):
    """Two samples have different bins and cannot be compared."""


def without_frames(error: _Failure) -> _Failure:
    """Return ``error``, to be kept: it and what led to it let go of the frames that they were raised in.

    Frames hold all that was computed in them, and often who keeps the error: a circle, which Python may not collect
    for many minutes, while each failure adds another one.
    """
    known: BaseException | None = error
    seen: set[int] = set()
    while known is not None and id(known) not in seen:
        seen.add(id(known))
        known.__traceback__ = None
        known = known.__cause__ or known.__context__
    return error
