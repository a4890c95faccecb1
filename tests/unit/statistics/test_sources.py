import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import mlexporter.statistics

SOURCES = Path(__file__).parents[3] / "docs" / "reference" / "sources.md"


def _cited():
    found = set()
    for module in pkgutil.iter_modules(mlexporter.statistics.__path__):
        text = inspect.getsource(importlib.import_module(f"mlexporter.statistics.{module.name}"))
        for sentence in re.findall(r"Source: (.*?)(?:  Differs|\n\n|\"\"\")", text, re.DOTALL):
            found |= set(re.findall(r"\b[a-z]+\d{4}\b", sentence))
    return found


def test_every_cited_source_is_listed_and_every_listed_one_cited():
    """Keys in docstrings and in docs/reference/sources.md are the same."""
    listed = set(re.findall(r"^\| `(\w+)` \|", SOURCES.read_text(encoding="utf-8"), re.MULTILINE))
    assert _cited() == listed
    assert len(listed) > 10
