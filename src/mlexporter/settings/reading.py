"""Reads settings: what code asks for, then the environment, then the file, then the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from mlexporter import catalogue
from mlexporter.errors import SettingError
from mlexporter.settings.table import ENVIRONMENT_PREFIX, SETTINGS, Setting, Settings

_LINKS: Final = ("tcp://", "udp://", "sctp://")


def read_settings(
    environment: Mapping[str, str], *, file: Mapping[str, str] = MappingProxyType({}), **overrides: object
) -> Settings:
    """Return the settings that ``overrides``, ``environment`` and ``file`` ask for; who comes first wins.

    No file is read here: ``configuration.effective_settings`` does that, and hands on what it says.

    Args:
        environment: Usually ``os.environ``; only ``MLEXPORTER_*`` of the table is looked at.
        file: Settings of the configuration file, by name, as text that was checked.
        overrides: Fields of ``Settings`` with parsed values or text; None means not given.

    Raises:
        SettingError: a value is impossible or a name is unknown; says which and what would do.
    """
    known = {setting.name: setting for setting in SETTINGS}
    unknown = sorted(set(overrides) - set(known))
    if unknown:
        raise SettingError(f"unknown setting {unknown[0]!r}; known are: {', '.join(known)}")
    values: dict[str, object] = {}
    for name, setting in known.items():
        override = overrides.get(name)
        if override is not None:
            text = ",".join(override) if isinstance(override, tuple) else str(override)
            values[name] = _parsed(setting, text, name)
        elif is_given(setting, environment):
            values[name] = _parsed(setting, environment[setting.variable], setting.variable)
        elif (old := _old_variable(name, environment)) is not None:
            values[name] = _parsed(setting, environment[old], old)
        elif name in file:
            values[name] = _parsed(setting, file[name], name)
    return Settings(**values)  # type: ignore[arg-type]


def is_given(setting: Setting, environment: Mapping[str, str]) -> bool:
    """Return whether a variable of the environment says what a setting is.

    In every pod of a namespace with a Service ``mlexporter`` Kubernetes sets MLEXPORTER_PORT itself, to
    something like tcp://10.0.0.1:9469: nobody has said anything then.
    """
    text = environment.get(setting.variable)
    return text is not None and not (setting.name == "port" and text.startswith(_LINKS))


def renamed_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that have an old name, which is still read, each with its new one."""
    found = {}
    for setting in SETTINGS:
        old = _old_variable(setting.name, environment)
        if old is not None:
            found[old] = setting.variable
    return found


def _old_variable(name: str, environment: Mapping[str, str]) -> str | None:
    rows = (each for each in catalogue.RENAMED if each.kind == "setting" and each.new == name)
    variables = (ENVIRONMENT_PREFIX + each.old.upper() for each in rows)
    return next((variable for variable in variables if variable in environment), None)


def misspelt_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are nearly a setting, each with the setting that was meant."""
    names = [setting.name.upper() for setting in SETTINGS]
    old = {each.old for each in catalogue.RENAMED if each.kind == "setting"}
    found: dict[str, str] = {}
    for variable in environment:
        name = variable.removeprefix(ENVIRONMENT_PREFIX)
        if name != variable and name not in names and name.lower() not in old:
            from difflib import get_close_matches  # noqa: PLC0415 - hardly ever needed

            near = get_close_matches(name, names, n=1, cutoff=0.75)
            if near:
                found[variable] = ENVIRONMENT_PREFIX + near[0]
    return found


def _parsed(setting: Setting, text: str, source: str) -> object:
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{source}={text!r}: {error}") from None
