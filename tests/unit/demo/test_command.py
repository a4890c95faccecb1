import pytest
from click.testing import CliRunner

from mlexporter.cli import demo
from mlexporter.demo.faults import Fault
from mlexporter.demo.options import Options
from mlexporter.errors import ConfigurationError


@pytest.fixture
def ran(monkeypatch):
    """What the command would have run, instead of running it."""
    options = []
    monkeypatch.setattr(demo, "run_demo", lambda chosen, console: options.append(chosen) or 0)
    return options


def invoke(*arguments):
    return CliRunner().invoke(demo.demo_command, arguments)


def test_the_default_story_breaks_the_distance(ran, monkeypatch, tmp_path):
    """And looks for programs on PATH, then in the cache, newest layout first."""
    for layout in ("bookworm-amd64", "bookworm-amd64-2"):
        (tmp_path / "debian" / layout / "usr" / "bin").mkdir(parents=True)
    monkeypatch.setenv("MLEXPORTER_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "/somewhere")
    assert invoke().exit_code == 0
    places = [f"{tmp_path}/debian/{layout}/usr/bin" for layout in ("bookworm-amd64-2", "bookworm-amd64")]
    assert ran == [
        Options(faults=(Fault("distance", "unit"),), program_path=":".join(["/somewhere", *places]))
    ]


def test_faults_can_be_chosen_or_left_out(ran):
    """--break may be given again; --no-break breaks nothing."""
    assert invoke("--break", "seats=stuck", "--break", "carrier=missing").exit_code == 0
    assert invoke("--no-break").exit_code == 0
    assert [options.faults for options in ran] == [(Fault("seats", "stuck"), Fault("carrier", "missing")), ()]


def test_breaking_and_not_breaking_contradict_each_other(ran):
    """Better asked than guessed."""
    result = invoke("--no-break", "--break", "seats=stuck")
    assert result.exit_code == 2
    assert "contradict each other" in result.output
    assert ran == []


@pytest.mark.parametrize(
    "arguments", [("--break", "seats"), ("--speed", "1"), ("--days", "400"), ("--from", "2013-01-01")]
)
def test_what_cannot_be_is_an_error_of_ours(ran, arguments):
    """The command line prints it as one line."""
    assert isinstance(invoke(*arguments).exception, ConfigurationError)
    assert ran == []
