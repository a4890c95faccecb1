"""Find the reference that the argument ``profile=`` means, and say what is wrong where it fails."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mlexporter.errors import ConfigurationError, ProfileError, ProfileMismatchError
from mlexporter.settings import Settings
from mlexporter.state.forking import IMPORTING
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.profile import Profile
    from mlexporter.records import ModelKey, Reference


WARMUP = "warmup"
ProfileArgument: TypeAlias = "str | os.PathLike[str] | Profile | None"


class Loaded(NamedTuple):
    """What came of ``profile=``: a reference or none, whether to learn one, and what is degraded."""

    reference: Reference | None = None
    is_warmup: bool = False
    degraded: Mapping[str, str] = MappingProxyType({})


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
    with IMPORTING:
        from mlexporter.profile import Profile  # noqa: PLC0415 - a model without a profile needs none of it

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
        about = fields(model=key.name, version=key.version, reason=error.reason)
        LOG.error("mlexporter: model %s runs without drift: %s", key.name, error, extra=about)
        return Loaded(degraded={error.reason: str(error)})
    return _checked(profile.reference, key)


def _checked(reference: Reference, key: ModelKey) -> Loaded:
    if reference.model_name != key.name:
        raise ProfileMismatchError(
            f"the profile is of model {reference.model_name!r}, but model={key.name!r}; "
            "pass the right file or fit one with mlexporter profile --model"
        )
    if reference.model_version != key.version:
        LOG.warning("mlexporter: model %s: the profile was learned for version %s, version %s serves",
                        key.name, reference.model_version, key.version)  # fmt: skip
    return Loaded(reference)
