"""No query of a dashboard that shows a day of 200 features, 18 bins and 5 pods touches more than a second's worth."""

import json
from pathlib import Path

import pytest

from grafana_asking import questions_of
from mlexporter.demo.history.past_prometheus import CONFIGURATION, CONFIGURATION_TEXT, past_prometheus
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from query_cost import DayOfQueries
from real_programs import program_of
from wide_fleet import SCRAPE_SECONDS, series_read, write_blocks

pytestmark = pytest.mark.integration

NOW = 1_767_614_400
DASHBOARDS = {name: json.loads(text) for name, text in dashboard_files().items()}

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
        yield DayOfQueries(running.port, NOW)


@pytest.mark.parametrize("file", DASHBOARDS)
def test_no_query_touches_more_than_its_budget(day, file):
    """What would has to be a recorded series."""
    touched = {
        (question.where, question.ref): day.samples_touched(question)
        for question in questions_of(DASHBOARDS[file])
    }
    dear = [
        f"{where} ({ref}): {count / 1e6:.0f} million"
        for (where, ref), count in touched.items()
        if count > BUDGET
    ]
    assert not dear, "; ".join(dear)
    assert max(touched.values()) > 0
