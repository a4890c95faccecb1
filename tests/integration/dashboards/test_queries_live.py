"""Every query of every panel, mark and variable answers, on Prometheus 2.42 and 3.x, or it is told why it does not."""

import json

import promql_parser as promql
import pytest

from dashboard_fleet import MODEL, NOW, STEP
from dashboard_parts import variable_names
from grafana_asking import Asking, RefusedError, questions_of
from mlexporter.catalogue import (
    ACCURACY,
    CATALOGUE,
    F1,
    FEATURE_UNIT_FACTOR,
    PRECISION,
    RECALL,
    ROC_AUC,
)
from mlexporter.generate.dashboards.dashboard_files import dashboard_files
from mlexporter.generate.plugin.plugin_files import plugin_files
from mlexporter.generate.plugin.setup_queries import EXEMPLAR_ROOM, PROMETHEUS_BUILD
from mlexporter.generate.rule_files import fleet_rule_files, rule_files
from plugin_queries import as_dashboards
from promql_emptiness import names_in, needs_one_of
from promql_inference import exposed
from rule_lint import rules_of

pytestmark = pytest.mark.integration

DASHBOARDS = {
    **{name: json.loads(text) for name, text in dashboard_files().items()},
    "compare.json": json.loads(plugin_files()["dashboards/compare.json"]),
    **{f"plugin {page}": dashboard for page, dashboard in as_dashboards().items()},
}
"""Those that ship, that of the plugin, and one for each of its pages: a panel for each of its queries."""

UNMET = {
    "baseline": "no baseline is accepted: that takes weeks",
    "planned": "nothing exposes it yet",
    "slots": "no seasons can be learned of rows that are alike at all hours",
}
"""Conditions of the catalogue that the day does not meet: their series need not be there."""

_A_NUMBER = "the output is a number, which is not right or wrong"
NOT_THERE = {
    **dict.fromkeys((EXEMPLAR_ROOM, PROMETHEUS_BUILD), "this Prometheus does not scrape itself"),
    FEATURE_UNIT_FACTOR.name: "no feature of the day comes in another unit",
    **{metric.name: _A_NUMBER for metric in (ACCURACY, F1, PRECISION, RECALL, ROC_AUC)},
}
"""Series of other conditions that the day has not, with the reason."""

_A_FEATURE = "the feature that drifts most is a number, and these are of categories"
_A_SCORE = "features of the day have their scores"
_A_PAGE = "no alert about data pages"
_A_PROBLEM = "nothing of the kind is wrong with the pods of the day"
_A_BAND = "no feature of the day drifts this much"
EMPTY = {
    ("model.json", "variable", "class"): _A_NUMBER,
    ("versions.json", "variable", "class"): _A_NUMBER,
    ("model.json", "Drift by feature, worst now on top", "B"): _A_BAND,
    ("model.json", "Drift by feature, worst now on top", "D"): _A_BAND,
    ("model.json", "Features, worst first", "absent"): _A_SCORE,
    ("model.json", "Features, worst first", "known"): "nobody has acknowledged a drift of the day",
    ("feature.json", "annotation Pages", "Anno"): _A_PAGE,
    ("data-quality.json", "annotation Pages", "Anno"): _A_PAGE,
    ("exporter-health.json", "annotation Pages", "Anno"): "no exporter is down for three minutes",
    ("feature.json", "Scores of every window", "why"): _A_SCORE,
    ("feature.json", "Missing and wrong values", "D"): _A_FEATURE,
    ("feature.json", "Rise of bad values, as alerts judge it", "D"): _A_FEATURE,
    ("compare.json", "Features now and in training, worst first", "absent"): _A_SCORE,
    ("compare.json", "Predictions now and in training", "absent"): _A_SCORE,
    **{
        (f"plugin {place.partition('.')[0]}", place, "A"): reason
        for reason, places in {
            _A_SCORE: (
                "compare.absent",
                "compareFeature.absent",
                "compareOutputs.absent",
                "versions.absent_a",
                "versions.absent_b",
                "versions.outputs.absent_a",
                "versions.outputs.absent_b",
                "feature.windows.why",
                "model.features.absent",
                "setup.facts.absentRows",
            ),
            _A_FEATURE: ("feature.unseen", "feature.rises.unseen"),
            _A_PAGE: ("feature.marks.pages",),
            "nobody has acknowledged a drift of the day": ("model.features.known",),
            _A_PROBLEM: tuple(f"setup.facts.{name}" for name in ("targetsDown", "internalErrors")),
        }.items()
        for place in places
    },
}
"""Queries whose series are there and which still give nothing: (file, panel, query) to the reason."""

ANY = dict.fromkeys(
    (
        "datasource",
        "model_name",
        "model_version",
        "variant",
        "feature",
        "output",
        "class",
        "job",
        "instance",
        "counts",
        "version_a",
        "version_b",
    ),
    "any",
) | {"window": "1h"}
"""Something for every variable, so that queries can be parsed."""

CONDITIONS = {name: metric.condition for metric in CATALOGUE for name in exposed([metric])}
RECORDED = {
    rule["record"]: promql.parse(rule["expr"])
    for text in (rule_files() | fleet_rule_files()).values()
    for rule in rules_of(text)
    if "record" in rule
}


def reason_of(name, gone):
    """Return why a series is not there; None for no reason."""
    if name in NOT_THERE:
        return NOT_THERE[name]
    if name in RECORDED:
        causes = needs_one_of(RECORDED[name], gone - {name})
        return next(filter(None, (reason_of(cause, gone) for cause in sorted(causes))), None)
    return UNMET.get(CONDITIONS.get(name))


def problem_with(file, place, found, needed, gone):
    """Return what is wrong with an answer; None for nothing.

    Args:
        file: The dashboard.
        place: Panel and query.
        found: What was answered.
        needed: Names of series without which it gives nothing, of those that are not there.
        gone: All that are not there.
    """
    reason = EMPTY.get((file, *place))
    if found:
        return f"it answers, although: {reason}" if reason else None
    if reason or any(reason_of(name, gone) for name in needed):
        return None
    return f"it is empty; not there: {sorted(needed) or 'nothing'}"


def needed_by(question, gone):
    """Return the names of series for the lack of which a query gives nothing."""
    return needs_one_of(promql.parse(Asking(0, NOW, chosen=ANY).filled(question.text)), gone)


@pytest.fixture(scope="module")
def gone(past):
    """Return the names of series that dashboards read and the day has not."""
    there = set(Asking(past, NOW, seconds=8 * 86_400).label_values('{__name__!=""}', "__name__"))
    filled = Asking(past, NOW, chosen=ANY).filled
    read = {
        name
        for dashboard in DASHBOARDS.values()
        for question in questions_of(dashboard)
        for name in names_in(promql.parse(filled(question.text)))
    }
    return read - there


@pytest.mark.parametrize("file", DASHBOARDS)
def test_every_query_answers_or_says_why_not(past, gone, file):
    """Chosen in order without a click, asked over a day, and the least that comes is one series."""
    asking = Asking(past, NOW, scrape_seconds=STEP, wishes={"model_name": MODEL})
    said = [
        ("variable", name, problem_with(file, ("variable", name), values, set(), gone))
        for name, values in asking.choose(DASHBOARDS[file]).items()
    ]
    for question in questions_of(DASHBOARDS[file]):
        place = (question.where, question.ref)
        try:
            found = asking.answer(question)
        except RefusedError as error:
            said.append((*place, str(error)))
        else:
            said.append((*place, problem_with(file, place, found, needed_by(question, gone), gone)))
    problems = [each for each in said if each[-1]]
    assert not problems, "\n".join(" · ".join(each) for each in problems)


def test_counters_are_read_where_nothing_is_recorded(past):
    """By the same labels, of the same bins; and the variable that decides it does so by what is recorded."""
    dashboard = DASHBOARDS["plugin compare"]
    question = next(each for each in questions_of(dashboard) if each.where == "compare.current")
    asking = Asking(past, NOW, scrape_seconds=STEP, wishes={"model_name": MODEL})
    assert asking.choose(dashboard)["counts"] == ["none"]
    recorded = asking.answer(question)

    without = json.loads(json.dumps(dashboard).replace("model_feature_bin:", "not_recorded:"))
    bare = next(each for each in questions_of(without) if each.where == "compare.current")
    assert asking.answer(bare) == []
    assert asking.choose(without)["counts"] == [".*"]
    assert _as_set(asking.answer(bare)) == _as_set(recorded) != set()


def _as_set(series):
    return {tuple(sorted(labels.items())) for labels in series}


def test_what_is_gone_has_a_reason(past, gone):
    """A series that a dashboard reads, and no workload can make, would be a panel that is empty for ever."""
    without = sorted(name for name in gone if reason_of(name, gone) is None)
    assert not without, " ".join(without)


def test_every_listed_query_exists():
    """A reason outlives its panel otherwise."""
    known = {
        (file, *place)
        for file, dashboard in DASHBOARDS.items()
        for place in (
            *((question.where, question.ref) for question in questions_of(dashboard)),
            *(("variable", name) for name in variable_names(dashboard)),
        )
    }
    assert EMPTY.keys() - known == set()
