"""Every case of every alert, with the oldest Prometheus that is supported and with version 3."""

import subprocess
from pathlib import Path

import pytest
import yaml

from real_programs import program_of
from trimmed_cases import write_trimmed

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "alerts" / "tests").glob("*.yaml"))
SCRIPTS = {"2": "install-prometheus", "3": "install-prometheus-3"}
AT_MOST_SECONDS = 300
WHOLE = "resources"


def cases_in(path):
    """Return the cases of a test file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]


@pytest.fixture(scope="module", params=SCRIPTS)
def promtool(request):
    """The promtool of one version; skips where it is not, but fails in CI."""
    return program_of(SCRIPTS[request.param], "promtool")


def held(promtool, paths):
    """Run the cases of test files; they have to hold."""
    done = subprocess.run(
        [promtool, "test", "rules", *(str(path) for path in paths)],
        capture_output=True,
        text=True,
        check=False,
        timeout=AT_MOST_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_holds(promtool, path, tmp_path):
    """What shall fire fires, with the words it shall have, and what shall not does not."""
    trimmed = write_trimmed(path, tmp_path)
    cases = [case["name"] for part in trimmed for case in cases_in(part)]
    assert sorted(cases) == sorted(case["name"] for case in cases_in(path))
    held(promtool, trimmed)


def test_cases_hold_with_all_rules_beside_them(promtool):
    """As a person runs the files that ship: no rule disturbs another."""
    held(promtool, [ROOT / "alerts" / "tests" / f"{WHOLE}.yaml"])


def test_a_trimmed_case_can_fail(promtool, tmp_path):
    """A threshold that no value reaches is noticed where only the rule of the case is left."""
    (path,) = write_trimmed(ROOT / "alerts" / "tests" / "canary.yaml", tmp_path)
    rules = path.with_name("optional.yaml")
    text = rules.read_text(encoding="utf-8")
    assert " > " in text
    rules.write_text(text.replace(" > ", " > 1e9 + "), encoding="utf-8")
    with pytest.raises(AssertionError, match="FAILED"):
        held(promtool, [path])


def test_all_rule_files_are_accepted(promtool):
    """Names, durations, expressions and templates."""
    files = [str(path) for path in sorted((ROOT / "alerts").glob("*.yaml")) if path.stem != "alertmanager"]
    done = subprocess.run([promtool, "check", "rules", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
