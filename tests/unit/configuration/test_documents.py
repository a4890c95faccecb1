"""What stands in the file: everything that is known and possible is read, everything else refused."""

import pytest

from mlexporter.catalogue import ACCURACY, MEAN_ABSOLUTE_ERROR, RECALL
from mlexporter.configuration.configuration import SubjectChoice
from mlexporter.errors import SettingError
from mlexporter.settings import SETTINGS, Settings, read_settings


def test_a_model_inherits_key_by_key(read):
    """Its own table wins, the table of all models follows, the defaults come last."""
    found = read("""
        [models."*"]
        minimum_requests = 20
        quality_tolerance = 0.1
        [models."*".features.distance]
        threshold = 0.3
        alert = false
        [models.fares]
        error_objective = 0.99
        quality_tolerance = { accuracy = 0.02 }
        label_delay = "2d"
        [models.fares.features.distance]
        threshold = 0.5
        [models.fares.outputs.prediction]
        statistic = "psi"
    """)
    fares, other = found.model("fares"), found.model("other")
    objectives = fares.objectives()
    assert (objectives.error_objective, objectives.minimum_requests, objectives.traffic_drop) == (
        0.99,
        20,
        0.4,
    )
    assert objectives.label_delay == 172_800
    tolerances = dict(objectives.quality_tolerance)
    assert (tolerances[ACCURACY.name], tolerances[RECALL.name]) == (0.02, 0.1)
    assert MEAN_ABSOLUTE_ERROR.name not in tolerances
    assert fares.features["distance"] == SubjectChoice(0.5, None, False)
    assert fares.outputs["prediction"] == SubjectChoice(None, "psi", None)
    assert other.objectives().error_objective == 0.999
    assert other.features["distance"] == SubjectChoice(0.3, None, False)
    assert not other.outputs


def test_a_number_for_all_shares_leaves_errors_alone(read):
    """An error has a unit: what all models have of it stays."""
    found = read("""
        [models."*"]
        quality_tolerance = { mean_absolute_error = 1.5, accuracy = 0.3 }
        [models.fares]
        quality_tolerance = 0.01
    """)
    tolerances = dict(found.model("fares").objectives().quality_tolerance)
    assert tolerances.pop(MEAN_ABSOLUTE_ERROR.name) == 1.5
    assert set(tolerances.values()) == {0.01}


def test_settings_are_between_defaults_and_environment(read):
    """The environment wins, code wins over both; every kind of value is read."""
    found = read("""
        [settings]
        port = 9000
        strict = true
        windows = ["1h", "2d"]
        events_redact = "email*, name"
        evaluation_interval = 0.5
        required_observations = 50
    """)
    settings = read_settings({"MLEXPORTER_PORT": "9001"}, file=found.settings, required_observations=60)
    assert (settings.port, settings.required_observations, settings.strict) == (9001, 60, True)
    assert settings.windows == ("1h", "2d")
    assert settings.events_redact == ("email*", "name")
    assert settings.evaluation_interval == 0.5
    assert settings.host == Settings().host


@pytest.mark.parametrize(
    "setting", [each for each in SETTINGS if each.name != "config"], ids=lambda setting: setting.name
)
def test_every_setting_can_stand_in_the_file(read, setting):
    """Its default, written as TOML, is read as its default."""
    default = getattr(Settings(), setting.name)
    if default is None:
        return
    written = str(default).lower() if isinstance(default, bool) else repr(default)
    written = repr(list(default)) if isinstance(default, tuple) else written
    found = read(f"[settings]\n{setting.name} = {written}\n")
    if setting.name != "latency_objective":
        assert getattr(read_settings({}, file=found.settings), setting.name) == default


def test_the_latency_setting_holds_for_models_that_say_nothing(read):
    """In the file it is the default of all models; only the variable wins over their own tables."""
    found = read("[settings]\nlatency_objective = 0.3\n[models.a]\nlatency_threshold_seconds = 0.1\n")
    assert found.model("a").objectives().latency_threshold_seconds == 0.1
    assert found.model("b").objectives().latency_threshold_seconds == 0.3
    assert read_settings({}, file=found.settings).latency_objective is None


def test_options_of_alerts_are_handed_on(read):
    """They are the business of the generator, which checks them."""
    assert dict(read("[alerts]\nfor_factor = 2\nwithout = ['MLX']\n").alerts) == {
        "for_factor": 2,
        "without": ["MLX"],
    }


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("[model.a]", ["model =", "no such table", "models is one"]),
        ("x = 1", ["x = 1", "known are: settings, alerts, models"]),
        ("models = 3", ["models = 3", "a table is needed", "[models]"]),
        ("[models]\na = 3", ["models.a = 3", "[models.a]"]),
        (
            "[models.a]\nerror_objectve = 0.9",
            ["[models.a]", "error_objectve = 0.9", "error_objective is one"],
        ),
        ("[models.a]\nerror_objective = 1", ["error_objective = 1:", "above 0 and below 1", "0.999"]),
        ("[models.a]\nerror_objective = '0.9'", ["'0.9'", "without quotes"]),
        ("[models.a]\nerror_objective = true", ["True", "a number"]),
        ("[models.a]\nerror_objective = nan", ["nan", "a number"]),
        # The rules find no bucket whose bound Python writes as 2e-06.
        ("[models.a]\nlatency_threshold_seconds = 0.000002", ["2e-06", "from 1e-05"]),
        ("[models.a]\nminimum_requests = inf", ["inf", "from 0"]),
        ("[models.a]\ntraffic_spike = 1", ["traffic_spike = 1", "above 1"]),
        ("[models.a]\nlabel_delay = 7", ["label_delay = 7", "in quotes", '"7d"']),
        ("[models.a]\nlabel_delay = '7 days'", ["'7 days'", "s, m, h, d or w"]),
        (f"[models.a]\nlabel_delay = '{'9' * 4000}d'", ["label_delay", "s, m, h, d or w"]),
        (f"[models.a]\nminimum_requests = {'9' * 4000}", ["minimum_requests", "a number"]),
        (f"[models.a]\nminimum_requests = 0x{'f' * 9000}", ["minimum_requests = …", "a number"]),
        (f"[settings]\nport = 0x{'f' * 9000}", ["port = …"]),
        ("[models.a]\nquality_tolerance = -1", ["quality_tolerance = -1", "from 0"]),
        ("[models.a]\nquality_tolerance = { acuracy = 1 }", ["'acuracy' is no quality", "accuracy"]),
        ("[models.a]\nquality_tolerance = { accuracy = 'x' }", ["accuracy: a number"]),
        ("[models.a]\nquality_tolerance = {}", ["or a table"]),
        ("[models.a.features]\nx = 0.2", ["models.a.features.x = 0.2", "[models.a.features.x]"]),
        ("[models.a.features.x]\ntreshold = 0.2", ["[models.a.features.x]", "threshold is one"]),
        ("[models.a.features.x]\nthreshold = 0", ["threshold = 0", "from 1e-06"]),
        ("[models.a.features.x]\nstatistic = 'ks'", ["'ks'", '"effect", "psi"']),
        ("[models.a.features.x]\nstatistic = ['psi']", ["['psi']", "one of"]),
        ("[models.a.outputs.'a b']\nalert = 1", ["[models.a.outputs.'a b']", "alert = 1", "true or false"]),
        ("[models.'']", ["[models.'']", "has a name"]),
        ("[settings]\nprot = 1", ["[settings]", "prot = 1", "port is one"]),
        ("[settings]\nconfig = '/x'", ["config", "no such key"]),
        ("[settings]\nport = 70000", ["[settings] port = 70000", "from 0 to 65535"]),
        ("[settings]\nport = true", ["port = True", "a number"]),
        ("[settings]\nstrict = 1", ["strict = 1", "true or false"]),
        ("[settings]\nhost = 3", ["host = 3", "in quotes"]),
        ("[settings]\nwindows = ['1h', 2]", ["windows", "a list of such"]),
        ("[settings]\nport = 1979-05-27", ["port", "a number"]),
        ("alerts = []", ["alerts = []", "a table"]),
    ],
)
def test_a_mistake_names_file_table_key_value_and_way_out(read, path, text, parts):
    """Each refusal can be acted on without looking anything up."""
    with pytest.raises(SettingError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < 600
    assert [part for part in parts if part not in message] == [], message
