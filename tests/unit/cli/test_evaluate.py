"""``mlexporter evaluate``: what it prints, writes and returns."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from mlexporter import Profile
from mlexporter.cli import command_line

pytest.importorskip("pyarrow")


def columns(n_rows, *, seed, shift=0.0):
    """Return columns of rows."""
    random = np.random.default_rng(seed)
    return {
        "amount": random.normal(100 + shift, 10, n_rows),
        "risk": random.uniform(0, 1, n_rows),
    }


def write(path, table):
    """Write columns as CSV."""
    rows = zip(*table.values(), strict=True)
    lines = [",".join(table), *(",".join(f"{value:.6f}" for value in row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A profile, rows like it, rows that moved, and few rows."""
    folder = tmp_path_factory.mktemp("evaluate")
    profile = Profile.fit(columns(3000, seed=1), model="fares", version="2", prediction="risk")
    profile.save(folder / "fares.profile.json")
    return {
        "profile": str(folder / "fares.profile.json"),
        "same": write(folder / "same.csv", columns(1000, seed=2)),
        "moved": write(folder / "moved.csv", columns(1000, seed=2, shift=8.0)),
        "few": write(folder / "few.csv", columns(30, seed=2)),
        "folder": folder,
    }


def run(*arguments):
    """Return the exit code and all output."""
    done = CliRunner().invoke(command_line, ["evaluate", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_a_table_says_what_could_have_been_seen(files):
    """Silence comes with the smallest shift that would have been seen."""
    code, said = run(files["same"], "--profile", files["profile"], "--score", "risk", "--fail-on", "drift")
    assert code == 0
    assert "1,000 rows against the profile" in said
    assert "no drift seen; only shifts above" in said


@pytest.mark.parametrize(
    ("rows", "fail_on", "code"),
    [
        ("moved", ["drift"], 3),
        ("moved", [], 0),
        ("same", ["drift", "quality", "no-verdict"], 0),
        ("few", ["drift"], 0),
        ("few", ["no-verdict"], 3),
    ],
)
def test_the_exit_code_is_3_where_what_was_asked_for_is_found(files, rows, fail_on, code):
    """Findings that nobody asked to fail on are told, and the exit code stays 0."""
    asked = [part for kind in fail_on for part in ("--fail-on", kind)]
    assert run(files[rows], "--profile", files["profile"], "--score", "risk", *asked)[0] == code


def test_the_worst_feature_stands_first(files):
    """The first line after the head is the feature that moved."""
    _, said = run(files["moved"], "--profile", files["profile"], "--score", "risk")
    assert said.splitlines()[2].startswith("amount")
    assert "drift: feature amount has drifted" in said


def test_json_alone_is_printed_with_a_dash(files):
    """Nothing else stands on the standard output."""
    _, said = run(files["moved"], "--profile", files["profile"], "--json", "-")
    assert json.loads(said)["model_name"] == "fares"


def test_files_are_written(files):
    """Page, document and textfile; each is named."""
    folder = files["folder"]
    paths = {name: folder / f"out.{name}" for name in ("json", "html", "prom")}
    code, said = run(
        files["same"], "--profile", files["profile"], "--json", str(paths["json"]), "--page", str(paths["html"]),
        "--textfile", str(paths["prom"]),
    )  # fmt: skip
    assert code == 0
    for path in paths.values():
        assert path.stat().st_size > 1000
        assert f"written to {path}" in said


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["gone.csv"], 1, "there is no such file"),
        (["{same}", "--score", "points"], 1, "no column 'points'"),
        (["{same}", "--every", "1d"], 1, "timestamp="),
        (["{same}", "--window", "1 day"], 1, "window='1 day'"),
        (["{same}", "--output", "risk"], 2, "NAME=COLUMN is needed"),
        (["{same}", "--textfile", "out.txt"], 2, "end in .prom"),
        (["{same}", "--fail-on", "everything"], 2, "'everything'"),
        (["{same}", "--json", "/nowhere/at/all.json"], 1, "cannot be written"),
    ],
)
def test_mistakes_say_the_way_out(files, arguments, code, message):
    """One line, and the exit code of a run that did not evaluate."""
    found, said = run(*(part.format(**files) for part in arguments), "--profile", files["profile"])
    assert (found, message in said) == (code, True), said
