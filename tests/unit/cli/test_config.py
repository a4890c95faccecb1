"""``mlexporter config``: every mistake of a file, what holds and from where, and the schema."""

import json
import textwrap

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from mlexporter.cli import command_line
from mlexporter.configuration.files import read_configuration
from mlexporter.settings import SETTINGS, Settings

WRONG = """
    [settings]
    prot = 9000
    required_observations = "50"

    [alerts]
    for_facto = 2
    selector = "{a=b}"
    groups = ["drfit"]

    [models.fares]
    error_objective = 1
    quality_tolerance = { acuracy = 1 }
    [models.fares.features.stops]
    treshold = 0.3
    [modles]
"""
GOOD = """
    [settings]
    port = 9000
    windows = "1h,6h"
    [alerts]
    for_factor = 2
    without = ["MLFeatureDrift"]
    [models."*"]
    minimum_requests = 20
    [models."a \\"b\\"\\u007f"]
    label_delay = "2w"
    quality_tolerance = { accuracy = 0.02 }
    [models."a \\"b\\"\\u007f".features."x.y"]
    alert = false
"""


@pytest.fixture
def config(tmp_path):
    """Return a function that writes a configuration file."""

    def write(text, name="mlexporter.toml"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return str(path)

    return write


def run(*arguments, **environment):
    """Run the command without variables of ours but these."""
    variables = {each.variable: None for each in SETTINGS} | environment
    return CliRunner().invoke(command_line, ["config", *arguments], env=variables)


def test_every_mistake_is_named_with_its_line(config):
    """Not only the first: nine lines of one run are all there is to correct."""
    path = config(WRONG)

    result = run("check", path)

    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    expected = {3: "prot", 4: "required_observations", 7: "for_facto", 8: "selector", 9: "groups",
                12: "error_objective", 13: "quality_tolerance", 15: "treshold", 16: "modles"}  # fmt: skip
    assert [line.partition(f"{path}: line ")[2].partition(":")[0] for line in lines] == [
        str(number) for number in expected
    ]
    for line, name in zip(lines, expected.values(), strict=True):
        assert name in line
    assert result.stdout == ""


def test_several_files_are_checked_at_once(config):
    """One that is bad makes the command fail, and takes no other one with it."""
    good, bad, broken = config(GOOD), config(WRONG, "bad.toml"), config("[x", "broken.toml")

    result = run("check", good, bad, broken, "/nowhere.toml")

    assert result.exit_code == 1
    assert result.stdout == f"{good}: good\n"
    assert result.stderr.count(bad) == 9
    assert f"{broken}: this is no TOML" in result.stderr
    assert "/nowhere.toml: there is no such file" in result.stderr
    assert run("check", good).exit_code == 0


def test_the_file_of_the_variable_is_checked_where_none_is_named(config):
    """Without one there is nothing to check."""
    assert run("check", MLEXPORTER_CONFIG=config(GOOD)).exit_code == 0
    assert run("check", MLEXPORTER_CONFIG=config(WRONG)).exit_code == 1
    assert run("check").exit_code == 2


def test_no_name_of_a_file_steers_the_terminal(config):
    """Control characters of keys are shown as question marks."""
    result = run("check", config('[models."a\\u001b[2J"]\nx\\u001b = 1\n'.replace("\\u001b = ", " = ")))

    assert result.exit_code == 1
    assert "\x1b" not in result.output


def test_check_of_a_profile_names_every_mistake_too(config):
    """There is one implementation."""
    path = config(WRONG)

    result = CliRunner().invoke(command_line, ["check", "--config", path])

    assert result.exit_code == 1
    assert result.output == "Error: " + run("check", path).output


def test_the_table_says_where_each_value_comes_from(config):
    """The variable wins over the file, the file over the default."""
    path = config(GOOD)

    output = run("show", path, MLEXPORTER_PORT="9001").output

    squeezed = [" ".join(line.split()) for line in output.splitlines()]
    assert f"configuration file: {path}" in squeezed
    assert "port = 9001 MLEXPORTER_PORT, over [settings]" in squeezed
    assert "windows = ('1h', '6h') [settings]" in squeezed
    assert "host = 127.0.0.1 default" in squeezed
    assert "for_factor = 2 [alerts]" in squeezed
    assert 'minimum_requests = 20 [models."*"]' in squeezed
    assert 'model a "b"?:' in squeezed
    assert 'label_delay = 14d [models.a "b"?]' in squeezed


def test_without_a_file_the_defaults_hold():
    """Every setting is told, and every objective."""
    found = json.loads(run("show", "--output", "json").stdout)

    assert set(found["settings"]) == {each.name for each in SETTINGS} - {"config"}
    assert found["settings"]["port"] == {"value": 9469, "sources": ["default"]}
    assert found["models"]["*"]["minimum_requests"] == {"value": 100, "sources": ["default"]}
    assert found["models"]["*"]["label_delay"] == {"value": None, "sources": ["default"]}


def test_one_model_alone(config):
    """Also one that the file does not name: what holds for all models holds for it."""
    found = json.loads(run("show", config(GOOD), "--model", "other", "--output", "json").stdout)

    assert set(found) == {"models"}
    assert found["models"]["other"]["minimum_requests"] == {"value": 20, "sources": ['[models."*"]']}


def test_json_tells_values_as_a_file_would_have_them(config):
    """A list is a list, a duration a text, a choice stands at its feature."""
    found = json.loads(
        run("show", config(GOOD), "--output", "json", MLEXPORTER_LATENCY_OBJECTIVE="0.3").stdout
    )

    model = found["models"]['a "b"\x7f']
    assert found["settings"]["windows"]["value"] == ["1h", "6h"]
    assert model["label_delay"]["value"] == "14d"
    assert model["quality_tolerance"]["accuracy"]["value"] == 0.02
    assert model["features"]["x.y"]["alert"]["value"] is False
    assert model["latency_threshold_seconds"] == {"value": 0.3, "sources": ["MLEXPORTER_LATENCY_OBJECTIVE"]}


def test_toml_is_a_file_that_says_the_same(config, tmp_path):
    """Read again, it makes the same settings, options and objectives, and shows the same values."""
    path = config(GOOD)
    again = tmp_path / "again.toml"

    again.write_text(run("show", path, "--output", "toml").stdout)

    before, after = read_configuration(path), read_configuration(str(again))
    assert after.alerts == before.alerts
    for name in (*before.models, "other"):
        assert after.model(name).objectives() == before.model(name).objectives()
        assert after.model(name).features == before.model(name).features
    assert set(after.settings) >= set(before.settings)
    assert set(after.models) == set(before.models)
    assert [
        line.split("#")[0] for line in run("show", str(again), "--output", "toml").stdout.splitlines()
    ] == [line.split("#")[0] for line in again.read_text().splitlines()]
    assert "9000  # [settings]" in again.read_text()
    assert Settings().host in again.read_text()


def test_a_wrong_file_or_variable_is_one_line(config):
    """What holds cannot be told of it; the first mistake is, and how to see the others."""
    result = run("show", config(WRONG))

    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "and 5 more, which `mlexporter config check` names" in result.output
    assert "MLEXPORTER_PORT='x'" in run("show", MLEXPORTER_PORT="x").output


def test_the_schema_is_printed():
    """It is one of draft 7, and the one that is written into the repository."""
    schema = json.loads(run("schema").stdout)

    Draft7Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
