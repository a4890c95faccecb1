"""No query of a dashboard that shows a day of 200 features, 18 bins and 5 pods touches more than a second's worth."""

import json
from pathlib import Path

import pytest

from grafana_asking import questions_of
from mlexporter.demo.history.past_prometheus import CONFIGURATION, CONFIGURATION_TEXT, past_prometheus
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.plugin.plugin_files import plugin_files
from plugin_queries import as_dashboards
from query_cost import DayOfQueries
from real_programs import program_of
from wide_fleet import SCRAPE_SECONDS, series_read, write_blocks

pytestmark = pytest.mark.integration

NOW = 1_767_614_400
DASHBOARDS = {
    **{name: json.loads(text) for name, text in dashboard_files().items()},
    "compare.json": json.loads(plugin_files()["dashboards/compare.json"]),
    **{f"plugin {page}": dashboard for page, dashboard in as_dashboards().items()},
}
"""Those that ship, that of the plugin, and one for each of its pages: a panel for each of its queries."""

BUDGET = 15_000_000
"""Samples that a query may touch: about a second of a Prometheus. Measured once, on a day of such series with 2.42 and
3.12: 0.6 to 0.8 s of its processors at 12 million samples, 1.3 to 2.2 s at 25 million, on a machine that did other
work. `make bench ARGS="--contests dashboards"` measures the dearest."""


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """Weighs queries on a real Prometheus that has every series that dashboards read, for some scrapes."""
    folder = tmp_path_factory.mktemp("wide")
    promtool = program_of("install-prometheus", "promtool")
    write_blocks(promtool, folder, series_read(DASHBOARDS.values()), now=NOW, seconds=SCRAPE_SECONDS)
    (folder / CONFIGURATION).write_text(CONFIGURATION_TEXT, encoding="utf-8")
    started = []
    program = str(Path(promtool).with_name("prometheus"))
    with past_prometheus(program, folder, started.append) as running:
        yield DayOfQueries(running.port, NOW), DayOfQueries(running.port, NOW, counts=".*")


@pytest.mark.parametrize("file", DASHBOARDS)
def test_no_query_touches_more_than_its_budget(day, file):
    """What would has to be a recorded series."""
    weighed, _ = day
    touched = {
        (question.where, question.ref): weighed.samples_touched(question)
        for question in questions_of(DASHBOARDS[file])
    }
    dear = [
        f"{where} ({ref}): {count / 1e6:.0f} million"
        for (where, ref), count in touched.items()
        if count > BUDGET
    ]
    assert not dear, "; ".join(dear)
    assert max(touched.values()) > 0


def test_counters_of_all_features_are_what_rules_are_for(day):
    """Without rules a look at all features is dearer than any query may be; with them it reads no counter at all."""
    recorded, without_rules = day
    for name in ("current", "expected"):
        question = next(
            each for each in questions_of(DASHBOARDS["plugin compare"]) if each.where == f"compare.{name}"
        )
        assert 0 < recorded.samples_touched(question) <= BUDGET / 100
        assert without_rules.samples_touched(question) > BUDGET
