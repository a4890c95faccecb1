"""What other processes read of the baseline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlexporter.app.baselines.board import BaselineBoard, state_from_bytes, state_to_bytes
from mlexporter.app.baselines.words import state_lines
from mlexporter.app.shared_files import file_name
from mlexporter.records import BaselineState, ModelKey
from mlexporter.state.envelope import seal

KEY = ModelKey("fares", "3")
STATE = BaselineState(
    "training", 20, 24, 25, 168, 3600.0, note="wait", excluded=frozenset({"a", "ü"}), acknowledged={"b": 5.0}
)


@pytest.fixture
def process(world, files, evaluation):
    """A process that has learned a baseline."""
    process = evaluation(world, files, baseline_blocks=24)
    process.look()
    process.wait(24)
    return process


def test_a_state_comes_back():
    """All but the reference."""
    assert state_from_bytes(state_to_bytes(STATE)) == STATE


@pytest.mark.parametrize("content", [[], {}, {"against": "wish"}])
def test_rubbish_is_refused(content):
    """Its checksum may be right all the same."""
    with pytest.raises(ValueError, match="damaged"):
        state_from_bytes(seal(b"bsta", 1, content, ()))


def test_every_process_sees_the_baseline_that_is_in_use(process, files, reference):
    """The same counts and the same noise as the evaluator."""
    seen = BaselineBoard(files).read(KEY, reference)

    assert seen.against == "baseline"
    assert seen.reference == process.state.reference
    assert seen == replace(process.state, reference=seen.reference)


def test_it_is_applied_once(process, files, reference):
    """A scrape does not unpack it again."""
    board = BaselineBoard(files)

    assert board.read(KEY, reference).reference is board.read(KEY, reference).reference
    assert process.state.against == "baseline"


def test_a_reader_with_other_bins_sees_training(process, files, other_bins):
    """It serves the next profile already."""
    seen = BaselineBoard(files).read(KEY, other_bins)

    assert (seen.against, seen.reference, seen.accepted_timestamp) == ("training", None, None)
    assert process.baselines.state(KEY, other_bins) is None


@pytest.mark.parametrize("kind", ["drift", "baseline"])
def test_what_cannot_be_read_is_as_good_as_none(process, files, reference, kind):
    """Damaged, or in a directory that fails."""
    del process
    files[file_name(kind, KEY)] = b"rubbish"

    assert BaselineBoard(files).read(KEY, reference) is None
    files.error = OSError("gone")
    assert BaselineBoard(files).read(KEY, reference) is None
    assert BaselineBoard(type(files)()).read(KEY, reference) is None


def test_it_is_written_where_it_has_changed(files):
    """A directory that failed gets it when it is back."""
    board = BaselineBoard(files)
    files.error = OSError("gone")
    board.publish(KEY, STATE)
    files.error = None
    board.publish(KEY, STATE)
    files.clear()
    board.publish(KEY, STATE)

    assert files == {}
    board.publish(KEY, replace(STATE, clean_blocks=21))
    assert len(files) == 1


def test_words_for_people():
    """What is missing, who decided and why; and nothing that steers a terminal."""
    accepted = replace(
        STATE, against="baseline", who="anna\x1b[31m", why="new airport", accepted_timestamp=0.0
    )

    assert list(state_lines(STATE)) == [
        "drift is measured against training; 25 of 168 blocks of 1h watched for a baseline, 20 of them clean (24 needed)",
        "wait",
        "excluded from alerts: a, ü",
        "drift of b is acknowledged since 1970-01-01 00:00 UTC",
    ]
    assert next(state_lines(accepted)) == (
        "drift is measured against a baseline of serving of 1970-01-01 00:00 UTC, accepted by anna?[31m: new airport"
    )
    assert next(state_lines(replace(accepted, who="", why=""))).endswith(", learned by itself")
