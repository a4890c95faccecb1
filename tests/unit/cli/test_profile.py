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


@pytest.fixture
def timed(tmp_path):
    """A Parquet file of three weeks with times, a carrier, a score and a label."""
    generator = np.random.default_rng(1)
    n = 21 * 24 * 60
    times = 1_700_438_400.0 + 60.0 * np.arange(n)
    score = generator.random(n)
    pd.DataFrame({
        "x": generator.normal(size=n) + np.sin(times / 86_400 * 2 * np.pi), "y": generator.normal(size=n), "at": pd.to_datetime(times, unit="s"),
        "carrier": generator.choice(["UA", "AA"], n), "score": score, "late": generator.random(n) < score,
    }).to_parquet(tmp_path / "timed.parquet")  # fmt: skip
    return tmp_path / "timed.parquet"


def test_what_is_learned_beyond_bins_is_said(timed, tmp_path):
    """Seasons, segments, noise, pairs and held-out rows reach the file, and the table tells them in plain words."""
    target = tmp_path / "out.json"
    result = _run(
        timed, "--model", "m", "--version", "1", "--score", "score", "--label", "late", "-o", target, "--timestamp", "at",
        "--segment", "carrier", "--statistic", "y=psi", "--derived", "y=x", "--window", "2h,24h", "--held-out-rows", "--no-joint",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    reference = Profile.load(target).reference
    assert "at" not in reference.feature_names
    assert (reference.features[1].statistic, reference.features[1].threshold) == ("psi", 0.2)
    assert set(reference.features[0].noise) == {"2h"}
    assert reference.joints == ()
    for words in (
        "0.2 psi", "seasons: 24 hours, in UTC", "segments: 2 of carrier", "training rows or more", "blocks of 2h, for 4 of 4 columns",
        "no noise for 24h: 19 blocks of 24h have 100 rows, 24 are needed", "pair: y is computed from x", "performance without labels",
    ):  # fmt: skip
        assert words in result.output


def test_nothing_is_learned_that_was_switched_off(timed, tmp_path):
    """Without seasons hours are one, and a wide window of too few blocks is said to have none."""
    target = tmp_path / "out.json"
    arguments = [
        "--model",
        "m",
        "--version",
        "1",
        "-o",
        target,
        "--timestamp",
        "at",
        "--no-seasons",
        "--no-joint",
    ]
    result = _run(timed, *arguments, "--window", "7d")
    assert result.exit_code == 0, result.output
    assert Profile.load(target).reference.slots is None
    assert "seasons" not in result.output
    assert "no noise for 7d: 2 blocks of 7d have 100 rows, 24 are needed" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--statistic", "y"], "'y': COL=psi is needed"), (["--statistic", "y=ks"], "one of effect, psi"), (["--derived", "=x"], "DERIVED=SOURCE is needed"),
        (["--timestamp", "y"], "no column 'y'"), (["--timestamp", "tail"], "no time"), (["--segment", "none"], "there is no column 'none'"),
        (["--window", "day"], "windows="), (["--held-out-rows"], "give prediction too"), (["--held-out", "x.csv", "--held-out-rows"], "one of them"),
        (["--embedding", "none"], "there is no column 'none'"),
    ],
)  # fmt: skip
def test_mistakes_about_learning_are_one_line(table, arguments, message):
    """A mistake ends with its reason, not with a traceback."""
    result = _run(table, "--model", "m", "--version", "1", *arguments)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert message in result.output
