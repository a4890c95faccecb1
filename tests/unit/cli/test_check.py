"""``mlexporter check``: profiles, configuration files, and whether they fit each other."""

import pytest
from click.testing import CliRunner

from mlexporter import Profile
from mlexporter.catalogue import ACCURACY, RECALL
from mlexporter.cli.check import check_command


@pytest.fixture
def profile(tmp_path):
    """A profile of the model fares with the features distance and stops."""
    rows = {"distance": [i * 0.37 for i in range(400)], "stops": [i % 3 for i in range(400)]}
    rows["score"] = [i / 400 for i in range(400)]
    path = tmp_path / "fares.profile.json"
    Profile.fit(rows, model="fares", version="1", prediction="score").save(path)
    return path


@pytest.fixture
def config(tmp_path):
    """Return a function that writes a configuration file."""

    def write(text):
        path = tmp_path / "mlexporter.toml"
        path.write_text(text)
        return path

    return write


def run(*arguments, **environment):
    none = dict.fromkeys(("MLEXPORTER_CONFIG", "MLEXPORTER_PORT", "MLEXPORTER_LATENCY_OBJECTIVE"))
    return CliRunner(env={**none, **environment}).invoke(check_command, [str(each) for each in arguments])


def lines(result):
    """Return value and source by what they are of, section by section."""
    found, section = {}, ""
    for line in result.output.splitlines():
        if line.startswith("  ") and " = " in line:
            name, _, rest = line.strip().partition(" = ")
            value, _, source = rest.partition("  ")
            found[section, name] = (value, source.strip())
        else:
            section = line
    return found


def test_a_file_tells_what_holds_and_from_where(config):
    """The model's own table, that of all models, a default, a variable, and settings."""
    path = config("""
        [settings]
        port = 9000
        required_observations = 50
        [alerts]
        for_factor = 2
        [models."*"]
        minimum_requests = 20
        quality_tolerance = 0.1
        [models."*".features.stops]
        alert = false
        [models.fares]
        label_delay = "2w"
        quality_tolerance = { accuracy = 0.02 }
        [models.fares.features.stops]
        threshold = 0.3
    """)
    result = run("--config", path, MLEXPORTER_PORT="9001")
    assert result.exit_code == 0, result.output
    assert result.output.startswith(f"{path} is good\n")
    found = lines(result)
    settings, of_all = "settings that are not left as they are:", '[models."*"]'
    assert found[settings, "port"] == ("9001", "MLEXPORTER_PORT, over [settings]")
    assert found[settings, "required_observations"] == ("50", "[settings]")
    assert found["options of the generated rules:", "for_factor"] == ("2", "[alerts]")
    fares, others = "model fares:", "every other model:"
    assert found[fares, "minimum_requests"] == ("20", of_all)
    assert found[fares, "label_delay"] == ("14d", "[models.fares]")
    assert found[fares, "error_objective"] == ("0.999", "default")
    assert found[fares, "latency_threshold_seconds"] == ("none", "default")
    assert found[fares, f"quality_tolerance of {ACCURACY.name}"] == ("0.02", "[models.fares]")
    assert found[fares, f"quality_tolerance of {RECALL.name}"] == ("0.1", of_all)
    assert found[fares, "feature stops: threshold"] == ("0.3", "[models.fares]")
    assert found[fares, "feature stops: alert"] == ("false", of_all)
    assert found[others, "label_delay"] == ("none", "default")


def test_the_variable_of_latency_wins_for_every_model(config):
    """It is told where it stands."""
    path = config("[models.fares]\nlatency_threshold_seconds = 0.1\n")
    found = lines(run("--config", path, MLEXPORTER_LATENCY_OBJECTIVE="0.3"))
    assert found["model fares:", "latency_threshold_seconds"] == ("0.3", "MLEXPORTER_LATENCY_OBJECTIVE")
    assert lines(run("--config", path))["model fares:", "latency_threshold_seconds"] == (
        "0.1",
        "[models.fares]",
    )


def test_an_empty_file_is_good(config):
    """Everything is a default."""
    result = run("--config", config(""))
    assert result.exit_code == 0
    assert {source for _, source in lines(result).values()} == {"default"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[models.fares]\nminimum_reqests = 1\n", "minimum_requests is one"),
        ("[alerts]\nfor_facto = 2\n", "for_facto"),
        (
            '[alerts]\nwith = ["MLGPUIdl"]\n',
            "[alerts] with='MLGPUIdl': no such alert; did you mean MLGPUIdle",
        ),
        ('[alerts]\ngroups = ["drfit"]\n', "did you mean drift"),
        ('[alerts]\nselector = "{a=b}"\n', "without braces"),
        ('[alerts]\nwith = ["MLGPUIdle"]\nwithout = ["MLGPUIdle"]\n', "left out at the same time"),
        ("[models\n", "line 1"),
    ],
)
def test_a_wrong_file_exits_with_one_line(config, text, part):
    """Nothing else is printed."""
    path = config(text)
    result = run("--config", path)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {path}: ")
    assert part in result.output
    assert result.output.count("\n") == 1


def test_with_a_profile_names_and_thresholds_are_checked(config, profile):
    """What the profile has is shown with the thresholds of the file; what it lacks is an error."""
    path = config("[models.fares.features.distance]\nthreshold = 0.77\n")
    result = run(profile, "--config", path)
    assert result.exit_code == 0, result.output
    assert any(line.startswith("distance") and "0.77" in line for line in result.output.splitlines())

    path = config(
        "[models.fares.features.distanse]\nthreshold = 0.77\n[models.other.features.x]\nalert = true\n"
    )
    result = run(profile, "--config", path)
    assert result.exit_code == 1
    assert "feature 'distanse'" in result.output
    assert "Error" in result.output
    assert "'x'" not in result.output.splitlines()[-1]


def test_a_model_that_the_file_does_not_name_is_told(config, profile):
    """A misspelt name of a model is no error, because any model may come; here it can be seen."""
    told = "does not name the model of the profile, fares"
    assert told in run(profile, "--config", config("[models.fare]\nminimum_requests = 3\n")).output
    assert told not in run(profile, "--config", config("[models.fares]\nminimum_requests = 3\n")).output


def test_something_has_to_be_named(profile):
    """A profile alone is checked as before."""
    assert run().exit_code == 2
    assert run(profile).exit_code == 0
