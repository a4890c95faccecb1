from contextlib import ExitStack

import pytest

from mlexporter.demo.watching import Plan, start_watching


@pytest.fixture
def plan(tmp_path):
    return Plan(tmp_path, "127.0.0.1:1", 3600.0, str(tmp_path), lambda notification: None)


def program(folder, name, script):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_without_programs_it_says_what_is_missing_and_goes_on(plan):
    """The page needs neither."""
    with ExitStack() as stack:
        watching = start_watching(stack, plan)
    assert not watching.has_alerts
    assert watching.addresses == {}
    assert [sentence.split()[0] for sentence in watching.absent] == ["Prometheus", "Alertmanager"]
    assert "scripts/install-prometheus" in watching.absent[0]


def test_a_program_that_does_not_come_up_costs_the_alerts_only(plan, tmp_path):
    """What it said is passed on, and what was started is stopped."""
    for name in ("prometheus", "alertmanager"):
        program(tmp_path, name, '[ "$1" = --version ] || { echo "no room on the disk"; exit 1; }')
    with ExitStack() as stack:
        watching = start_watching(stack, plan)
    assert not watching.has_alerts
    assert "it goes on without alerts: Alertmanager ended at once: no room on the disk" in watching.absent[0]
