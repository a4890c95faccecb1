"""Puts the figures of ``results.json`` into documents, between two marks, so that they cannot differ."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import results as results_of

ROOT: Final = Path(__file__).parents[1]
DOCUMENTS: Final = (ROOT / "README.md",)
BEGIN: Final = "<!-- figures: written by make bench from benchmarks/results.json -->"
END: Final = "<!-- end of figures -->"
_BLOCK: Final = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


def renewed(text: str, results: Mapping[str, Any]) -> str:
    """Return ``text`` with the figures of ``results`` between its marks; a text without marks as it is."""
    block = f"{BEGIN}\n\n{results_of.markdown(results)}\n\n{END}"
    return _BLOCK.sub(lambda _: block, text)


def renew(results: Mapping[str, Any]) -> None:
    """Write the figures into every document that has the marks."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        if BEGIN in text:
            path.write_text(renewed(text, results), encoding="utf-8")
