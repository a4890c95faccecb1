"""The command learns a profile, prints what it learned, and refuses in one line."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from mlexporter.cli.check import check_command
from mlexporter.cli.profile import profile_command
from mlexporter.profile import Profile


@pytest.fixture
def table(tmp_path):
    """A CSV file with features, a score and a label."""
    generator = np.random.default_rng(1)
    score = generator.random(500)
    pd.DataFrame({
        "distance": generator.normal(size=500), "stops": generator.integers(0, 3, 500), "tail": [f"N{index}" for index in range(500)],
        "score": score, "late": generator.random(500) < score,
    }).to_csv(tmp_path / "train.csv", index=False)  # fmt: skip
    return tmp_path / "train.csv"


def _run(*arguments):
    return CliRunner().invoke(profile_command, [str(argument) for argument in arguments])


def test_a_profile_is_written_and_described(table, tmp_path):
    """All options reach the file; the table shows columns, labels and what is skipped."""
    target = tmp_path / "out.json"
    result = _run(
        table, "--model", "delays", "--version", "1", "--score", "score", "--label", "late", "-o", target, "--threshold", "distance=0.3",
        "--no-alert", "stops", "--categorical", "stops", "--importance", "stops=2", "--decision-threshold", "0.5", "--dataset", "d",
        "--run-id", "r", "--commit", "c", "--framework", "f", "--hide-names",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    reference = Profile.load(target).reference
    assert reference.feature_names == ("distance", "stops")
    assert reference.features[0].threshold == 0.3
    assert (reference.features[1].alert, reference.features[1].importance) == (False, 2.0)
    assert reference.lineage.run_id == "r"
    for words in (
        "model delays version 1",
        "distance",
        "rows are positive",
        "tail: no value is shared",
        "written to",
        "category 00",
        "no alert",
    ):
        assert words in result.output


def test_the_file_is_named_after_the_model(table, tmp_path, monkeypatch):
    """Without -o the profile is written to MODEL.profile.json; features and exclude choose columns."""
    monkeypatch.chdir(tmp_path)
    assert (
        _run(
            table, "--model", "a/b", "--version", "1", "--features", "distance,stops", "--exclude", "stops"
        ).exit_code
        == 0
    )
    assert Profile.load(tmp_path / "b.profile.json").reference.feature_names == ("distance",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--score", "nope"], "there is no column 'nope'; the columns are: distance"), (["--threshold", "distance"], "COLUMN=NUMBER"),
        (["--threshold", "distance=x"], "COLUMN=NUMBER"), (["--time-zone", "Mars"], "IANA"), (["-o", "/proc/none/x.json"], "cannot be written"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line(table, arguments, message):
    """A mistake of the user ends with its reason, not with a traceback."""
    result = _run(table, "--model", "m", "--version", "1", *arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert message in result.output
    assert "Traceback" not in result.output


def test_check_describes_a_good_profile(table, tmp_path):
    """A good file is described and exits 0."""
    _run(table, "--model", "m", "--version", "1", "-o", tmp_path / "out.json")
    result = CliRunner().invoke(check_command, [str(tmp_path / "out.json")])
    assert result.exit_code == 0
    assert "500 training rows" in result.output


def test_check_says_what_is_wrong(tmp_path):
    """A broken file exits 1 with its reason in one line."""
    (tmp_path / "bad.json").write_text("{}")
    result = CliRunner().invoke(check_command, [str(tmp_path / "bad.json")])
    assert result.exit_code == 1
    assert "is no profile" in result.output
    assert CliRunner().invoke(check_command, [str(tmp_path / "none.json")]).exit_code == 1


def test_names_cannot_steer_the_terminal(table, tmp_path):
    """Control characters of a name are shown as question marks."""
    _run(table, "--model", "m\x1b[31m", "--version", "1", "-o", tmp_path / "out.json")
    result = CliRunner().invoke(check_command, [str(tmp_path / "out.json")])
    assert "\x1b" not in result.output
    assert "m?[31m" in result.output
