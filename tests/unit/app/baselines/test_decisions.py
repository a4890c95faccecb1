"""Decisions are kept, merged, and never lost; what holds follows from all of them."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from mlexporter.app.baselines.decision_desk import DecisionDesk
from mlexporter.app.baselines.decision_file import add_decisions, read_decisions
from mlexporter.app.baselines.decisions import (
    ACCEPT,
    ACKNOWLEDGE,
    END,
    EXCLUDE,
    INCLUDE,
    RESET,
    Decision,
    decisions_from_bytes,
    decisions_to_bytes,
    following,
    merged,
    rulings,
)
from mlexporter.app.baselines.disk_files import DiskFiles
from mlexporter.app.shared_files import file_name
from mlexporter.errors import DirectoryBusyError
from mlexporter.records import ModelKey
from mlexporter.state.envelope import seal

KEY = ModelKey("a/b ü\n", "1", "shadow")
NAME = file_name("decisions", KEY)


def decided(kind, timestamp, feature="", **more):
    return Decision(f"{kind} {timestamp}", kind, "anna", "because", timestamp, "f", feature, **more)


def holds(*decisions, now=100.0, fingerprint="f"):
    return rulings(merged(decisions), fingerprint=fingerprint, now=now)


def test_the_newest_decision_about_the_baseline_holds():
    """Of these bins; one about others is history."""
    assert holds(decided(ACCEPT, 1.0), decided(RESET, 2.0)).baseline.kind == RESET
    assert holds(decided(RESET, 2.0), decided(ACCEPT, 3.0)).baseline.kind == ACCEPT
    assert holds(decided(ACCEPT, 1.0), fingerprint="g").baseline is None


def test_what_is_excluded_stays_so_until_it_is_included():
    """Under other bins too: the feature has the same name, and the person the same reason."""
    found = (decided(EXCLUDE, 1.0, "a"), decided(EXCLUDE, 2.0, "b"), decided(INCLUDE, 3.0, "a"))

    assert holds(*found).excluded == {"b"}
    assert holds(*found, fingerprint="g").excluded == {"b"}


def test_what_is_decided_last_holds_where_the_clock_was_set_back():
    """By hand: an accept of a clock that was a year ahead, and a reset of the right one."""
    accepted, reset = decided(ACCEPT, 4e7), decided(RESET, 9e6)
    assert holds(accepted, reset).baseline.kind == ACCEPT
    assert holds(accepted, following(reset, [accepted])).baseline.kind == RESET
    assert following(accepted, [reset]) is accepted


def test_the_desk_ends_a_drift_that_a_wrong_clock_acknowledged(files):
    """Else it would never end, and each hour would add another end of it."""
    desk = DecisionDesk(files, None)
    add_decisions(files, KEY, [decided(ACKNOWLEDGE, 4e7, "a")])
    desk.decisions(KEY)
    desk.add(KEY, [decided(END, 9e6, "a")])

    assert holds(*desk.decisions(KEY)).acknowledged == {}


def test_an_acknowledgement_ends():
    """By itself, at its time, with the bins; and it may come again."""
    known = decided(ACKNOWLEDGE, 1.0, "a", until=50.0)

    assert holds(known, now=49.9).acknowledged == {"a": known}
    assert holds(known, now=50.0).acknowledged == {}
    assert holds(known, now=2.0, fingerprint="g").acknowledged == {}
    assert holds(known, decided(END, 2.0, "a"), now=2.0).acknowledged == {}
    assert list(holds(known, decided(END, 2.0, "a"), decided(ACKNOWLEDGE, 3.0, "a")).acknowledged) == ["a"]


def test_logs_are_put_together():
    """Each decision once, oldest first, in whatever order they are found."""
    one, two, three = (decided(EXCLUDE, float(when), "a") for when in (1, 2, 3))

    assert merged((three, one), (two, one)) == (one, two, three)


def test_a_file_brings_decisions_back():
    """Every field, and names that are no file names."""
    found = (decided(ACKNOWLEDGE, 1.5, "ü/\n", until=7.0), decided(ACCEPT, 2.0, with_incidents=True))

    assert decisions_from_bytes(decisions_to_bytes(KEY, found)) == (KEY, found)


@pytest.mark.parametrize(
    "content",
    [
        {}, {"key": ["a", "b"], "decisions": []}, {"key": ["a", "b", "c"], "decisions": [{}]}, [],
        {"key": ["a", "b", "c"], "decisions": [decided("obey", 1.0)._asdict()]},
        {"key": ["a", "b", "c"], "decisions": [decided(ACCEPT, float("nan"))._asdict()]},
    ],
)  # fmt: skip
def test_rubbish_in_a_file_is_refused(content):
    """Its checksum may be right all the same."""
    with pytest.raises(ValueError, match=r"damaged|unpack"):
        decisions_from_bytes(seal(b"dcsn", 1, content, ()))


def test_a_damaged_file_is_set_aside_and_the_decision_kept(files, caplog):
    """What could be read of it nobody knows; a person finds it under another name."""
    add_decisions(files, KEY, [decided(EXCLUDE, 1.0, "a")])
    damaged = files[NAME] = files[NAME][:-3]
    with caplog.at_level(logging.WARNING, "mlexporter"):
        after = add_decisions(files, KEY, [decided(EXCLUDE, 2.0, "b")])

    assert [decision.feature for decision in after] == ["b"]
    assert files["damaged-" + NAME] == damaged
    assert "set aside" in caplog.text
    assert read_decisions(files, KEY) == after


def test_a_file_of_another_model_is_none_of_ours(files):
    """Somebody has renamed it."""
    files[NAME] = decisions_to_bytes(ModelKey("other", "1"), [decided(EXCLUDE, 1.0, "a")])

    with pytest.raises(ValueError, match="other"):
        read_decisions(files, KEY)


def test_who_adds_waits_for_who_adds(files):
    """And gives up with a message, instead of writing over what the other one writes."""
    held = files.try_lock(NAME)
    with pytest.raises(DirectoryBusyError, match="try again"):
        add_decisions(files, KEY, [decided(EXCLUDE, 1.0, "a")], wait_seconds=0.05)
    held.release()
    add_decisions(files, KEY, [decided(EXCLUDE, 1.0, "a")])

    assert files.locked == set()


_RACER = """
import sys
from mlexporter.app.baselines.decision_file import add_decisions
from mlexporter.app.baselines.decisions import Decision
from mlexporter.app.baselines.disk_files import DiskFiles
from mlexporter.records import ModelKey
files, me = DiskFiles(sys.argv[1]), sys.argv[2]
for n in range(40):
    add_decisions(files, ModelKey("m", "1"), [Decision(f"{me}-{n}", "exclude", me, "why", float(n))], wait_seconds=60.0)
"""


@pytest.mark.slow
def test_processes_that_race_lose_nothing(tmp_path):
    """Two programs write forty decisions each into one file, at the same time."""
    racers = [
        subprocess.Popen([sys.executable, "-c", _RACER, str(tmp_path / "disk"), name]) for name in ("a", "b")
    ]
    codes = [racer.wait(60) for racer in racers]

    assert codes == [0, 0]
    found = read_decisions(DiskFiles(tmp_path / "disk"), ModelKey("m", "1"))
    assert len({decision.identity for decision in found}) == 80


def test_places_are_told_of_each_other(files, tmp_path):
    """A decision in the directory survives on the disk, and one on the disk is found in the directory."""
    disk = DiskFiles(tmp_path / "disk")
    add_decisions(files, KEY, [decided(EXCLUDE, 1.0, "a")])
    add_decisions(disk, KEY, [decided(EXCLUDE, 2.0, "b")])
    desk = DecisionDesk(files, disk)
    found = desk.decisions(KEY)
    desk.add(KEY, [decided(END, 3.0, "c")])
    desk.decisions(KEY)
    desk.close()

    assert [decision.feature for decision in found] == ["a", "b"]
    assert [decision.feature for decision in read_decisions(files, KEY)] == ["a", "b", "c"]
    assert [decision.feature for decision in read_decisions(disk, KEY)] == ["a", "b", "c"]


def test_a_decision_on_the_disk_is_found_while_it_runs(tmp_path):
    """A little later: a disk is looked at beside the evaluation."""
    disk = DiskFiles(tmp_path / "disk")
    desk = DecisionDesk(None, disk)
    before = desk.decisions(KEY)
    desk.close()  # waits for the look that goes on
    add_decisions(disk, KEY, [decided(EXCLUDE, 1.0, "a")])
    desk.decisions(KEY)
    desk.close()

    assert before == ()
    assert [decision.feature for decision in desk.decisions(KEY)] == ["a"]


def test_a_desk_without_places_knows_what_it_was_told():
    """One process alone, in its own memory."""
    desk = DecisionDesk(None, None)
    desk.add(KEY, [decided(EXCLUDE, 1.0, "a")])

    assert [decision.feature for decision in desk.decisions(KEY)] == ["a"]


def test_a_desk_says_once_that_a_directory_fails(files, caplog):
    """And goes on with what it knew."""
    desk = DecisionDesk(files, None)
    add_decisions(files, KEY, [decided(EXCLUDE, 1.0, "a")])
    desk.decisions(KEY)
    files.error = OSError("gone")
    with caplog.at_level(logging.WARNING, "mlexporter"):
        found = [desk.decisions(KEY) for _ in range(3)]

    assert [[decision.feature for decision in each] for each in found] == [["a"]] * 3
    assert caplog.text.count("gone") == 1
