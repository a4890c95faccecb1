"""Every series that a rule or a runbook reads is there on a live server, scraped or recorded."""

import re
import time
from pathlib import Path

import numpy as np
import promql_parser as promql
import pytest

from mlexporter import Profile
from mlexporter.catalogue import (
    CATALOGUE,
    EMBEDDING_DRIFT_SEVERITY,
    EXPECTED_EFFECT_THRESHOLD,
    FEATURE_UNIT_FACTOR,
    LABEL_EXPECTED_DELAY,
    OUTPUT_BIN_ACCURACY,
    SCORE_ABSENT,
)
from mlexporter.generate.changes import CALLS_BEGAN, PROFILE_BEGAN
from mlexporter.generate.rule_files import fleet_rule_files, optional_rule_files, rule_files
from pagers import PATIENCE_SECONDS, POLL_SECONDS
from promql_inference import FOREIGN, exposed
from rule_lint import query_texts, rules_of, series_in

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
MODEL = "read"
SWITCHED_ON = frozenset({"always", "profile", "process", "noise", "joint", "objective", "pairs", "fleet"})
"""Conditions of the catalogue that this workload meets. The others need labels, a GPU, a vendor, other
workers, a configuration file, events, a push, a limit of memory, or weeks; and ``planned`` is not there yet."""

NOT_HERE = {
    FEATURE_UNIT_FACTOR.name: "no feature of the workload comes in another unit",
    EMBEDDING_DRIFT_SEVERITY.name: "no feature is a vector",
    EXPECTED_EFFECT_THRESHOLD.name: "no default: a user has to give it",
    LABEL_EXPECTED_DELAY.name: "no default: a user has to give it",
    SCORE_ABSENT.name: "no score is absent where there are rows enough",
    OUTPUT_BIN_ACCURACY.name: "the output is a number, which is not right or wrong",
    CALLS_BEGAN: "the workload has one version from its beginning",
    PROFILE_BEGAN: "the workload has one profile from its beginning",
}
"""Series of those conditions that are not there for another reason."""

FILES = rule_files() | optional_rule_files() | fleet_rule_files()
RULES = [rule for text in FILES.values() for rule in rules_of(text)]
RECORDED = {rule["record"]: rule["expr"] for rule in RULES if "record" in rule}
CONDITIONS = {name: metric.condition for metric in CATALOGUE for name in exposed([metric])}


def names_in(query):
    """Return the names of the series that an expression reads."""
    return set(series_in(promql.parse(query)))


def names_in_rules():
    """Return the names of series in all expressions of rules, and in the queries in their annotations."""
    asked = [
        query
        for rule in RULES
        for text in rule.get("annotations", {}).values()
        for query in query_texts(text)
    ]
    return set().union(*(names_in(query) for query in [*(rule["expr"] for rule in RULES), *asked]))


def names_in_runbooks():
    """Return the names of series in all queries of runbooks."""
    pages = (ROOT / "docs" / "runbooks").glob("*.md")
    queries = [
        query
        for page in pages
        for query in re.findall(r"```promql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    ]
    return set().union(*(names_in(query) for query in queries))


def is_here(name):
    """Return whether the workload makes a series; a recorded one comes of its own rule."""
    if name in RECORDED:
        # Sums may do without a part of what they read, as a share of counts may not.
        return name not in NOT_HERE and all(is_here(each) for each in names_in(RECORDED[name]) - {name})
    return CONDITIONS.get(name) in SWITCHED_ON and name not in NOT_HERE


def test_every_series_that_is_read_is_catalogued_or_recorded():
    """A name that neither the catalogue nor a rule knows is that of nothing."""
    read = names_in_rules() | names_in_runbooks()
    assert read - CONDITIONS.keys() - RECORDED.keys() - FOREIGN.keys() == set()


def rows(n_rows, seed):
    """Return rows of a ride, with a fare, a distance in miles that derives from kilometres, and a time."""
    random = np.random.default_rng(seed)
    distance = random.gamma(2.0, 3.0, n_rows)
    return {
        "distance": distance, "miles": distance / 1.609, "weight": random.normal(80.0, 10.0, n_rows),
        "zone": random.choice(["north", "south"], n_rows).tolist(),
        "fare": 2.5 * distance, "time": 1.7e9 + 86_400.0 * 28 * np.sort(random.uniform(0, 1, n_rows)),
    }  # fmt: skip


def test_every_series_that_is_read_is_there(pager, pod):
    """What no exporter publishes makes no sound: the alert that reads it would be silent for ever."""
    profile = Profile.fit(
        rows(20_000, 1), model=MODEL, version="1", prediction="fare", timestamp="time",
        derived={"miles": "distance"},
    )  # fmt: skip
    serving = [pod(latency_objective=0.123, fleet=True) for _ in range(2)]
    monitors = [each.monitor(model=MODEL, version="1", profile=profile) for each in serving]

    def serve():
        for monitor in monitors:
            batch = rows(500, 2)
            batch.pop("time")
            monitor.record_batch(batch, batch.pop("fare"), duration_seconds=0.01)

    serve()
    monitors[0].record({"distance": 1.0}, error=ValueError())
    for each in serving:
        each.look()
    names = {name for name in names_in_rules() | names_in_runbooks() | RECORDED.keys() if is_here(name)}
    recorded = names & RECORDED.keys()
    assert len(names - recorded) > 50
    assert len(recorded) > 100
    instances = "|".join(each.instance for each in serving)
    # Sums over all pods have no instance.
    where = {f'instance=~"{instances}"': names - recorded, f'model_name="{MODEL}"': recorded}
    queries = [
        f'count by (__name__) ({{__name__=~"{"|".join(some)}",{matcher}}})' for matcher, some in where.items()
    ]
    end = time.monotonic() + PATIENCE_SECONDS
    while lacking := names - {labels["__name__"] for query in queries for labels, _ in pager.query(query)}:
        assert time.monotonic() < end, " ".join(sorted(lacking))
        serve()
        time.sleep(POLL_SECONDS)
