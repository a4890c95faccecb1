"""The JSON Schema of the configuration file, made from the tables that read it.

It says of each key what its parser says, for editors, for the chart and for people. What it cannot say (that
two windows of one length make no sense, that a selector is PromQL) the reader refuses all the same.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from mlexporter.configuration import values
from mlexporter.configuration.documents import CHOICES, TABLES
from mlexporter.configuration.objective_table import OBJECTIVES, QUALITY_NAMES, tolerance
from mlexporter.errors import ConfigurationError
from mlexporter.generate import alert_table
from mlexporter.generate.options import DASHBOARD, RuleOptions
from mlexporter.generate.rule_files import ALERTS
from mlexporter.settings import DURATION_UNITS, SETTINGS, Setting, Settings, parsers
from mlexporter.settings.parsers import LARGEST_DIGITS

Schema = dict[str, Any]
"""One schema of draft 7; it refers to no other one, so that it can stand inside a larger one."""

DIALECT: Final = "http://json-schema.org/draft-07/schema#"

# Regular expressions that mean the same in Go (Helm), ECMAScript (editors) and Python.
_UNITS: Final = "".join(DURATION_UNITS)
_DURATION: Final = f"0*[1-9][0-9]*[{_UNITS}]"
_DURATIONS: Final = rf"^[\s,]*{_DURATION}(\s*,[\s,]*{_DURATION})*[\s,]*$"
_DURATIONS_OR_NONE: Final = rf"^[\s,]*({_DURATION}(\s*,[\s,]*{_DURATION})*)?[\s,]*$"
_PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
_ABSOLUTE: Final = r"^/[^\x00-\x1f\x7f]*$"
_HOST: Final = r"^[^\s/]+$"
_ADDRESS: Final = r"^[^{]*$"
_DASHBOARD_ADDRESS: Final = rf"^([^{{]|\{{{DASHBOARD[1:-1]}\}})*$"

_TEXT: Final[Schema] = {"type": "string"}
_FINITE: Final[Schema] = {"type": "number", "maximum": sys.float_info.max}
_FROM_ZERO: Final[Schema] = {**_FINITE, "minimum": 0}
_POSITIVE: Final[Schema] = {**_FINITE, "exclusiveMinimum": 0}
_ONE_DURATION: Final[Schema] = {**_TEXT, "pattern": f"^{_DURATION}$", "maxLength": LARGEST_DIGITS + 1}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}

_SETTING_SHAPES: Final[Mapping[Any, Schema]] = {
    parsers.boolean: {"type": "boolean"},
    parsers.positive: _POSITIVE,
    parsers.positive_or_none: _POSITIVE,
    parsers.ratio: {"type": "number", "minimum": 0, "maximum": 1},
    parsers.duration_text: _ONE_DURATION,
    parsers.host_name: {**_TEXT, "pattern": _HOST},
    parsers.web_file: {**_TEXT, "pattern": _PRINTABLE},
    parsers.names_of: {"anyOf": [_TEXT, _TEXTS]},
    parsers.window_names: {
        "anyOf": [
            {**_TEXT, "pattern": _DURATIONS},
            {
                "type": "array",
                "items": {**_TEXT, "pattern": _DURATIONS_OR_NONE},
                "contains": {**_TEXT, "pattern": _DURATIONS},
            },
        ]
    },
}
_VALUE_SHAPES: Final[Mapping[Any, Schema]] = {
    values.boolean: {"type": "boolean"},
    values.duration: _ONE_DURATION,
    tolerance: {
        "anyOf": [
            _FROM_ZERO,
            {
                "type": "object",
                "properties": dict.fromkeys(QUALITY_NAMES, _FROM_ZERO),
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    },
    alert_table.text: _TEXT,
    alert_table.names: _TEXTS,
}


def configuration_schema() -> Schema:
    """Return the schema of a whole configuration file, closed: a key that is unknown is refused."""
    tables = dict(zip(TABLES, (_closed(setting_schemas()), _closed(_alerts()), models_schema()), strict=True))
    return {
        "$schema": DIALECT,
        "title": "Configuration file of mlexporter",
        "description": "Settings, options of the generated rules, and what is expected of models.",
        **_closed(tables),
    }


def models_schema() -> Schema:
    """Return the schema of the table ``[models]``: what is expected of each model, by name."""
    objectives = {
        each.name: _described(_of_value(each.parse), each.meaning, each.written and _default(each.written))
        for each in OBJECTIVES
    }
    subjects = {
        kind: {
            "type": "object",
            "description": f"How drift of {kind} is judged, by their names, instead of what the profile says.",
            "additionalProperties": _closed({name: _of_value(parse) for name, parse in CHOICES.items()}),
        }
        for kind in ("features", "outputs")
    }
    return {
        "type": "object",
        "description": 'What is expected of models, by their names; "*" stands for all that do not say otherwise.',
        "propertyNames": {"minLength": 1},
        "additionalProperties": _closed({**objectives, **subjects}),
    }


def setting_schemas() -> dict[str, Schema]:
    """Return the schema of each setting as a value of the table ``[settings]``, by its name."""
    return {setting.name: _of_setting(setting) for setting in SETTINGS if setting.name != "config"}


def _alerts() -> dict[str, Schema]:
    every = {name: alerts(RuleOptions()) for name, alerts in ALERTS.items()}
    names = sorted({alert.name for alerts in every.values() for alert in alerts})
    narrower: dict[str, Schema] = {
        "groups": {"type": "array", "items": {"enum": sorted(every)}},
        "with": {"type": "array", "items": {"enum": names}},
        "without": {"type": "array", "items": {"enum": names}},
        "runbook_base": {**_TEXT, "pattern": _ADDRESS},
        "dashboard_base": {**_TEXT, "pattern": _DASHBOARD_ADDRESS},
    }
    return {
        key.name: _described(narrower.get(key.name) or _of_value(key.parse), key.meaning)
        for key in alert_table.ALERT_KEYS
    }


def _of_setting(setting: Setting) -> Schema:
    parse, default = setting.parse, Settings._field_defaults[setting.name]
    if isinstance(parse, parsers.Whole):
        shape: Schema = {"type": "integer", "minimum": parse.minimum, "maximum": parse.maximum}
    elif isinstance(parse, parsers.OneOf):
        shape = {"enum": list(parse.choices)}
    elif isinstance(parse, parsers.Directory):
        shape = {"anyOf": [{"enum": ["", *parse.words]}, {**_TEXT, "pattern": _ABSOLUTE}]}
    elif parse in _SETTING_SHAPES:
        shape = _SETTING_SHAPES[parse]
    else:
        raise ConfigurationError(f"{setting.name}: its parser {parse!r} has no schema; give it one here")
    shown = list(default) if isinstance(default, tuple) else default
    return _described(shape, setting.meaning, shown)


def _of_value(parse: values.Parser) -> Schema:
    if isinstance(parse, values.Number):
        low = "minimum" if parse.with_low else "exclusiveMinimum"
        return {"type": "number", low: parse.low, "exclusiveMaximum": parse.high}
    if isinstance(parse, values.OneOf):
        return {"enum": list(parse.choices)}
    if parse not in _VALUE_SHAPES:
        raise ConfigurationError(f"the parser {parse!r} has no schema; give it one here")
    return _VALUE_SHAPES[parse]


def _default(written: str) -> Any:
    """Return a default as JSON has it, of how TOML would write it."""
    return tomllib.loads(f"default = {written}")["default"]


def _described(shape: Schema, meaning: str, default: Any = None) -> Schema:
    told = {} if default is None or default == "" else {"default": default}
    return {**shape, "description": meaning, **told}


def _closed(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}
