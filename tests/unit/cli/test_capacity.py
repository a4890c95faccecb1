"""``mlexporter capacity``: a table, JSON, values of the chart, and what is refused."""

import json

import pytest
import yaml
from click.testing import CliRunner

from mlexporter import Profile
from mlexporter.cli.capacity import capacity_command


def run(*arguments):
    """Run the command; its mistakes come out beside its answers."""
    return CliRunner().invoke(capacity_command, [str(argument) for argument in arguments])


def answer(*arguments):
    """Return the JSON of the command."""
    result = run(*arguments, "--output", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture
def profile(tmp_path):
    """A profile of three features and an output."""
    rows = {"distance": [i * 0.37 for i in range(2000)], "stops": [i % 3 for i in range(2000)]}
    rows |= {"carrier": ["AA", "DL"] * 1000, "score": [i / 2000 for i in range(2000)]}
    path = tmp_path / "fares.profile.json"
    Profile.fit(rows, model="fares", version="7", prediction="score").save(path)
    return path


def test_what_matters_stands_first():
    """The verdict, what is over a limit, then a table whose numbers stand below each other."""
    result = run("--features", 200, "--pods", 20)

    first, *others = result.output.splitlines()
    assert first.startswith("200 features x 20 pods: 402,060 series; Prometheus needs about 2.4 GiB")
    assert others[0].startswith("  ! 421,485 series of one job are many")
    table = others[others.index("") + 1 :]
    assert [line for line in table if not line.startswith(" ")] == [
        "one pod exposes", "Prometheus, 20 pods every 30 s", "in each pod", "to be set",
    ]  # fmt: skip
    assert all(len(line) <= 100 for line in table)
    ends = {line.index(f"{number}") + len(number) for line, number in _numbers(table)}
    assert len(ends) == 1


def _numbers(table):
    for line in table:
        if line.startswith("  "):
            yield line, line[32:].strip().partition("  ")[0]


def test_json_has_stable_keys():
    """Programs find what the document lists."""
    found = answer("--features", 50, "--pods", 2)

    assert list(found) == [
        "verdict", "remarks", "load", "pod", "prometheus", "directory", "processes", "recommended",
    ]  # fmt: skip
    assert found["load"]["features"] == 50
    assert found["load"]["profile"] is None
    assert found["pod"]["series"] == sum(found["pod"]["groups"].values())
    assert found["directory"]["total_bytes"] == sum(found["directory"]["files"].values())


def test_values_have_the_keys_of_the_chart_and_no_others():
    """What helm is given is what the JSON recommends."""
    result = run("--features", 50, "--output", "values")

    wanted = answer("--features", 50)["recommended"]
    assert yaml.safe_load(result.output) == {
        "scrape": {"sampleLimit": wanted["sample_limit"], "bodySizeLimit": wanted["body_size_limit"]},
        "counts": {"sizeLimit": wanted["size_limit"]},
        "exporter": {
            "resources": {
                "requests": {"cpu": wanted["cpu_request"], "memory": wanted["memory_request"]},
                "limits": {"memory": wanted["memory_limit"]},
            }
        },
    }


def test_every_option_changes_the_answer():
    """None is read and forgotten."""
    before = answer()
    changed = {
        "--features": 60, "--categorical": 20, "--pods": 7, "--workers": 9, "--models": 2, "--versions": 2,
        "--bins": 9, "--outputs": 4, "--windows": "2h", "--measures": "all", "--series-budget": 500,
        "--baseline": "off", "--gpus": 3, "--rows-per-second": 5000, "--scrape-interval": "15s",
    }  # fmt: skip
    assert set(changed) | {"--fleet", "--profile", "--output"} == {
        option for parameter in capacity_command.params for option in parameter.opts
    }
    for arguments in (*changed.items(), ("--fleet",)):
        found = answer(*arguments)
        assert any(found[part] != before[part] for part in ("pod", "prometheus", "directory")), arguments


def test_a_profile_says_what_there_is(profile):
    """Features, kinds and outputs are its own, and its name is told."""
    found = answer("--profile", profile)

    assert found["load"]["profile"] == "fares 7"
    assert (found["load"]["features"], found["load"]["categorical"], found["load"]["outputs"]) == (3, 1, 1)
    assert found["pod"]["series"] < answer("--features", 3)["pod"]["series"]


@pytest.mark.parametrize("option", ["--features", "--categorical", "--bins", "--outputs"])
def test_what_a_profile_says_cannot_be_said_beside_it(profile, option):
    """Nobody has to guess which of the two was taken."""
    result = run("--profile", profile, option, 5)

    assert result.exit_code == 2
    assert f"{option} cannot be given beside --profile" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--features", -1), "Invalid value for --features: -1 is too little; 0 to 20,000 can be asked for"),
        (("--features", 10**9), "--features: 1,000,000,000 is too much; 0 to 20,000 can be asked for"),
        (("--pods", 0), "--pods: 0 is too little; 1 to 10,000 can be asked for"),
        (("--series-budget", 10**12), "--series-budget: 1,000,000,000,000 is too much; 0 to 10,000,000"),
        (("--bins", 1), "--bins: 1 is too little; 2 to 1,000"),
        (
            ("--features", 3, "--categorical", 4),
            "categorical=4: a whole number from 0 to features=3 is needed",
        ),
        (("--features", "many"), "'many' is not a valid integer"),
        (("--windows", "soon"), "windows='soon': a whole number above 0 followed by s, m, h, d or w"),
        (("--windows", ""), "windows='': at least one duration is needed"),
        (("--measures", "most"), "measures='most': one of default, all is needed"),
        (("--scrape-interval", "often"), "--scrape-interval: 'often': a whole number above 0"),
        (("--scrape-interval", "9d"), "scrape_interval=777600.0: 1 to 3,600 seconds are needed"),
        (("--rows-per-second", "nan"), "rows_per_second=nan"),
        (("--output", "pdf"), "'pdf' is not one of"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(arguments, message):
    """The message has the field, the value and the range; nothing is computed."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in result.output


def test_a_profile_that_cannot_be_read_is_named(tmp_path):
    """With the reason, and without a traceback."""
    path = tmp_path / "nothing.json"
    missing = run("--profile", path)
    path.write_text("{", encoding="utf-8")
    broken = run("--profile", path)

    assert missing.exit_code == broken.exit_code == 1
    assert "nothing.json" in missing.output
    assert "nothing.json" in broken.output
