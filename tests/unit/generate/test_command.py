import yaml
from click.testing import CliRunner

from mlexporter.cli import command_line
from mlexporter.cli.generate import generate_command
from mlexporter.cli.public_names import names_of_today, released_names_file
from mlexporter.errors import ConfigurationError
from mlexporter.generate.artefacts import artefacts


def every():
    """Return what is generated: from the catalogue, and from the commands themselves."""
    return [*artefacts(), *released_names_file(names_of_today(command_line))]


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
    assert done.stdout.splitlines() == [f"wrote {name}" for name in sorted(every())]


def test_check_fails_and_lists_what_is_stale(tmp_path):
    """The exit status is for CI, the list and the way out for people."""
    root = prepared(tmp_path)
    done = CliRunner().invoke(generate_command, [*root, "--check"])
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        *(f"stale: {name}" for name in sorted(every())),
        "run: mlexporter generate",
    ]
    CliRunner().invoke(generate_command, root)
    assert CliRunner().invoke(generate_command, [*root, "--check"]).exit_code == 0


def test_another_folder_is_an_error_of_ours(tmp_path):
    """``main`` turns it into one line."""
    done = CliRunner().invoke(generate_command, ["--root", str(tmp_path)])
    assert isinstance(done.exception, ConfigurationError)


def generated(folder, *arguments, **environment):
    """Run ``generate alerts`` in a folder."""
    return CliRunner().invoke(generate_command, ["alerts", "--out", str(folder), *arguments], env=environment)


def test_alerts_are_written_anywhere_with_what_to_do_next(tmp_path):
    """The snippet for Prometheus, the check, and what is off and why."""
    done = generated(tmp_path / "new", "--group", "traffic", "--for-factor", "2")
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"recording.yaml", "rules.yaml"}
    assert f"rule_files:\n  - {tmp_path / 'new' / 'recording.yaml'}\n" in done.stdout
    assert "promtool check rules" in done.stdout
    assert "  canary: MLCanaryWorse\n" in done.stdout
    assert "MLFeatureDrift" not in (tmp_path / "new" / "rules.yaml").read_text(encoding="utf-8")


def test_options_win_over_the_file(tmp_path):
    """The file says what holds always, the command what is wanted now; also against each other."""
    config = tmp_path / "ml.toml"
    config.write_text(
        '[alerts]\ngroups = ["traffic"]\nwith = ["MLCanaryWorse"]\nrunbook_base = "https://a/"\n'
    )
    of_file = generated(tmp_path / "a", MLEXPORTER_CONFIG=str(config))
    assert of_file.exit_code == 0, of_file.output
    assert "runbook_url: https://a/MLCanaryWorse.md" in (tmp_path / "a" / "rules.yaml").read_text(
        encoding="utf-8"
    )
    done = generated(
        tmp_path / "b", "--config", str(config), "--without", "MLCanaryWorse", "--runbook-base", "https://b/"
    )
    assert done.exit_code == 0, done.output
    rules = (tmp_path / "b" / "rules.yaml").read_text(encoding="utf-8")
    assert "https://b/" in rules
    assert "MLCanaryWorse" not in rules


def test_files_of_a_person_are_not_overwritten(tmp_path):
    """Unless forced; then nothing of the earlier run is left unsaid."""
    (tmp_path / "rules.yaml").write_text("groups: []\n")
    refused = generated(tmp_path)
    assert isinstance(refused.exception, ConfigurationError)
    assert "--force" in str(refused.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["rules.yaml"]
    assert generated(tmp_path, "--force", "--fleet").exit_code == 0
    again = generated(tmp_path)
    assert again.exit_code == 0
    assert f"{tmp_path / 'fleet.yaml'} is of an earlier run" in again.stdout


def test_one_file_on_standard_output(tmp_path):
    """All groups in one document, and nothing is written."""
    done = CliRunner().invoke(generate_command, ["alerts", "--stdout", "--fleet"])
    assert done.exit_code == 0
    groups = [group["name"] for group in yaml.safe_load(done.stdout)["groups"]]
    assert len(set(groups)) == len(groups) > 10
    assert {"mlexporter-service", "mlexporter-alerts-drift", "mlexporter-fleet-1h"} <= set(groups)
    assert generated(tmp_path, "--stdout").exit_code == 2


def test_a_selector_that_is_none_is_refused(tmp_path):
    """Before anything is written."""
    done = generated(tmp_path / "x", "--selector", "{a=b}")
    assert isinstance(done.exception, ConfigurationError)
    assert not (tmp_path / "x").exists()
