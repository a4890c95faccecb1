"""Which blocks are clean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.app.baselines.blocks import MANY, TOO_FEW_ROWS, UNWATCHED, Block, BlockLog, Fault
from mlexporter.app.baselines.incidents import clean_places, incidents, with_faults
from mlexporter.catalogue import (
    FEATURE_MISSING_EXCESS,
    FEATURE_STUCK_EXCESS,
    FEATURE_TYPE_MISMATCH_EXCESS,
    FEATURE_UNSEEN_EXCESS,
)


@pytest.fixture
def closed(world):
    """A log with a closed block of 200 rows, and how to judge it."""
    log = BlockLog(3600.0, 10)
    log.push(world.snapshot(0), 0.0)
    world.serve()

    def judge(scores, *, required_rows=100, **changes):
        block = log.push(world.snapshot(3600), 0.0)._replace(**changes)
        return with_faults(block, log, world.reference, scores, required_rows=required_rows).faults

    return judge


def scores(metric, place, value, n_features=5):
    values = np.full(n_features, np.nan)
    values[place] = value
    return {metric.name: values}


def test_a_block_like_training_is_clean(closed):
    """Nothing absent, and nothing small, is an incident."""
    assert closed(scores(FEATURE_MISSING_EXCESS, 0, 0.2)) == ()


@pytest.mark.parametrize(
    ("metric", "kind"),
    [(FEATURE_MISSING_EXCESS, "missing"), (FEATURE_UNSEEN_EXCESS, "unseen"), (FEATURE_TYPE_MISMATCH_EXCESS, "type_mismatch")],
)  # fmt: skip
def test_what_would_alert_is_an_incident(closed, metric, kind):
    """The limit is that of the shipped rules, 0.2."""
    assert closed(scores(metric, 2, 0.21)) == (Fault(kind, "x2"),)


def test_repeated_rows_are_no_incident(closed):
    """Sessions and retries are what a baseline is there to learn."""
    assert closed(scores(FEATURE_STUCK_EXCESS, 2, 0.9)) == ()


def test_a_feature_that_never_alerts_spoils_no_block(world, closed):
    """Nobody would have been told."""
    silent = replace(world.reference.features[2], alert=False)
    world.reference = replace(
        world.reference, features=(*world.reference.features[:2], silent, *world.reference.features[3:])
    )

    assert closed(scores(FEATURE_MISSING_EXCESS, 2, 0.9)) == ()


def test_few_rows_say_nothing(closed):
    """As for a window."""
    assert closed({}, required_rows=201) == (Fault(TOO_FEW_ROWS),)


@pytest.mark.parametrize(("violations", "expected"), [(2, ()), (3, (Fault("schema"),))])
def test_rows_that_break_the_schema_are_an_incident(world, closed, violations, expected):
    """More than 1 in 100 would have alerted."""
    world.violations = violations

    assert closed({}) == expected


def test_what_a_person_says_decides():
    """Faults of an excluded feature do not count, and incidents may be right; a gap stays a gap."""
    log = BlockLog(3600.0, 10)
    for faults in (
        (), (Fault("missing", "a"),), (Fault(TOO_FEW_ROWS),), (Fault(UNWATCHED),), (Fault("schema"),), (Fault(MANY),),
    ):  # fmt: skip
        log.keep(Block(0.0, 0.0, 3600.0, faults, b""))

    assert clean_places(log, frozenset()) == {0}
    assert clean_places(log, frozenset({"a"})) == {0, 1}
    assert clean_places(log, frozenset(), with_incidents=True) == {0, 1, 4, 5}
    assert [bool(incidents(block, frozenset())) for block in log.blocks] == [
        False,
        True,
        False,
        True,
        True,
        True,
    ]
