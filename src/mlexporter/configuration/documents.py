"""Reads a document of TOML: what stands in it is known and possible, or it is refused with a way out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.configuration.configuration import (
    EVERY_MODEL,
    Configuration,
    ModelConfiguration,
    SubjectChoice,
)
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.configuration.values import SHOWN, Parser, boolean, number_above, one_of, shown
from mlexporter.errors import SettingError
from mlexporter.settings import SETTINGS, Setting, Settings

TABLES: Final = ("settings", "alerts", "models")
LEAST_THRESHOLD: Final = 1e-6
CHOICES: Final[Mapping[str, Parser]] = MappingProxyType({
    "threshold": number_above(LEAST_THRESHOLD, example="0.2", with_low=True),
    "statistic": one_of(*DRIFT_STATISTICS),
    "alert": boolean,
})  # fmt: skip
"""The keys of ``[models.NAME.features.FEATURE]`` and of ``[models.NAME.outputs.OUTPUT]``."""

_SUBJECTS: Final = ("features", "outputs")
_OBJECTIVES: Final = {objective.name: objective for objective in OBJECTIVES}
_SETTINGS: Final = {setting.name: setting for setting in SETTINGS if setting.name != "config"}
_LATENCY_SETTING: Final = "latency_objective"
_LATENCY: Final = "latency_threshold_seconds"


def read_document(content: Mapping[str, Any], path: str) -> Configuration:
    """Return what a document says.

    Args:
        content: As ``tomllib`` gives it.
        path: The file it stands in, for messages.

    Raises:
        SettingError: a key is unknown or a value impossible; says file, table, key, value and what would do.
    """
    return _Document(path).read(content)


class _Document:
    def __init__(self, path: str) -> None:
        self._path = path

    def read(self, content: Mapping[str, Any]) -> Configuration:
        self._know("", content, TABLES, is_table=True)
        models = {
            name: self._model(f"models.{_key(name)}", name, table)
            for name, table in self._tables("models", content.get("models", {}))
        }
        settings = self._settings(self._table("settings", content.get("settings", {})))
        if _LATENCY_SETTING in settings:  # the same under an older name: below what models say, not above
            text = settings.pop(_LATENCY_SETTING)
            if text:
                everywhere = ModelConfiguration({_LATENCY: float(text)})
                models[EVERY_MODEL] = models.get(EVERY_MODEL, ModelConfiguration()).over(everywhere)
        alerts = self._table("alerts", content.get("alerts", {}))
        return Configuration(
            self._path, MappingProxyType(settings), MappingProxyType(dict(alerts)), MappingProxyType(models)
        )

    def _settings(self, table: Mapping[str, Any]) -> dict[str, str]:
        self._know("settings", table, _SETTINGS)
        return {name: self._setting(_SETTINGS[name], value) for name, value in table.items()}

    def _setting(self, setting: Setting, value: Any) -> str:
        try:
            text = _text(setting, value)
            setting.parse(text)
        except ValueError as error:
            raise self._refusal("settings", setting.name, value, str(error)) from None
        return text

    def _model(self, where: str, name: str, table: Mapping[str, Any]) -> ModelConfiguration:
        if not name:
            raise SettingError(f"{self._path}: [{where}]: a model has a name; {EVERY_MODEL!r} stands for all")
        self._know(where, table, (*_OBJECTIVES, *_SUBJECTS))
        given = {
            key: self._parsed(where, key, value, _OBJECTIVES[key].parse)
            for key, value in table.items()
            if key in _OBJECTIVES
        }
        features, outputs = (self._choices(f"{where}.{kind}", table.get(kind, {})) for kind in _SUBJECTS)
        return ModelConfiguration(MappingProxyType(given), features, outputs)

    def _choices(self, where: str, tables: Any) -> Mapping[str, SubjectChoice]:
        found = {}
        for name, table in self._tables(where, tables):
            inner = f"{where}.{_key(name)}"
            self._know(inner, table, CHOICES)
            chosen = {key: self._parsed(inner, key, value, CHOICES[key]) for key, value in table.items()}
            found[name] = SubjectChoice(**chosen)
        return MappingProxyType(found)

    def _tables(self, where: str, content: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
        for name, table in self._table(where, content).items():
            yield name, self._table(f"{where}.{_key(name)}", table)

    def _table(self, where: str, content: Any) -> Mapping[str, Any]:
        if not isinstance(content, dict):
            raise SettingError(
                f"{self._path}: {where} = {shown(content)}: a table is needed, written [{where}]"
            )
        return content

    def _know(
        self, where: str, table: Mapping[str, Any], known: Collection[str], *, is_table: bool = False
    ) -> None:
        for name in table:
            if name not in known:
                near = get_close_matches(name, [*known], n=1, cutoff=0.6)
                what = "table" if is_table else "key"
                place = f"[{where}] " if where else ""
                hint = f"{near[0]} is one" if near else "known are: " + ", ".join(known)
                raise SettingError(
                    f"{self._path}: {place}{_named(name)} = {shown(table[name])}: there is no such {what}; {hint}"
                )

    def _parsed(self, where: str, key: str, value: Any, parse: Parser) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            raise self._refusal(where, key, value, str(error)) from None

    def _refusal(self, where: str, key: str, value: Any, why: str) -> SettingError:
        return SettingError(f"{self._path}: [{where}] {key} = {shown(value)}: {why}")


def _text(setting: Setting, value: Any) -> str:
    """Return a value as the environment would have it.

    Raises:
        ValueError: it is of another type than the setting.
    """
    default = Settings._field_defaults[setting.name]
    if isinstance(default, bool):
        if isinstance(value, bool):
            return "1" if value else "0"
        raise ValueError("true or false is needed, without quotes")
    if (
        isinstance(default, tuple)
        and isinstance(value, list)
        and all(isinstance(each, str) for each in value)
    ):
        return ",".join(value)
    if isinstance(default, str | tuple):
        if isinstance(value, str):
            return value
        raise ValueError(
            "a text in quotes is needed" + (", or a list of such" if isinstance(default, tuple) else "")
        )
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a number is needed, without quotes")  # noqa: TRY004 - one kind of refusal, whatever is wrong with a value
    return repr(value)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else shown(name)


def _named(name: str) -> str:
    return name if name.isprintable() and len(name) <= SHOWN else shown(name)
