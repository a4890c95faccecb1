"""Every dashboard that is generated, and every one that is committed, is sound; alone, together, and after a change."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from dashboard_lint import filled_by, lint, lint_all, revision_problem
from dashboard_parts import variable_names
from dashboard_promql import MODEL, OF_ALL_MODELS
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.dashboards.dashboard_options import KINDS, DashboardOptions
from mlexporter.generate.rule_files import ALERTING_FILE, optional_rule_files, rule_files
from real_programs import missing

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana" / "dashboards"
GENERATED = {name: json.loads(text) for name, text in dashboard_files().items()}
COMMITTED = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
WAYS = {
    "one model": (DashboardOptions(model="churn, weekly"), {}),
    "one cluster": (DashboardOptions(selector='cluster="eu"'), {"target_labels": frozenset({"cluster"})}),
    "one data source": (DashboardOptions(datasource="P1809F7CD0C75ACF3", time_from="now-9M", window="1h"), {}),
    "own marks": (DashboardOptions(annotations=(("Releases", "max(changes(up[5m])) > 0"),)), {}),
}  # fmt: skip


def test_every_kind_is_generated():
    """No dashboard is forgotten, so that none of the tests below has nothing to look at."""
    assert set(GENERATED) == {f"{kind}.json" for kind in KINDS}


@pytest.mark.parametrize("file", GENERATED)
def test_the_lint_has_nothing_to_say(file):
    """What is generated loads in Grafana 10.4 to 13.2, and asks for what exists."""
    assert lint(GENERATED[file]) == []


@pytest.mark.parametrize("file", COMMITTED)
def test_committed_dashboards_are_sound(file):
    """So is what users take from the repository."""
    assert lint(COMMITTED[file]) == []


@pytest.mark.parametrize("way", WAYS)
def test_dashboards_of_other_options_are_sound(way):
    """So is what users generate for themselves."""
    options, given = WAYS[way]
    dashboards = {name: json.loads(text) for name, text in dashboard_files(options).items()}
    assert {name: found for name, each in dashboards.items() if (found := lint(each, **given))} == {}
    assert lint_all(dashboards) == []


def test_dashboards_lead_to_each_other():
    """Every link leads to a dashboard that exists, and fills variables that it has."""
    assert lint_all(GENERATED) == []
    assert lint_all(COMMITTED) == []


def alert_links():
    """Return the link of every alert: its name, where it leads, the variables that it fills."""
    files = {ALERTING_FILE: rule_files()[ALERTING_FILE]} | optional_rule_files()
    rules = [
        rule for text in files.values() for group in yaml.safe_load(text)["groups"] for rule in group["rules"]
    ]
    links = [(rule["alert"], rule["annotations"]["dashboard_url"].partition("/d/")[2]) for rule in rules]
    return [(name, link.partition("?")[0], filled_by(link.partition("?")[2])) for name, link in links]


def test_alerts_lead_to_dashboards():
    """Every link of an alert leads to a dashboard that exists, and fills variables that it has.

    Dashboards about all models take no notice of the model.
    """
    choices = {
        dashboard["uid"]: set(variable_names(dashboard))
        | (set(MODEL) if dashboard["uid"].startswith(OF_ALL_MODELS) else set())
        for dashboard in GENERATED.values()
    }
    lost = {
        name: (uid, sorted(filled - choices.get(uid, set())))
        for name, uid, filled in alert_links()
        if uid not in choices or filled - choices[uid]
    }
    assert lost == {}


def committed_before(file, now):
    """Return the newest committed version of a dashboard that is not ``now``; None where there is none."""
    git, path = shutil.which("git"), (FOLDER / file).relative_to(ROOT).as_posix()
    if git is None or not (ROOT / ".git").exists():
        missing("there is no history to compare with: git, or the folder .git, is missing")

    def ask(*arguments):
        return subprocess.run(
            [git, *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    for commit in ask("log", "-n", "3", "--format=%H", "--diff-filter=AM", "--", path).split():
        old = json.loads(ask("show", f"{commit}:{path}"))
        if old != now:
            return old
    return None


@pytest.mark.parametrize("file", GENERATED)
def test_a_change_raises_the_revision(file):
    """Who has an older dashboard gets the new one."""
    assert revision_problem(committed_before(file, GENERATED[file]), GENERATED[file]) is None
