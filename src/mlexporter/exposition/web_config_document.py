"""Reads the YAML of a web configuration, and says of each mistake which key, which value and what would do."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from mlexporter.errors import SettingError

Table = Mapping[str, Any]

_TRUE: Final = frozenset({"true", "yes", "on", "y"})
_FALSE: Final = frozenset({"false", "no", "off", "n"})
_DURATION: Final = re.compile(r"([0-9]{1,9})(ms|s|m|h)")
_QUOTED: Final = re.compile(r"'[^']{2,}'")
"""More than a character of the file, in a message of YAML."""
_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_OURS: Final = "mlexporter"


def read_documents(data: bytes, path: str) -> dict[str, Any]:
    """Return the top level of a file; all scalars are texts, as its keys and passwords are meant to be.

    Programs that know the format of exporters alone refuse keys that they do not know, but read the first
    document only: a second one may hold our own key ``mlexporter``.

    Raises:
        SettingError: it is no YAML, or no table of keys. Nothing of the content is quoted: it has secrets.
    """
    import yaml  # noqa: PLC0415 - most serve without this file

    from mlexporter.exposition.web_config_loader import UniqueKeyLoader  # noqa: PLC0415 - likewise

    try:
        documents = list(yaml.load_all(data, UniqueKeyLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = _QUOTED.sub("'...'", error.problem or error.context or "")
        raise SettingError(f"{path}: {where}this is no YAML: {problem}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SettingError(
            f"{path}: this is no YAML ({type(error).__name__}); save it as UTF-8 text"
        ) from None
    found: dict[str, Any] = {}
    for number, document in enumerate(documents):
        content = as_table(document, f"{path}: document {number + 1}" if number else path)
        if number:
            known_keys(content, (_OURS,), f"{path}: document {number + 1}")
        twice = sorted(found.keys() & content.keys())
        if twice:
            raise SettingError(f"{path}: {twice[0]} stands in two documents; leave one of them out")
        found |= content
    return found


def known_keys(table: Table, known: Collection[str], where: str) -> None:
    """Raise SettingError where a key is none of ``known``; it names the nearest one."""
    for key in table:
        if key not in known:
            from difflib import get_close_matches  # noqa: PLC0415 - hardly ever needed

            near = get_close_matches(key, known, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known))}"
            raise SettingError(f"{where}: unknown key {shown(key)}; {hint}")


def as_table(value: Any, where: str) -> Table:
    """Return a table with texts as keys; nothing, as an empty one."""
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise SettingError(f"{where}: keys with values are needed, such as cert_file: server.crt")
    for key in value:
        if not isinstance(key, str):
            raise SettingError(f"{where}: a key is a list or a table; a name is needed")
    return value


def as_text(value: Any, where: str) -> str:
    """Return a text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise SettingError(f"{where}: one text is needed, and no {_kind(value)}")
    return value


def as_texts(value: Any, where: str) -> tuple[str, ...]:
    """Return a list of texts; nothing, as an empty one."""
    if value is None or value == "":
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingError(f"{where}: a list of texts is needed, such as [one, another]")
    return tuple(value)


def as_boolean(value: Any, where: str) -> bool:
    """Return true or false."""
    lowered = value.strip().lower() if isinstance(value, str) else ""
    if lowered not in _TRUE | _FALSE:
        raise SettingError(f"{where}: {shown(value)} is neither true nor false; one of them is needed")
    return lowered in _TRUE


def as_whole(value: Any, where: str) -> int:
    """Return a whole number of at most nine digits, from 0."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value):
        raise SettingError(f"{where}: {shown(value)} is no whole number from 0; such as 20 is needed")
    return int(value)


def as_seconds(value: Any, where: str) -> float:
    """Return the seconds of a duration such as ``100ms`` or ``1s``."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if value == "0":
        return 0.0
    if match is None:
        raise SettingError(f"{where}: {shown(value)} is no duration; such as 100ms, 1s or 2m is needed")
    return int(match[1]) * _UNITS[match[2]]


def one_of(value: Any, choices: Collection[str], where: str) -> str:
    """Return one of ``choices``."""
    if not isinstance(value, str) or value not in choices:
        raise SettingError(f"{where}: {shown(value)} is none of {', '.join(choices)}; one of them is needed")
    return value


def taken(table: Table, name: str, where: str, parse: Callable[[Any, str], Any], default: Any) -> Any:
    """Return what ``parse`` makes of the key ``name``, or ``default`` where it is not given."""
    return parse(table[name], f"{where}.{name}") if name in table else default


def shown(value: Any) -> str:
    """Return a value for a message, cut short whatever it is."""
    return reprlib.repr(value)


def _kind(value: Any) -> str:
    return "list" if isinstance(value, list) else "table"
