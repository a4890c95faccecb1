"""What a user may narrow all rules by: matchers of PromQL, checked before they stand in every rule."""

from __future__ import annotations

import re
from typing import Final

from mlexporter.catalogue import CATALOGUE
from mlexporter.errors import ConfigurationError

_NAME: Final = re.compile(r"\s*([a-zA-Z_]\w*)\s*", re.ASCII)
_OPERATOR: Final = re.compile(r"(=~|!~|!=|=)\s*")
_VALUE: Final = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')\s*""")
_ESCAPES: Final = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t", "r": "\r"}
_NOT_IN_RE2: Final = re.compile(r"\(\?(?:[=!>(]|<[=!]|P=)|\\[1-9]|[*+?}]\+")
_OURS: Final = frozenset(label for metric in CATALOGUE for label in (*metric.labels, "le"))
_EXAMPLE: Final = """such as namespace="ml", cluster=~"eu-.*\""""


def check_selector(text: str) -> None:
    """Refuse what is no list of matchers, or would make rules blind; nothing at all is fine.

    Raises:
        ConfigurationError: says which part is wrong and why.
    """
    if not text:
        return
    place = 0
    while True:
        place = _matcher(text, place)
        if place == len(text):
            return
        if text[place] != ",":
            raise _refusal(text, f"after {text[:place].strip()!r} a comma or the end is needed")
        place += 1


def _matcher(text: str, place: int) -> int:
    """Check the matcher that begins at ``place`` and return where it ends."""
    name = _NAME.match(text, place)
    if name is None:
        hint = "write it without braces" if text[place:].lstrip().startswith("{") else "a label is needed"
        raise _refusal(text, f"at {text[place:]!r}: {hint}, {_EXAMPLE}")
    label = name[1]
    operator = _OPERATOR.match(text, name.end())
    if operator is None:
        raise _refusal(text, f"after the label {label} one of =, !=, =~ and !~ is needed")
    value = _VALUE.match(text, operator.end())
    if value is None:
        raise _refusal(
            text, f'the value of {label} has to be in quotes that end, such as {label}{operator[1]}"x"'
        )
    if label == "__name__":
        raise _refusal(text, "__name__ would change which metric a rule reads")
    if label in _OURS:
        raise _refusal(
            text,
            f"{label} is a label of metrics of mlexporter, and the selector is also put on series without it, "
            "such as up: these rules would never fire. Select targets, by labels such as job, namespace, cluster",
        )
    plain = _unescaped(text, value[1][1:-1])
    if operator[1].endswith("~"):
        _check_expression(text, label, plain)
    return value.end()


def _unescaped(text: str, quoted: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            raise _refusal(text, f"{found[0]} is no escape of PromQL; a backslash is written \\\\")
        return _ESCAPES[found[1]]

    return re.sub(r"\\(.)", one, quoted)


def _check_expression(text: str, label: str, pattern: str) -> None:
    unsupported = _NOT_IN_RE2.search(pattern)
    if unsupported:
        raise _refusal(
            text, f"the expression of {label} has {unsupported[0]!r}, which Prometheus (RE2) lacks"
        )
    try:
        re.compile(pattern)
    except re.error as error:
        raise _refusal(text, f"the expression of {label} is none: {error}") from None


def _refusal(text: str, why: str) -> ConfigurationError:
    return ConfigurationError(f"selector={text!r}: {why}")
