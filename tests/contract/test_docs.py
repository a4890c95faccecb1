"""The documents agree with what they speak of: links, make targets, commands, code."""

import re
from pathlib import Path

import pytest

import mlexporter
from mlexporter.cli import COMMANDS, command_line
from mlexporter.testing import isolated_exporter

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "alerts/**/*.md", "examples/**/*.md", "helm/**/*.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def broken_links(text, folder):
    """Return the relative links in ``text`` that lead nowhere from ``folder``."""
    targets = (target for target in LINK.findall(text) if not target.startswith(("http:", "https:")))
    return [target for target in targets if not (folder / target).exists()]


def unknown_targets(text, makefile):
    """Return the make targets that ``text`` names and ``makefile`` does not have."""
    named = set(re.findall(r"\bmake ([a-z-]+)\b(?=[`\s])", text))
    in_code = {word for word in named if f"`make {word}" in text or f"\nmake {word}" in text}
    return sorted(word for word in in_code if not re.search(rf"^{word}:", makefile, re.MULTILINE))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    """Every relative link and picture of a document exists."""
    assert broken_links(path.read_text(encoding="utf-8"), path.parent) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_exist(path):
    """Every ``make`` command that a document tells exists."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert unknown_targets(path.read_text(encoding="utf-8"), makefile) == []


def test_planted_faults_are_found(tmp_path):
    """The two checks can fail: a dead link and a target that is not there."""
    assert broken_links("see [that](nowhere.md) and [this](https://example.org)", tmp_path) == ["nowhere.md"]
    assert unknown_targets("run `make nonsense` now", "test:\n") == ["nonsense"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_is_in_a_document(name):
    """A command that no document mentions does not exist for a stranger."""
    command = command_line.get_command(None, name)
    texts = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)

    assert command.help
    assert f"mlexporter {name}" in texts


def test_the_python_of_the_readme_runs(training_profile_path):
    """The decorator block of the README works as it stands, with a model and a profile in place."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = next(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "@mlexporter" in block
    )
    code = block.replace('"fares.profile.json"', repr(str(training_profile_path))).replace("9469", "0")

    class Model:
        def predict_proba(self, rows):
            import numpy as np

            return np.array([[0.25, 0.75]])

    names = {"model": Model(), "vectorize": lambda trip: [list(trip.values())]}
    with isolated_exporter() as exporter:
        exec(compile(code, "README.md", "exec"), names)
        answer = names["predict"]({"distance": 2.4, "hour": 7})
        snapshot = exporter.view().models[0].snapshot

    assert answer == 0.75
    assert snapshot.service.accepted == snapshot.profile.drained == 1
    assert snapshot.service.schema_violations["missing_feature"] == 0


@pytest.fixture
def training_profile_path(tmp_path):
    frame = {
        "distance": [index / 10 for index in range(400)],
        "hour": [index % 24 for index in range(400)],
        "score": [index / 400 for index in range(400)],
        "paid": [index % 3 == 0 for index in range(400)],
    }
    path = tmp_path / "fares.profile.json"
    mlexporter.Profile.fit(frame, model="fares", version="3", prediction="score", label="paid").save(path)
    return path
