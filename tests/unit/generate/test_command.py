from click.testing import CliRunner

from mlexporter.cli.generate import generate_command
from mlexporter.errors import ConfigurationError
from mlexporter.generate.artefacts import artefacts


def prepared(folder):
    """Make ``folder`` look like the repository and return the arguments that name it."""
    (folder / "src" / "mlexporter").mkdir(parents=True)
    (folder / "src" / "mlexporter" / "catalogue.py").touch()
    (folder / "pyproject.toml").touch()
    return ["--root", str(folder)]


def test_writes_and_says_what(tmp_path):
    """Each file that was written is a line."""
    done = CliRunner().invoke(generate_command, prepared(tmp_path))
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [f"wrote {name}" for name in sorted(artefacts())]


def test_check_fails_and_lists_what_is_stale(tmp_path):
    """The exit status is for CI, the list and the way out for people."""
    root = prepared(tmp_path)
    done = CliRunner().invoke(generate_command, [*root, "--check"])
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        *(f"stale: {name}" for name in sorted(artefacts())),
        "run: mlexporter generate",
    ]
    CliRunner().invoke(generate_command, root)
    assert CliRunner().invoke(generate_command, [*root, "--check"]).exit_code == 0


def test_another_folder_is_an_error_of_ours(tmp_path):
    """``main`` turns it into one line."""
    done = CliRunner().invoke(generate_command, ["--root", str(tmp_path)])
    assert isinstance(done.exception, ConfigurationError)
