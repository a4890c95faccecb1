"""Records of the log as lines: one line each, whoever wrote what is in it, as text, logfmt or JSON.

Keys are those of Prometheus 3, which stands beside us in every log store: ``time``, ``level``, ``msg``; then
``logger`` and what a record is about, such as ``model`` or ``reason``. Levels are the words of ``--log-level``.
What exceptions say stays out: they may hold values of rows. Their class and our own frames tell where to look.
"""

from __future__ import annotations

import json
import logging
import traceback
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mlexporter.errors import MLExporterError
from mlexporter.state.log import FIELDS

_PREFIX: Final = "mlexporter: "
_PACKAGE: Final = Path(__file__).parent.parent
_NOT_PLAIN: Final = ("C", "Zl", "Zp")
"""Categories of what ends or hides a line: controls, formats, surrogates, separators of lines and paragraphs."""


class LineFormatter(logging.Formatter):
    """Formats a record as one line.

    Args:
        form: ``text``, ``logfmt`` or ``json``.
    """

    def __init__(self, form: str) -> None:
        super().__init__()
        self._written = _FORMS[form]

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without a line end."""
        return self._written(record_fields(record))


def record_fields(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a record says, by key: time, level, logger, msg, then what it is about."""
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    found: dict[str, Any] = {
        "time": moment.removesuffix("+00:00") + "Z",
        "level": record.levelname.lower(),
        "logger": record.name,
        "msg": _message(record).removeprefix(_PREFIX),
    }
    about = getattr(record, FIELDS, {})
    if isinstance(about, Mapping):
        found.update(
            (name, value) for name, value in about.items() if name not in found and value is not None
        )
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        found["exception"] = type(error).__name__
        found["frames"] = ", ".join(_own_frames(error))
    return found


def _message(record: logging.LogRecord) -> str:
    """Return the message; an exception that is not ours is named by its class wherever it stands in it."""
    arguments: Any = record.args
    if isinstance(arguments, tuple):
        arguments = tuple(map(_told, arguments))
    elif isinstance(arguments, Mapping):
        arguments = {name: _told(value) for name, value in arguments.items()}
    text = str(_told(record.msg))
    try:
        return text % arguments if arguments else text
    except Exception:  # noqa: BLE001 - a message that does not fit its arguments is a message all the same
        return text


def _told(value: Any) -> Any:
    if not isinstance(value, BaseException) or isinstance(value, MLExporterError):
        return value
    name = type(value).__name__
    # The words of the operating system are its own; a name of a file beside them may be anybody's.
    return f"{name}: {value.strerror}" if isinstance(value, OSError) and value.strerror else name


def _own_frames(error: BaseException) -> list[str]:
    """Return where in our own code an exception came by, outermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        f"{Path(frame.filename).relative_to(_PACKAGE)}:{frame.lineno} {frame.name}"
        for frame in frames
        if Path(frame.filename).is_relative_to(_PACKAGE)
    ]


def _text(found: Mapping[str, Any]) -> str:
    error = f" ({found['exception']} at {found['frames']})" if "exception" in found else ""
    return one_line("{time} {level} {logger}: {msg}".format_map(found) + error)


def _logfmt(found: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_logfmt_value(value)}" for name, value in found.items())


def _logfmt_value(value: Any) -> str:
    text = str(value)
    is_bare = text.isascii() and text.isprintable() and not set(text) & set(' ="\\')
    return text if text and is_bare else json.dumps(text)


def _json(found: Mapping[str, Any]) -> str:
    # Other than ASCII is escaped: a separator of lines that is none for JSON may be one for a reader.
    return json.dumps(found, default=str)


_FORMS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "text": _text,
    "logfmt": _logfmt,
    "json": _json,
}


def one_line(text: str) -> str:
    """Return ``text`` with what ends a line, or steers a terminal, written as an escape."""
    return "".join(
        json.dumps(character)[1:-1] if unicodedata.category(character).startswith(_NOT_PLAIN) else character
        for character in text
    ).replace("\x7f", "\\u007f")
