"""The settings of a program: what code asks for, then the environment, then the file, then the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mlexporter.settings import ENVIRONMENT_PREFIX, Settings, read_settings

_CONFIG: Final = "config"
_VARIABLE: Final = ENVIRONMENT_PREFIX + _CONFIG.upper()


def effective_settings(environment: Mapping[str, str], **overrides: Any) -> Settings:
    """Return the settings, with those of the configuration file where one is named.

    Args:
        environment: As of ``settings.read_settings``.
        overrides: As there; ``config`` names the file.

    Raises:
        SettingError: of a variable, of an override, or of the file.
    """
    named = overrides.get(_CONFIG)
    path = read_settings({_VARIABLE: environment.get(_VARIABLE, "")}, config=named).config
    if not path:
        return read_settings(environment, **overrides)
    from mlexporter.configuration.files import read_configuration  # noqa: PLC0415 - most programs name no file

    return read_settings(environment, file=read_configuration(path).settings, **overrides)
