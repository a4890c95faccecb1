import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlexporter.cli import demo
from mlexporter.demo.faults import Fault
from mlexporter.demo.history.era import DAY
from mlexporter.errors import ConfigurationError


@pytest.fixture
def ran(monkeypatch):
    """What the command would have run, instead of running it."""
    options = []
    monkeypatch.setattr(demo, "run_history", lambda chosen, console: options.append(chosen) or 0)
    monkeypatch.setattr(demo, "run_demo", lambda chosen, console: pytest.fail("the live run was begun"))
    return options


def invoke(*arguments):
    return CliRunner().invoke(demo.demo_command, arguments)


def test_a_history_is_asked_for(ran):
    """The defaults: served, here, with the fault of the live run, until now."""
    assert invoke("--history", "9mo").exit_code == 0
    (options,) = ran
    assert (options.seconds, options.out, options.serve) == (270 * DAY, Path("mlexporter-history"), True)
    assert (options.faults, options.port) == ((Fault("distance", "unit"),), None)
    assert abs(options.now - time.time()) < 60


def test_everything_can_be_chosen(ran):
    """Seed, faults, folder and port."""
    result = invoke(
        "--history", "8d", "--out", "there", "--no-serve", "--seed", "7", "--port", "9999", "--break", "seats=stuck"
    )  # fmt: skip
    assert result.exit_code == 0
    (options,) = ran
    assert (options.out, options.serve, options.seed, options.port) == (Path("there"), False, 7, 9999)
    assert options.faults == (Fault("seats", "stuck"),)
    assert invoke("--history", "8d", "--no-break").exit_code == 0
    assert ran[1].faults == ()


@pytest.mark.parametrize(
    ("arguments", "way_out"),
    [
        (("--speed", "3600"), "as fast as can be"),
        (("--from", "2013-06-12"), "ends now"),
        (("--days", "8"), "--history 8d"),
        (("--keep",), "--no-serve"),
        (("--nine-months", "x.html"), "twice"),
    ],
)
def test_options_of_the_live_run_are_refused_with_a_way_out(ran, arguments, way_out):
    """Also where they say the default."""
    result = invoke("--history", "8d", *arguments)
    assert result.exit_code == 2
    assert way_out in result.output
    assert ran == []


@pytest.mark.parametrize("arguments", [("--out", "there"), ("--no-serve",)])
def test_options_of_a_history_need_one(ran, arguments):
    """Better asked than guessed."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert "add --history 9mo" in result.output


def test_an_impossible_duration_is_an_error_of_ours(ran):
    """The command line prints it as one line."""
    assert isinstance(invoke("--history", "9m").exception, ConfigurationError)


def test_a_folder_that_cannot_be_written_is_one_line(monkeypatch):
    """No traceback."""

    def full(options, console):
        raise OSError("no space left")

    monkeypatch.setattr(demo, "run_history", full)
    result = invoke("--history", "8d")
    assert result.exit_code == 1
    assert result.output == "Error: no space left\n"
