"""Properties of the schema of the configuration file: it accepts what the reader accepts, and nothing else.

What JSON Schema cannot say is left out of the documents here, and nothing besides:

- two windows of one length, and a duration of more than nine digits within a list of them;
- that ``selector`` is PromQL; that an alert is not asked for and left out, or asked for in a group left out;
- what is a space or can be printed beyond ASCII;
- values of TOML that JSON has not: dates, NaN, infinities, numbers beyond what a float holds.
"""

import math
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, validators

from examples import examples
from mlexporter.configuration.documents import read_document
from mlexporter.configuration.objective_table import OBJECTIVES, QUALITY_NAMES
from mlexporter.errors import SettingError
from mlexporter.generate.alert_table import ALERT_KEYS
from mlexporter.generate.configuration_schema import configuration_schema, setting_schemas
from mlexporter.generate.fitted import check_alert_table
from mlexporter.settings import SETTINGS, parse_duration

ASCII = st.text(st.characters(max_codepoint=127), max_size=6)
DURATIONS = st.sampled_from(
    ["1h", "007d", "0h", "1x", "h", "60m", "999999999w", "1h,6h", " 2h ,", ",", "1 h", "1h 2h"]
)
WORDS = st.sampled_from([
    "", "off", "on", "auto", "all", "default", "psi", "effect", "/a b", "a/b", "127.0.0.1", "json", "debug",
    "http://x/{dashboard}", "{x}", "ModelDown", "drift",
])  # fmt: skip
NUMBERS = (
    st.integers(-3, 10**10)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(0, 1)
    | st.sampled_from([0, 1, 0.0, 1.0, 3.1416, 86_401, 1e-5, 65_535, 65_536, 65_535.0, 1e15, 10**15, 20.5])
)
SCALARS = st.booleans() | NUMBERS | ASCII | DURATIONS | WORDS
TEXTS = st.lists(ASCII | DURATIONS | WORDS, max_size=3)
VALUES = SCALARS | TEXTS | st.dictionaries(st.sampled_from([*QUALITY_NAMES, "other"]), SCALARS, max_size=2)
NAMES = st.sampled_from(["*", "fares", "", "a b"])


def table(names, values=VALUES, max_size=3):
    """Tables of these keys, and of one that nobody knows."""
    return st.dictionaries(st.sampled_from([*names, "nobody"]), values, max_size=max_size)


CHOICES = st.dictionaries(NAMES, table(["threshold", "statistic", "alert"]) | SCALARS, max_size=2)
MODELS = st.builds(
    lambda given, subjects: {**given, **subjects},
    table([each.name for each in OBJECTIVES]),
    st.dictionaries(st.sampled_from(["features", "outputs"]), CHOICES | SCALARS, max_size=2),
)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "settings": table([each.name for each in SETTINGS]) | SCALARS,
        "alerts": table([each.name for each in ALERT_KEYS if each.name != "selector"]) | SCALARS,
        "models": st.dictionaries(NAMES, MODELS | SCALARS, max_size=2) | SCALARS,
        "other": SCALARS,
    },
)


def _pattern(validator, pattern, instance, schema):
    """Search as ECMAScript and Go do: ``$`` is the end, and not before a line end there."""
    del schema
    if validator.is_type(instance, "string") and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield from Draft7Validator({"const": 0}).iter_errors(instance)


STRICT = validators.extend(Draft7Validator, {"pattern": _pattern})(configuration_schema())


def reads(content):
    """Whether the reader takes a document; and why not."""
    try:
        check_alert_table(read_document(content, "file").alerts, "file")
    except SettingError as error:
        return str(error)
    return ""


def is_beyond_schemas(content):
    """Whether what is wrong is of the first line above, of those that documents here can have."""
    why = reads(content)
    windows = content.get("settings")
    windows = windows.get("windows") if isinstance(windows, dict) else None
    names = [windows] if isinstance(windows, str) else windows if isinstance(windows, list) else []
    parts = ",".join(names).split(",")
    lengths = [each.strip() for each in parts if each.strip()]
    return "two windows of one length" in why or any(len(each) > 10 for each in lengths)


@settings(max_examples=examples(600))
@given(DOCUMENTS)
def test_schema_and_reader_agree(content):
    """Any document of ASCII that JSON can hold."""
    if not is_beyond_schemas(content):
        assert STRICT.is_valid(content) == (not reads(content)), reads(content)


@settings(max_examples=examples(600))
@given(st.data())
def test_schema_and_reader_agree_on_each_key_alone(data):
    """One key and one value, so that no other mistake hides what they say of it."""
    place = data.draw(st.sampled_from([
        *(("settings", each.name) for each in SETTINGS),
        *(("alerts", each.name) for each in ALERT_KEYS if each.name != "selector"),
        *(("models", "fares", each.name) for each in OBJECTIVES),
        *(("models", "fares", "features", "a", name) for name in ("threshold", "statistic", "alert")),
    ]))  # fmt: skip
    content = data.draw(VALUES)
    for name in reversed(place):
        content = {name: content}
    if not is_beyond_schemas(content):
        assert STRICT.is_valid(content) == (not reads(content)), reads(content)


@given(st.integers(0, 2 * 10**9), st.text("smhdwx ", max_size=2))
def test_a_duration_is_one_for_both(number, unit):
    """The pattern of a duration is what the parser of durations takes."""
    text = f"{number}{unit}"
    try:
        is_one = math.isfinite(parse_duration(text))
    except ValueError:
        is_one = False

    assert STRICT.is_valid({"models": {"a": {"label_delay": text}}}) == is_one


def test_a_digit_of_another_script_makes_no_duration():
    """Prometheus would not know it as the value of a label, nor the schema."""
    content = {"models": {"a": {"label_delay": "٣h"}}}

    assert "whole number" in reads(content)
    assert not STRICT.is_valid(content)


def test_every_setting_but_the_name_of_the_file_has_a_schema_with_its_meaning():
    """A setting that is new is in the schema without anybody's help, or generating fails."""
    assert {name: schema["description"] for name, schema in setting_schemas().items()} == {
        each.name: each.meaning for each in SETTINGS if each.name != "config"
    }
