"""``mlexporter baseline``: what a person sees, and what is written down."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from mlexporter.app.baselines.baseline import Baseline
from mlexporter.app.baselines.baseline_file import baseline_to_bytes
from mlexporter.app.baselines.block_file import log_to_bytes
from mlexporter.app.baselines.blocks import Block, BlockLog, Fault
from mlexporter.app.baselines.decision_file import add_decisions, read_decisions
from mlexporter.app.baselines.decisions import Decision
from mlexporter.app.baselines.disk_files import SHARED, DiskFiles
from mlexporter.app.shared_files import file_name
from mlexporter.cli import command_line
from mlexporter.records import ComponentNoise, ModelKey, WindowCounts
from mlexporter.state.moment import Moment
from mlexporter.state.track import pack

KEY = ModelKey("team/fares ü", "3")
WALL = 1_700_000_000.0


def a_log(n_blocks=30, n_bad=0):
    """Return a log with some blocks that lack a feature."""
    log = BlockLog(3600.0, 168)
    log.begin_anew("bins0001", (0, 0, 0, 0, 0))
    log.began = 0.0
    for place in range(n_blocks):
        faults = (Fault("missing", "dist\x1b[31m"),) if place < n_bad else ()
        log.keep(Block(place * 3600.0, WALL, 3600.0, faults, pack(log.open)))
    return log


def a_baseline():
    """Return one that somebody accepted."""
    empty = np.zeros(0, np.int64)
    noise = {"1h": ComponentNoise(30, 0.04, 0.01, 0.0025)}, {"1h": ComponentNoise(30, None, None, 0.01)}
    return Baseline(
        "bins0001", WALL, 30, WindowCounts("baseline", 1.0, 6000, empty, empty, empty, empty), None, None,
        noise, (), who="anna", why="new airport", decision="d1",
    )  # fmt: skip


class Place:
    """A directory as an exporter leaves it."""

    def __init__(self, path, prefix=SHARED):
        self.path = path
        self.files = DiskFiles(path, prefix=prefix)
        self.option = "--dir" if prefix else "--snapshot-dir"
        self.suffix = "" if prefix else "-a"

    def keep(self, log, key=KEY, **remarks):
        """Write the blocks of a model."""
        data = log_to_bytes(
            key, log, Moment(1.0, WALL, "boot"), features=("dist\x1b[31m", "ü"), remarks=remarks
        )
        self.files.write_shared(file_name("blocks", key) + self.suffix, data)

    def keep_baseline(self, baseline):
        """Write what is in use."""
        data = baseline_to_bytes(KEY, baseline, Moment(1.0, WALL, "boot"))
        self.files.write_shared(file_name("baseline", KEY) + self.suffix, data)

    def run(self, command, *arguments, model=KEY.name):
        """Run a command on the model; return its exit code and what it said."""
        result = run(command, model, *arguments, self.option, str(self.path))
        return result.exit_code, result.output

    def decisions(self):
        """Return what was written down."""
        return read_decisions(self.files, KEY)


def run(*arguments):
    environment = {"MLEXPORTER_DIR": None, "MLEXPORTER_SNAPSHOT_DIR": None, "LOGNAME": "maria"}
    return CliRunner(env=environment).invoke(command_line, ["baseline", *arguments])


@pytest.fixture(params=[SHARED, ""], ids=["shared", "disk"])
def place(request, tmp_path):
    place = Place(tmp_path / "place", request.param)
    place.keep(a_log())
    return place


def test_accept_writes_down_who_and_why(place):
    """The exporter finds it; the login stands for a name that is not given."""
    code, said = place.run("accept", "--why", "  new airport ")
    place.run("accept", "--why", "again", "--who", "anna", "--with-incidents")
    first, second = place.decisions()

    assert code == 0
    assert said.startswith("accepted: a baseline of 30 clean blocks")
    assert (first.kind, first.who, first.why, first.fingerprint) == (
        "accept",
        "maria",
        "new airport",
        "bins0001",
    )
    assert (second.who, second.with_incidents) == ("anna", True)


def test_accept_refuses_too_little_and_says_how_much_there_is(place):
    """With the reason why blocks are not clean, and the ways out."""
    place.keep(a_log(40, n_bad=20))
    code, said = place.run("accept", "--why", "now")

    assert code == 1
    assert "needs 24 clean blocks, and 20 of 40 are clean (20 with missing values of dist?[31m)" in said
    assert "--with-incidents" in said
    assert place.decisions() == ()
    assert place.run("accept", "--why", "now", "--with-incidents")[0] == 0


@pytest.mark.parametrize("command", ["accept", "reset"])
@pytest.mark.parametrize("why", [(), ("--why", ""), ("--why", "  "), ("--why", "x" * 1001)])
def test_a_decision_needs_a_reason(place, command, why):
    """It is read months later."""
    code, said = place.run(command, *why)

    assert code == 2
    assert "--why" in said
    assert place.decisions() == ()


def test_reset_is_a_decision(place):
    """It is written down like the others."""
    assert place.run("reset", "--why", "wrong week")[0] == 0
    assert [decision.kind for decision in place.decisions()] == ["reset"]


def test_a_clock_that_was_set_back_does_not_make_a_decision_the_older_one(place):
    """What a person decides last is last in the log, and holds."""
    ahead = Decision("1", "exclude", "anna", "known", 9e9, "bins0001", "ü")
    add_decisions(place.files, KEY, [ahead])
    assert place.run("include", "ü", "--why", "repaired")[0] == 0

    assert [each.kind for each in place.decisions()] == ["exclude", "include"]


def test_a_feature_is_excluded_and_included(place):
    """Once each; a second time says that it is so already."""
    answers = [
        place.run(command, "ü", "--why", "known")
        for command in ("include", "exclude", "exclude", "include", "include")
    ]

    assert [code for code, _ in answers] == [1, 0, 1, 0, 1]
    assert "was not excluded" in answers[0][1]
    assert "is excluded already" in answers[2][1]
    assert [decision.kind for decision in place.decisions()] == ["exclude", "include"]


@pytest.mark.parametrize("command", ["exclude", "include", "acknowledge"])
def test_a_feature_that_is_not_there_is_refused(place, command):
    """With those that are; nothing in a name steers the terminal."""
    code, said = place.run(command, "dist", "--why", "known")

    assert code == 1
    assert "no feature 'dist'" in said
    assert "\x1b" not in said
    assert place.decisions() == ()


def test_a_drift_is_acknowledged_for_a_while(place):
    """Seven days from now, or until it is over."""
    place.run("acknowledge", "ü", "--why", "known", "--for", "7d")
    place.run("acknowledge", "ü", "--why", "known")
    first, second = place.decisions()

    assert first.until - first.timestamp == 7 * 86400
    assert second.until is None


@pytest.mark.parametrize("length", ["", "soon", "0d", "-1d", "1.5h"])
def test_rubbish_for_a_length_is_refused(place, length):
    """With what would do."""
    code, said = place.run("acknowledge", "ü", "--why", "known", "--for", length)

    assert code == 2
    assert "such as 1h" in said


def test_show_tells_everything(place):
    """What, since when, who, why; blocks, decisions, and the noisiest features first."""
    place.keep(a_log(40, n_bad=3), handled="d1")
    place.keep_baseline(a_baseline())
    place.run("exclude", "ü", "--why", "known", "--who", "anna")
    place.run("acknowledge", "dist\x1b[31m", "--why", "storm", "--who", "anna")
    code, said = place.run("show", "--log")
    lines = said.splitlines()

    assert code == 0
    assert "\x1b" not in said
    assert lines[:5] == [
        "model team/fares ü version 3 (primary), profile bins0001",
        "against   baseline of 30 blocks of serving, 6,000 rows",
        "since     2023-11-14 22:13 UTC",
        "by        anna",
        "why       new airport",
    ]
    assert lines[5].startswith("blocks    40 of 168 of 1h each, 37 clean (24 needed), written ")
    assert lines[6] == "          3 with missing values of dist?[31m"
    assert "excluded  ü" in lines
    assert any(line.startswith("known     drift of dist?[31m, since ") for line in lines)
    noise = next(place for place, line in enumerate(lines) if line.startswith("noise"))
    assert lines[noise + 2].split() == ["dist?[31m", "1h", "0.200", "0.100", "0.050", "30"]
    assert lines[noise + 3].split() == ["ü", "1h", "-", "-", "0.100", "30"]
    assert [line.split()[3] for line in lines[lines.index("decisions") + 1 :]] == ["exclude", "acknowledge"]


def test_show_without_a_baseline(place):
    """Training, and what has not been followed yet."""
    place.run("accept", "--why", "now")
    code, said = place.run("show")

    assert code == 0
    assert "against   training" in said
    assert "waiting   accept of " in said


def test_a_baseline_of_other_bins_is_not_shown(place):
    """The profile was replaced."""
    log = a_log()
    log.fingerprint = "bins0002"
    place.keep(log)
    place.keep_baseline(a_baseline())

    assert "against   training" in place.run("show")[1]


def test_a_model_that_is_not_there_is_refused(place):
    """With those that are."""
    code, said = place.run("show", model="fare")

    assert code == 1
    assert "no model 'fare'" in said
    assert "'team/fares ü' version '3' (primary)" in said


def test_a_version_is_asked_for_where_there_are_several(place):
    """And then only that one is meant."""
    place.keep(a_log(), ModelKey(KEY.name, "4"))
    place.keep(a_log(), ModelKey(KEY.name, "4", "shadow"))
    code, said = place.run("show")

    assert code == 1
    assert "3 times" in said
    assert place.run("show", "--version", "3")[0] == 0
    assert place.run("show", "--version", "4")[0] == 1
    assert place.run("show", "--version", "4", "--variant", "shadow")[0] == 0
    assert "version '9'" in place.run("show", "--version", "9")[1]


def test_a_directory_that_is_not_there_is_not_made(tmp_path):
    """A typing error must not look like an exporter without models."""
    for option in ("--dir", "--snapshot-dir"):
        result = run("show", "m", option, str(tmp_path / "nothing"))
        assert result.exit_code == 1
        assert "is not there" in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_empty_directory_says_what_is_missing(tmp_path):
    """No exporter has evaluated there."""
    (tmp_path / "place").mkdir(mode=0o700)
    result = run("accept", "m", "--why", "now", "--dir", str(tmp_path / "place"))

    assert result.exit_code == 1
    assert "no model with a profile has been evaluated there yet" in result.output


def test_a_file_that_others_may_write_is_not_believed(place):
    """A directory that everybody can write to is no place for decisions."""
    place.path.chmod(0o777)
    code, said = place.run("show")

    assert code == 1
    assert "others may write" in said


def test_damaged_files_are_told(place):
    """Blocks that cannot be read are none; decisions that cannot be read are not written over."""
    place.files.write_shared(file_name("decisions", KEY), b"rubbish")
    code, said = place.run("show")

    assert code == 1
    assert "cannot be read" in said
    place.files.write_shared(file_name("blocks", KEY) + place.suffix, b"rubbish")
    assert "no model 'team/fares ü'" in place.run("show")[1]


def test_a_place_is_needed(tmp_path):
    """One, not two; the environment may name it."""
    assert "pass --dir" in run("show", "m").output
    assert "give one of them" in run("show", "m", "--dir", "a", "--snapshot-dir", "b").output
    place = Place(tmp_path / "place")
    place.keep(a_log())
    environment = {"MLEXPORTER_DIR": str(place.path)}
    result = CliRunner(env=environment).invoke(command_line, ["baseline", "show", KEY.name])
    assert result.exit_code == 0


def test_a_name_that_is_no_text_is_no_traceback(place):
    """Bytes of another encoding in the arguments."""
    code, said = place.run("show", model="\udcff")

    assert code == 1
    assert "Traceback" not in said
