"""Find the reference that the argument ``profile=`` means, and say what is wrong where it fails."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlexporter.errors import ConfigurationError, ProfileError, ProfileMismatchError
from mlexporter.profile import Profile
from mlexporter.settings import Settings

if TYPE_CHECKING:
    from mlexporter.records import ModelKey, Reference

_LOGGER = logging.getLogger("mlexporter")

WARMUP = "warmup"
ProfileArgument = str | os.PathLike[str] | Profile | None


@dataclass(frozen=True)
class Loaded:
    """What came of ``profile=``: a reference or none, whether to learn one, and what is degraded."""

    reference: Reference | None = None
    is_warmup: bool = False
    degraded: dict[str, str] = field(default_factory=dict)


def load_profile(argument: ProfileArgument, key: ModelKey, settings: Settings) -> Loaded:
    """Return the reference for ``key``.

    Args:
        argument: A path, a ``Profile``, ``"warmup"`` or None.
        key: The model that will be compared with it.
        settings: ``strict`` raises what would otherwise only degrade.

    Raises:
        ConfigurationError: the argument is of a type that can never be a profile.
        ProfileMismatchError: the profile of another model, always.
        ProfileError: missing, broken or newer, only under ``strict``.
    """
    if argument is None:
        return Loaded()
    if isinstance(argument, str) and argument == WARMUP:
        return Loaded(is_warmup=True)
    if isinstance(argument, Profile):
        return _checked(argument.reference, key)
    if not isinstance(argument, str | os.PathLike):
        raise ConfigurationError(
            f"profile={argument!r}: a path, a mlexporter.Profile, 'warmup' or None is needed"
        )
    try:
        profile = Profile.load(argument, limit_bytes=settings.profile_limit_bytes)
    except ProfileError as error:
        if settings.strict:
            raise
        _LOGGER.error("mlexporter: model %s runs without drift: %s", key.name, error)  # noqa: TRY400 - the message says it all; a traceback would bury it
        return Loaded(degraded={error.reason: str(error)})
    return _checked(profile.reference, key)


def _checked(reference: Reference, key: ModelKey) -> Loaded:
    if reference.model_name != key.name:
        raise ProfileMismatchError(
            f"the profile is of model {reference.model_name!r}, but model={key.name!r}; "
            "pass the right file or fit one with mlexporter profile --model"
        )
    if reference.model_version != key.version:
        _LOGGER.warning("mlexporter: model %s: the profile was learned for version %s, version %s serves",
                        key.name, reference.model_version, key.version)  # fmt: skip
    return Loaded(reference)
