"""What is recorded of vLLM and Triton: named in one file, told on its page, right on both Prometheus."""

import functools
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import ENGINES_FILE, engine_rule_files
from mlexporter.generate.serving_engines import FOREIGN_SERIES

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "alerts" / "tests" / ENGINES_FILE
PAGE = ROOT / "docs" / "tutorials" / "serving-engines.md"
FOREIGN_NAME = re.compile(r"\bvllm:[a-z]|\bnv_(?:inference|gpu)_")
RECORDED = [
    rule["record"]
    for group in yaml.safe_load(engine_rule_files()[ENGINES_FILE])["groups"]
    for rule in group["rules"]
]


@functools.cache
def cases():
    """Return the cases of the rules."""
    return yaml.safe_load(CASES.read_text(encoding="utf-8"))["tests"]


def run(promtool, *arguments):
    """Run promtool and return its exit status and everything it said."""
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_foreign_names_stand_in_one_file():
    """When an engine renames a series, there is one place to change."""
    naming = {
        path.name
        for path in (ROOT / "src").rglob("*.py")
        if FOREIGN_NAME.search(path.read_text(encoding="utf-8"))
    }
    assert naming == {"serving_engines.py"}


@pytest.mark.parametrize("name", RECORDED)
def test_each_recorded_series_is_told_and_tested(name):
    """The page says what it is, and a case has its value computed by hand."""
    assert f"`{name}`" in PAGE.read_text(encoding="utf-8")
    asked = [
        check
        for case in cases()
        for check in case["promql_expr_test"]
        if check["expr"] == name and check["exp_samples"]
    ]
    assert asked


@pytest.mark.parametrize("series", FOREIGN_SERIES, ids=lambda series: series.name)
def test_each_foreign_series_is_in_a_case_with_two_pods(series):
    """A misspelt name of an engine is in the table and in the cases, or it is found here."""
    given = [entry["series"] for case in cases() for entry in case["input_series"]]
    of_it = [text for text in given if re.match(rf"{series.name}(_bucket|_sum|_count)?\{{", text)]
    assert of_it
    for text in of_it:
        used = set(re.findall(r"(\w+)=", text.partition("{")[2])) - {"job", "instance", "le"}
        assert used <= set(series.labels)
    for case in cases():
        text = " ".join(entry["series"] for entry in case["input_series"])
        assert 'instance="pod-1"' in text
        assert 'instance="pod-2"' in text


@pytest.mark.parametrize("options", [None, RuleOptions(time_factor=3600, minimum_range_seconds=0.8)])
def test_promtool_accepts_the_rules(promtool, tmp_path, options):
    """They are valid for the oldest Prometheus that is supported, also in faster time."""
    (tmp_path / ENGINES_FILE).write_text(engine_rule_files(options)[ENGINES_FILE], encoding="utf-8")
    status, said = run(promtool, "check", "rules", str(tmp_path / ENGINES_FILE))
    assert status == 0, said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        ("/ 1e6", "/ 1e3"),
        ("or ignoring (le) rate(vllm", "or rate(vllm"),
        ("or ignoring (le) sum", "or sum"),
        ("or vllm:gpu_cache_usage_perc", "or 2 * vllm:gpu_cache_usage_perc"),
        ("max by (model_name", "sum by (model_name"),
        ("max by (hw_id)", "sum by (hw_id)"),
        ("([0-9]{3})", "([0-9]{2})"),
        ('"finished_reason", "abort"', '"finished_reason", "aborted"'),
        ('"reason", "CANCELED"', '"reason", "CANCELLED"'),
        (" > 0)", " >= 0)"),
        ("vllm:request_time_per_output_token_seconds", "vllm:request_time_per_token_seconds"),
        ('"version", "(.+)"', '"versions", "(.+)"'),
    ],
)
def test_promtool_finds_planted_faults(promtool, tmp_path, fault, repair):
    """A wrong unit, a mixed histogram, a misspelt name: each makes a case fail."""
    text = engine_rule_files()[ENGINES_FILE]
    assert fault in text
    (tmp_path / "tests").mkdir()
    shutil.copy(CASES, tmp_path / "tests" / ENGINES_FILE)
    (tmp_path / ENGINES_FILE).write_text(text.replace(fault, repair), encoding="utf-8")
    status, said = run(promtool, "test", "rules", str(tmp_path / "tests" / ENGINES_FILE))
    assert status != 0, said
