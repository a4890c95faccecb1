"""A simulated week: what is learned of it, who may decide, and what survives."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pytest

from mlexporter.app.baselines.decisions import (
    ACCEPT,
    ACKNOWLEDGE,
    END,
    EXCLUDE,
    INCLUDE,
    RESET,
    decisions_from_bytes,
)
from mlexporter.app.baselines.learning import REQUIRED_CLEAN
from mlexporter.app.shared_files import file_name
from mlexporter.catalogue import FEATURE_TRAINING_SKEW
from mlexporter.records import ComponentNoise, ModelKey

KEY = ModelKey("fares", "3")


def decisions(files):
    return decisions_from_bytes(files[file_name("decisions", KEY)])[1]


@pytest.mark.slow
def test_correlated_rows_page_until_a_week_was_learned(make_world, reference, files, evaluation):
    """Every row comes five times: severity is far above 1 against training, and never above 1 after the week."""
    process = evaluation(make_world(reference, repeats=5), files)
    process.look()
    before = process.run(12)
    process.wait(168 - 12)
    after = process.run(24)

    assert (before > 1).mean() > 0.8
    assert process.state.against == "baseline"
    assert (after > 1).sum() == 0
    assert process.severity(name=FEATURE_TRAINING_SKEW.name) > 1  # still shown beside it


@pytest.mark.slow
def test_a_real_drift_is_still_seen(make_world, reference, files, evaluation):
    """Noise is learned, and then frozen: what moves after the week is drift."""
    world = make_world(reference, rows=1000)
    process = evaluation(world, files, baseline_blocks=24)
    process.look()
    process.wait(24)
    quiet = process.run(2)
    world.shift = 1.0
    drift = process.run(30)

    assert quiet.max() < 1 < drift.min()
    assert process.state.accepted_timestamp == pytest.approx(1_700_000_000 + 24 * 3600)


def test_nothing_is_learned_before_the_week_is_over(world, files, evaluation):
    """One block less than are kept is no week; 24 clean ones would do for a person."""
    process = evaluation(world, files, baseline_blocks=30)
    process.look()
    process.wait(29)
    state = process.state
    process.wait(1)

    assert (state.against, state.watched_blocks, state.clean_blocks) == ("training", 29, 29)
    assert (state.required_blocks, state.block_limit, state.block_seconds) == (24, 30, 3600.0)
    assert process.state.against == "baseline"


@pytest.mark.parametrize(
    "case",
    [("auto", False, "baseline"), ("auto", True, "training"), ("on", True, "baseline"), ("off", False, None)],
)
def test_the_setting_decides_whether_it_learns_by_itself(world, files, evaluation, case):
    """A profile that knows its noise needs no baseline, unless it is asked for."""
    setting, has_noise, expected = case
    if has_noise:
        first = replace(world.reference.features[0], noise={"1h": ComponentNoise(50, 0.01, 0.01, 0.01)})
        world.reference = replace(world.reference, features=(first, *world.reference.features[1:]))
    process = evaluation(world, files, baseline=setting, baseline_blocks=24)
    process.look()
    process.wait(25)

    assert (None if process.state is None else process.state.against) == expected
    assert (setting == "off") == (not files)


def test_an_incident_is_not_learned(world, files, evaluation):
    """One bad day in the week: the baseline rests on the others, and knows no missing values."""
    process = evaluation(world, files, baseline_blocks=56)
    process.look()
    process.wait(20)
    world.missing = {"x2": 0.3}
    process.wait(8)
    world.missing = {}
    process.wait(28)
    used = process.state.reference

    assert process.state.against == "baseline"
    assert process.state.clean_blocks == 48
    assert used.row_count == 48 * world.rows
    assert used.features[2].distribution.counts[-2] == 0


def test_a_week_of_incidents_waits_for_a_person(world, files, evaluation):
    """More than one bad block in seven: a person excludes the feature, or says that it is right so."""
    process = evaluation(world, files, baseline_blocks=28)
    world.missing = {"x2": 0.3}
    process.look()
    process.wait(30)
    alone = process.state
    process.decide(EXCLUDE, "x2")
    process.look()

    assert (alone.against, alone.clean_blocks) == ("training", 0)
    assert process.state.against == "baseline"
    assert process.state.excluded == {"x2"}


def test_incidents_can_be_what_is_right_from_now_on(world, files, evaluation):
    """Accepted with incidents, missing values are in the baseline."""
    process = evaluation(world, files, baseline_blocks=28)
    world.missing = {"x2": 0.3}
    process.look()
    process.wait(25)
    process.decide(ACCEPT, with_incidents=True)
    process.look()
    counts = process.state.reference.features[2].distribution.counts

    assert counts[-2] / sum(counts) == pytest.approx(0.3, abs=0.05)


def test_a_restart_in_the_middle_of_the_week_loses_nothing(world, files, evaluation):
    """The next evaluator goes on in the block that was open, from the directory."""
    first = evaluation(world, files, baseline_blocks=48)
    first.look()
    first.wait(20)
    world.serve(0.5)
    first.now += 1800
    first.wall += 1800
    first.look()
    first.close()
    second = evaluation(world, files, baseline_blocks=48)
    second.now, second.wall = first.now, first.wall
    world.serve(0.5)
    second.now += 1800
    second.wall += 1800
    second.look()
    second.wait(27)

    assert second.state.against == "baseline"
    assert second.state.reference.row_count == 48 * world.rows


def test_a_takeover_reads_what_the_other_has_kept(world, files, evaluation):
    """A process that evaluated before, and now again, forgets its own old blocks."""
    first, second = (evaluation(world, files, baseline_blocks=24) for _ in range(2))
    first.look()
    first.wait(5)
    second.now, second.wall, second.term = first.now, first.wall, 1
    second.look()
    second.wait(6)
    first.now, first.wall, first.term = second.now, second.wall, 2
    first.look()
    first.wait(13)

    assert first.state.watched_blocks == 24
    assert first.state.reference.row_count == 24 * world.rows


def test_a_reboot_goes_on_from_the_disk(world, tmp_path, evaluation, files):
    """The shared directory is gone and the clock began anew; rows between are an unwatched block."""
    first = evaluation(world, files, tmp_path / "disk", baseline_blocks=40)
    first.look()
    first.decide(EXCLUDE, "x1")
    first.wait(30)
    first.close()
    world.begin_anew("second life")
    second = evaluation(world, type(files)(), tmp_path / "disk", boot="another", baseline_blocks=40)
    second.now, second.wall = 50.0, first.wall + 60
    second.look()
    second.wait(10)

    assert second.state.excluded == {"x1"}
    assert second.state.watched_blocks == 40
    assert second.state.against == "baseline"
    assert second.state.reference.row_count == 40 * world.rows


def test_a_baseline_survives_a_reboot(world, tmp_path, evaluation, files):
    """Who accepted it, and why, too."""
    first = evaluation(world, files, tmp_path / "disk", baseline="auto", baseline_blocks=100)
    first.look()
    first.wait(25)
    first.decide(ACCEPT)
    first.look()
    first.close()
    world.begin_anew("second life")
    second = evaluation(world, None, tmp_path / "disk", boot="another", baseline_blocks=100)
    second.wall = first.wall + 60
    second.look()
    learned, again = first.state, second.state

    assert (again.against, again.who, again.why) == ("baseline", "anna", "because")
    assert again.accepted_timestamp == learned.accepted_timestamp
    assert again.reference.features == learned.reference.features


def test_a_damaged_file_is_set_aside_and_told(world, files, evaluation, caplog):
    """The week begins anew, loudly, and the damaged file is there for a person to look at."""
    first = evaluation(world, files, baseline_blocks=30)
    first.look()
    first.wait(10)
    first.close()
    name = file_name("blocks", KEY)
    damaged = files[name][:-10] + b"0123456789"
    files[name] = damaged
    second = evaluation(world, files, baseline_blocks=30)
    second.now, second.wall = first.now, first.wall
    with caplog.at_level(logging.WARNING, "mlexporter"):
        second.look()
    second.wait(1)

    assert second.state.watched_blocks == 1
    assert files["damaged-" + name] == damaged
    assert "set aside" in caplog.text


def test_a_profile_with_other_bins_drops_the_baseline(world, other_bins, files, evaluation):
    """Nothing of the old bins stays; a decision about them is none about the new ones."""
    process = evaluation(world, files, baseline_blocks=24)
    process.look()
    process.decide(RESET)
    process.decide(ACCEPT)
    process.wait(25)
    process.decide(ACCEPT)
    process.look()
    before = process.state
    world.reference = other_bins
    world.begin_anew("life")
    process.look()
    after = process.state
    process.wait(24)

    assert before.against == "baseline"
    assert (after.against, after.watched_blocks, after.reference) == ("training", 0, None)
    assert process.state.reference.fingerprint == other_bins.fingerprint


def test_accepting_again_learns_again(world, files, evaluation):
    """The newest blocks count, and the second person stands there."""
    process = evaluation(world, files, baseline_blocks=24, baseline="on")
    process.look()
    process.wait(24)
    itself = process.state
    first = process.decide(ACCEPT)
    process.look()
    accepted = process.state
    world.shift = 0.7
    process.wait(24)
    process.decide(ACCEPT, with_incidents=True)
    process.look()
    old, new = (
        np.array(state.reference.features[0].distribution.counts[:18]) for state in (accepted, process.state)
    )

    assert (itself.who, accepted.who) == ("", "anna")
    assert process.baselines._watches[KEY].baseline.decision != first.identity
    assert (new / new.sum())[-6:].sum() > 1.2 * (old / old.sum())[-6:].sum()


def test_accepting_too_little_changes_nothing_and_says_so(world, files, evaluation):
    """The command refuses it; where the blocks were lost since, the page says why nothing came of it."""
    process = evaluation(world, files)
    process.look()
    process.wait(REQUIRED_CLEAN - 1)
    process.decide(ACCEPT)
    process.look()
    refused = process.state
    process.wait(1)

    assert (refused.against, process.state.against) == ("training", "training")
    assert "23 clean blocks" in refused.note


def test_reset_goes_back_to_training_for_good(world, files, evaluation):
    """Nothing is learned by itself after it, until somebody accepts."""
    process = evaluation(world, files, baseline_blocks=24)
    process.look()
    process.wait(24)
    learned = process.state.against
    process.decide(RESET)
    process.wait(2)
    reset = process.state
    process.decide(ACCEPT)
    process.look()

    assert (learned, reset.against, reset.reference) == ("baseline", "training", None)
    assert process.state.against == "baseline"


def test_a_decision_is_followed_once(world, files, evaluation):
    """The baseline stays frozen, also after a restart that reads the decision again."""
    process = evaluation(world, files)
    process.look()
    process.wait(25)
    process.decide(ACCEPT)
    process.look()
    accepted = process.state.accepted_timestamp
    process.wait(3)
    process.close()
    again = evaluation(world, files)
    again.now, again.wall = process.now, process.wall
    again.wait(2)

    assert process.state.accepted_timestamp == again.state.accepted_timestamp == accepted


def test_what_is_excluded_is_included_again(world, files, evaluation):
    """A feature that the profile does not have is none, whatever is written down."""
    process = evaluation(world, files)
    process.decide(EXCLUDE, "x1")
    process.decide(EXCLUDE, "nonsense")
    process.look()
    excluded = process.state.excluded
    process.wall += 1
    process.decide(INCLUDE, "x1")
    process.look()

    assert (excluded, process.state.excluded) == ({"x1"}, frozenset())


def test_an_acknowledgement_ends_when_the_drift_is_over(make_world, reference, files, evaluation):
    """Severity has to be below 1 in every window for as long as the shortest is; the log says that it ended."""
    world = make_world(reference, rows=2000, shift=1.0)
    process = evaluation(world, files, windows=("1h", "2h"))
    process.look()
    process.run(3)
    process.decide(ACKNOWLEDGE, "x0")
    process.run(1)
    going_on = process.state.acknowledged
    world.shift = 0.0
    process.run(3)
    still = process.state.acknowledged
    process.run(2)

    assert list(going_on) == ["x0"]
    assert still == going_on  # the two hours of the longer window, and the hour after it
    assert process.state.acknowledged == {}
    assert [decision.kind for decision in decisions(files)] == [ACKNOWLEDGE, END]


def test_an_acknowledgement_ends_at_its_time(make_world, reference, files, evaluation):
    """However far the drift still is."""
    process = evaluation(make_world(reference, rows=2000, shift=1.0), files)
    process.look()
    process.run(2)
    process.decide(ACKNOWLEDGE, "x0", until=process.wall + 1.5 * 3600)
    process.run(1)
    before = process.state.acknowledged
    process.run(1)

    assert (list(before), process.state.acknowledged) == (["x0"], {})


def test_an_absent_severity_does_not_end_an_acknowledgement(make_world, reference, files, evaluation):
    """Where nobody calls, nobody knows whether the drift is over."""
    world = make_world(reference, rows=2000, shift=1.0)
    process = evaluation(world, files, windows=("1h",))
    process.look()
    process.run(2)
    process.decide(ACKNOWLEDGE, "x0")
    world.rows = 0
    process.wait(5)
    process.look()

    assert list(process.state.acknowledged) == ["x0"]


def test_a_directory_that_fails_stops_no_report(world, files, evaluation, caplog):
    """It is told once, and what was missed is written when the directory is back."""
    process = evaluation(world, files, baseline_blocks=24)
    process.look()
    process.wait(10)
    files.error = OSError("no space")
    with caplog.at_level(logging.WARNING, "mlexporter"):
        severities = process.run(5)
    files.error = None
    process.wait(9)

    assert np.isfinite(severities).all()
    assert process.state.against == "baseline"
    assert caplog.text.count("not kept over a restart") == 1


def test_a_fault_of_ours_leaves_drift_against_training(world, files, evaluation, monkeypatch):
    """It is counted, and the report comes all the same."""
    process = evaluation(world, files)
    errors = []
    process.baselines._counter.on_error = lambda stage, error: errors.append((stage, str(error)))
    monkeypatch.setattr(
        "mlexporter.app.baselines.watch.BlockLog.push", lambda *_: (_ for _ in ()).throw(RuntimeError("ours"))
    )
    process.run(1)

    assert errors == [("evaluate", "ours")]
    assert process.report.windows


def test_hours_without_callers_do_not_hinder(make_world, reference, files, evaluation):
    """Sixteen quiet hours a day are no incident; the baseline rests on the others."""
    world = make_world(reference)
    process = evaluation(world, files, baseline_blocks=96)
    process.look()
    for _ in range(4):
        world.rows = 200
        process.wait(8)
        world.rows = 20
        process.wait(16)

    assert process.state.against == "baseline"
    assert process.state.reference.row_count == 32 * 200
