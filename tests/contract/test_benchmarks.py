"""`make bench` runs, believes no contestant that counts wrongly, and names what it could not measure."""

import ast
import importlib
import json
import subprocess
import sys

import pytest

RESULTS = {
    "measured": "2026-01-01",
    "is_quick": False,
    "machine": {
        "processor": "one",
        "cores": 2,
        "memory_gib": 4,
        "system": "Linux",
        "python": "CPython 3.11",
    },
    "figures": [
        {
            "what": "a call",
            "unit": "OBS",
            "limit": 0.9,
            "at_least": False,
            "measured": 0.456,
            "is_met": True,
        },
        {"what": "a peer", "unit": "x", "limit": 20, "at_least": True, "measured": 3.0, "is_met": False},
        {"what": "another", "unit": "x", "not_measured": "it does not install"},
    ],
    "contests": {"calls": {"mlexporter": {"versions": {"numpy": "2.0"}, "observation_seconds": 1e-6}}},
}
MADE_TASKS = """
from contest import NotMeasurable, check

class Honest:
    def __init__(self, *, quick):
        self.calls = 0

    def repeat(self):
        self.calls += 1
        return {"call": self.calls}

    def close(self):
        pass

class Wrong(Honest):
    def repeat(self):
        print("a library is chatty")
        check("rows", 1, 2)

class Absent(Honest):
    def __init__(self, *, quick):
        raise NotMeasurable("this system has none")
"""


@pytest.fixture
def benchmark_module(root, monkeypatch):
    """Import a module of the folder ``benchmarks``, for the time of one test."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(root / "benchmarks") in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def made(benchmark_module, tmp_path, monkeypatch):
    """Hold a contest of tasks that are made here: contestant to class."""
    (tmp_path / "made_tasks.py").write_text(MADE_TASKS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def hold(**entries):
        contest = benchmark_module("contests").Contest(
            "made", {name: f"made_tasks:{task}" for name, task in entries.items()}
        )
        return benchmark_module("races").hold(contest, frozenset(entries), quick=False, repetitions=7)

    return hold


@pytest.mark.slow
def test_a_quick_run_prints_a_table_and_writes_json(root, tmp_path):
    """Two contests of ours; the figures of the others say that they were not asked for."""
    path = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, root / "benchmarks" / "run.py", "--quick", "--only", "ours",
         "--contests", "hot_path,batch", "--json", path],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

    found = json.loads(path.read_text(encoding="utf-8"))
    by_name = {figure["what"]: figure for figure in found["figures"]}
    assert by_name["one row of 20 features, hot path, drains left out"]["measured"] > 0
    assert by_name["one row of 20 features, all in"]["not_measured"] == "not asked for"
    assert found["contests"]["batch"]["mlexporter"]["numbers"]["row"] > 0
    assert "hot path" in done.stdout
    assert "QUICK" in done.stdout


def test_an_unknown_contest_is_told(root):
    """With the names of those that there are."""
    done = subprocess.run(
        [sys.executable, root / "benchmarks" / "run.py", "--contests", "taill"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "'taill'" in done.stderr
    assert "tail," in done.stderr


class TestRaces:
    """``benchmarks/races.py``."""

    @pytest.mark.slow
    def test_the_first_repetition_warms_up_and_the_median_is_of_seven(self, made):
        """The task says 1, 2, 3 and so on: the median of 2 to 8 is 5."""
        outcome = made(mlexporter="Honest")["mlexporter"]
        assert outcome.numbers == {"call": 5.0}
        assert (outcome.lowest["call"], outcome.highest["call"], outcome.repetitions) == (2.0, 8.0, 7)
        assert outcome.observation_seconds > 0

    @pytest.mark.slow
    def test_a_peer_that_counts_wrongly_is_absent_with_its_reason(self, made):
        """The others go on."""
        found = made(mlexporter="Honest", prometheus_client="Wrong")
        assert found["prometheus_client"].absent == "contest.Miscount: rows: 1 counted, 2 expected"
        assert found["prometheus_client"].numbers == {}
        assert not found["prometheus_client"].is_failed
        assert found["mlexporter"].numbers == {"call": 5.0}

    @pytest.mark.slow
    def test_ours_that_counts_wrongly_has_failed(self, made):
        """Its figures are not believed either, and the run will end with status 1."""
        outcome = made(mlexporter="Wrong", prometheus_client="Honest")["mlexporter"]
        assert outcome.is_failed
        assert outcome.numbers == {}
        assert "1 counted, 2 expected" in outcome.absent

    @pytest.mark.slow
    def test_what_cannot_be_measured_here_says_why(self, made):
        """In its own words."""
        assert made(prometheus_client="Absent")["prometheus_client"].absent == "this system has none"


class TestEnvironments:
    """``benchmarks/environments.py``."""

    def test_what_is_there_is_used_until_its_pins_change(self, benchmark_module, tmp_path, monkeypatch):
        """The name of the folder holds the pins."""
        monkeypatch.setenv("MLEXPORTER_CACHE", str(tmp_path))
        environments = benchmark_module("environments")
        made = []
        monkeypatch.setattr(
            environments.Environment, "_make", lambda _self, folder: made.append(folder) or fill(folder)
        )

        def fill(folder):
            (folder / "bin").mkdir(parents=True)
            (folder / "bin" / "python").touch()

        one, two = environments.Environment("peer", ("a==1",)), environments.Environment("peer", ("a==2",))
        assert one.python() == one.python() == made[0] / "bin" / "python"
        assert two.python() == made[1] / "bin" / "python"
        assert len(set(made)) == 2


class TestFigures:
    """``benchmarks/results.py`` and ``benchmarks/documents.py``."""

    def test_the_table_says_measured_bar_and_whether_it_is_met(self, benchmark_module):
        """A line for each; what was not measured says why."""
        lines = benchmark_module("results").table(RESULTS).splitlines()
        assert lines[2].split() == ["a", "call", "0.46", "OBS", "<=", "0.90", "OBS", "yes"]
        assert lines[3].split() == ["a", "peer", "3.00x", ">=", "20x", "NO"]
        assert lines[4].split(maxsplit=2) == ["another", "-", "it does not install"]
        assert benchmark_module("results").missed(RESULTS) == ["a peer (x)"]

    def test_the_figures_of_a_document_are_replaced_between_its_marks(self, benchmark_module):
        """Twice gives the same; the words around stay."""
        documents = benchmark_module("documents")
        text = f"before\n\n{documents.BEGIN}\nold\n{documents.END}\n\nafter\n"
        renewed = documents.renewed(text, RESULTS)
        assert "| a call | 0.46 OBS | <= 0.90 OBS |" in renewed
        assert "old" not in renewed
        assert renewed.startswith("before\n\n")
        assert renewed.endswith("\n\nafter\n")
        assert documents.renewed(renewed, RESULTS) == renewed
        assert documents.renewed("no marks\n", RESULTS) == "no marks\n"

    def test_documents_say_what_was_measured(self, benchmark_module, root):
        """The figures of README.md are those of benchmarks/results.json: `make bench` writes both."""
        documents = benchmark_module("documents")
        texts = {path: path.read_text(encoding="utf-8") for path in documents.DOCUMENTS}
        shown = {path: text for path, text in texts.items() if documents.BEGIN in text}
        path = root / "benchmarks" / "results.json"
        if not path.exists():
            assert shown == {}, "figures without results"
            return
        results = json.loads(path.read_text(encoding="utf-8"))
        assert results["is_quick"] is False
        assert {path: documents.renewed(text, results) for path, text in shown.items()} == shown


def test_every_task_is_there_and_every_file_is_short(root, benchmark_module):
    """The contests name classes of files in ``benchmarks/contestants``, which peers' libraries may be missing for."""
    known = {
        f"contestants.{path.stem}:{node.name}"
        for path in (root / "benchmarks" / "contestants").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    asked = {entry for contest in benchmark_module("contests").CONTESTS for entry in contest.entries.values()}
    assert asked <= known
    files = (root / "benchmarks").rglob("*.py")
    assert [path.name for path in files if path.read_text(encoding="utf-8").count("\n") > 300] == []
