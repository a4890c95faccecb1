"""The house rules that a machine can hold: sizes, names, the version, what the package ships."""

import re
from pathlib import Path

import pytest

from mlexporter._version import __version__

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "mlexporter").rglob("*.py"))
LONGEST_FILE_LINES = 300
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "manager", "handler", "types"}
# One table of data, the only place for metric names: it grows by rows, not by logic.
MAY_BE_LONGER = {"catalogue.py"}


def breaches(path, text):
    """Return what the rules of the house say against a source file."""
    found = []
    lines = text.count("\n")
    if lines > LONGEST_FILE_LINES and path.name not in MAY_BE_LONGER:
        found.append(f"{lines} lines; split it by noun")
    if FORBIDDEN_NAMES & {path.stem, path.parent.name}:
        found.append("a name that says nothing")
    if not text.lstrip().startswith('"""'):
        found.append("no module docstring")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_files_are_short_and_named_for_the_thing_in_them(path):
    """At most 300 lines, no empty word as a name, and a docstring that says what it answers."""
    assert breaches(path, path.read_text(encoding="utf-8")) == []


def test_a_planted_file_breaks_every_rule():
    """The check can fail, on each of its rules."""
    assert len(breaches(Path("state/utils.py"), "x = 1\n" * 301)) == 3


def test_no_unfinished_work():
    """There are no notes to self in the source."""
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

    assert [str(path) for path in SOURCES if marks.search(path.read_text(encoding="utf-8"))] == []


def test_the_changelog_speaks_of_this_version():
    """The newest section of the changelog is the version of the package."""
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert newest is not None
    assert newest[1] == __version__


def test_types_are_shipped():
    """Users' type checkers see ours."""
    assert (ROOT / "src" / "mlexporter" / "py.typed").exists()
