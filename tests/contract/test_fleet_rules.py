"""Drift of a fleet by recording rules equals the evaluator, given the same counts."""

import subprocess

import pytest

from fleet_rules import Case, cases, write_test
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import FLEET_FILE, fleet_rule_files


def run(promtool, *arguments):
    """Run promtool and return its exit status and everything it said."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moved", "seasons", "too few rows"])
def test_rules_equal_the_evaluator(promtool, tmp_path, name):
    """Summed over two pods, every expression is within 1e-6 of what Python computes of the same counts."""
    status, said = run(promtool, "test", "rules", str(write_test(tmp_path, cases()[name])))
    assert status == 0, said


@pytest.mark.slow
def test_a_wrong_answer_is_found(promtool, tmp_path, monkeypatch):
    """The comparison can fail: a score that is off by a hundred-thousandth is told."""
    case = cases()["moved"]
    name, value = next(iter(case.answers().items()))
    monkeypatch.setattr(Case, "answers", lambda _: {name: value + 1e-5})
    status, _ = run(promtool, "test", "rules", str(write_test(tmp_path, case)))
    assert status != 0


@pytest.mark.parametrize("options", [None, RuleOptions(time_factor=3600, minimum_range_seconds=0.8)])
def test_promtool_accepts_the_rules(promtool, tmp_path, options):
    """They are valid for the oldest Prometheus that is supported, also in faster time."""
    path = tmp_path / FLEET_FILE
    path.write_text(fleet_rule_files(options)[FLEET_FILE], encoding="utf-8")
    status, said = run(promtool, "check", "rules", str(path))
    assert status == 0, said
