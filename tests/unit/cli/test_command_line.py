"""The command line as a whole: its commands, its version, and errors in one line."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from mlexporter._version import __version__
from mlexporter.cli import COMMANDS, command_line


def test_help_lists_every_command_in_a_line():
    """``mlexporter --help`` names each command with what it is for."""
    result = CliRunner().invoke(command_line, ["--help"])

    assert result.exit_code == 0
    for name in COMMANDS:
        line = next(line for line in result.output.splitlines() if line.split()[:1] == [name])
        assert len(line.split()) > 3


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name):
    """Every command explains itself without doing anything."""
    result = CliRunner().invoke(command_line, [name, "--help"])

    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_version():
    """``mlexporter --version`` tells the version of the package."""
    assert __version__ in CliRunner().invoke(command_line, ["--version"]).output


def test_an_unknown_command_names_itself():
    """A misspelt command is told back."""
    result = CliRunner().invoke(command_line, ["chekc"])

    assert result.exit_code == 2
    assert "chekc" in result.output


def test_an_error_of_ours_is_one_line_without_a_traceback(tmp_path):
    """``python -m mlexporter check`` of nothing exits 1 with one line that names the file."""
    missing = tmp_path / "nothing.json"

    done = subprocess.run(
        [sys.executable, "-m", "mlexporter", "check", str(missing)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert str(missing) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_profile_without_its_extra_says_what_to_install(tmp_path):
    """A base install can start the command; it tells in one line how to read files."""
    table = tmp_path / "train.csv"
    table.write_text("x\n1\n")
    hidden = "import sys; sys.modules.update(tqdm=None, duckdb=None, pyarrow=None)"
    run = "from mlexporter.cli import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; {run}", "profile", str(table), "--model", "m", "--version", "1"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.returncode == 1
    assert "pip install 'mlexporter[profile]'" in done.stderr
    assert "Traceback" not in done.stderr
