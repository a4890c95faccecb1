"""Constants of TypeScript, the same on every run: what the plugin knows of names and queries comes from here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from mlexporter.generate.generated_files import GENERATED

Value = str | int | float | bool | Mapping[str, "Value"] | Sequence["Value"] | None
"""What a constant can hold: what JSON can, and nothing that is no number."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\u2028": "\\u2028"})


def module(source: str, words: str, *constants: str) -> str:
    """Return a file.

    Args:
        source: What to edit instead, such as ``src/mlexporter/catalogue.py``.
        words: What it holds, for whoever reads it; lines become those of a comment.
        constants: As ``constant`` makes them.
    """
    said = "\n".join(f"// {line}".rstrip() for line in words.splitlines())
    return f"// {GENERATED}`; edit {source} and generate again.\n{said}\n\n" + "\n".join(constants)


def constant(name: str, value: Value, words: str) -> str:
    """Return an exported constant whose type is as narrow as it can be; ``words`` say what it holds."""
    return f"/** {words} */\nexport const {name} = {_text(value, '')} as const;\n"


def _text(value: Value, indent: str) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, int | float):
        return _number(value)
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        lines = [f"{inner}{_key(name)}: {_text(each, inner)},\n" for name, each in value.items()]
        return f"{{\n{''.join(lines)}{indent}}}" if lines else "{}"
    if all(isinstance(each, str | int | float) for each in value):
        return f"[{', '.join(_text(each, inner) for each in value)}]"
    return "[\n" + "".join(f"{inner}{_text(each, inner)},\n" for each in value) + f"{indent}]"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that a constant can hold")
    return f"{value:.12g}"


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return f"'{text.translate(_ESCAPES)}'"
