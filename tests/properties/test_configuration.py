"""Properties of the configuration file: any document reads, or is refused in one line; what reads holds."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from mlexporter.app.configured import Configured
from mlexporter.configuration.configuration import SubjectChoice, model_from_json, model_to_json
from mlexporter.configuration.documents import CHOICES, TABLES, read_document
from mlexporter.configuration.files import read_configuration
from mlexporter.configuration.objective_table import OBJECTIVES, QUALITY_NAMES
from mlexporter.errors import SettingError
from mlexporter.settings import SETTINGS, Settings, read_settings

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.times()
    | st.sampled_from(["7d", "psi", "effect", "*", "0.3", 10**400, 0.5, 2, True])
)  # fmt: skip
NAMES = (
    st.sampled_from([
        *TABLES, *CHOICES, *(objective.name for objective in OBJECTIVES), *(setting.name for setting in SETTINGS),
        *QUALITY_NAMES, "features", "outputs", "*", "fares",
    ])
    | st.text(max_size=4)
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
OBJECTIVE_TABLES = st.dictionaries(
    st.sampled_from([objective.name for objective in OBJECTIVES]), VALUES, max_size=4
)
SUBJECT_TABLES = st.dictionaries(
    st.text(max_size=3), st.dictionaries(st.sampled_from([*CHOICES]), VALUES), max_size=2
)
MODEL_TABLES = st.builds(
    lambda given, features: {**given, "features": features}, OBJECTIVE_TABLES, SUBJECT_TABLES | VALUES
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "settings": st.dictionaries(st.sampled_from([setting.name for setting in SETTINGS]), VALUES, max_size=2) | VALUES,
        "alerts": VALUES,
        "models": st.dictionaries(st.sampled_from(["*", "fares"]) | st.text(max_size=3), MODEL_TABLES, max_size=2) | VALUES,
    },
)  # fmt: skip


def holds(found):
    """Everything that is read can be used: as settings, as objectives, on a card."""
    read_settings({}, file=found.settings)
    for name in (*found.models, "another"):
        model = found.model(name)
        objectives = model.objectives()
        assert 0 < objectives.error_objective < 1
        assert objectives.traffic_spike > 1
        assert objectives.profile_age > 0
        assert all(isinstance(choice, SubjectChoice) for choice in model.features.values())
        assert model_from_json(model_to_json(model)).objectives() == objectives


@given(DOCUMENTS)
def test_any_document_reads_or_is_a_setting_error(content):
    """Whatever TOML can hold."""
    found, refusal = None, "file: "
    try:
        found = read_document(content, "file")
    except SettingError as error:
        refusal = str(error)
    assert refusal.startswith("file: ")
    assert "\n" not in refusal
    if found is not None:
        holds(found)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_read_or_are_a_setting_error(tmp_path_factory, content):
    """Also what is no TOML at all; a running process keeps what it had."""
    path = tmp_path_factory.mktemp("any") / "file.toml"
    path.write_text("[models.a]\nminimum_requests = 7\n")
    configured = Configured(Settings(config=str(path)), wall_clock=lambda: 1.0)
    path.write_bytes(content)
    try:
        found = read_configuration(str(path))
    except SettingError:
        configured.look()
        assert configured.model("a").objectives().minimum_requests == 7
        assert not configured.state.is_good
        return
    holds(found)
    configured.look()
    assert configured.state.is_good


@given(OBJECTIVE_TABLES, OBJECTIVE_TABLES)
def test_a_table_of_all_models_never_wins_over_that_of_one(of_all, own):
    """What a model says is what holds for it, whatever all models have."""
    try:
        alone = read_document({"models": {"a": own}}, "file")
        both = read_document({"models": {"*": of_all, "a": own}}, "file")
    except SettingError:
        return
    for name in set(own) - {"quality_tolerance"}:
        assert getattr(both.model("a").objectives(), name) == getattr(alone.model("a").objectives(), name)


@given(st.text())
def test_a_name_of_a_feature_is_text_like_any_other(name):
    """Quotes and dots in names are no syntax of ours."""
    escaped = "".join(f"\\U{ord(each):08x}" for each in name if not 0xD800 <= ord(each) <= 0xDFFF)
    content = tomllib.loads(f'[models.a.features."{escaped}"]\nthreshold = 0.5\n')
    (found,) = read_document(content, "file").model("a").features.values()
    assert found.threshold == 0.5
