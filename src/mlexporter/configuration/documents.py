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
from mlexporter.configuration.mistakes import Mistake, refusal
from mlexporter.configuration.objective_table import OBJECTIVES
from mlexporter.configuration.old_keys import with_new_keys
from mlexporter.configuration.values import SHOWN, Parser, boolean, number_above, one_of, shown
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
_Keys = tuple[str, ...]


def read_document(content: Mapping[str, Any], path: str) -> Configuration:
    """Return what a document says.

    Args:
        content: As ``tomllib`` gives it.
        path: The file it stands in, for messages.

    Raises:
        SettingError: a key is unknown or a value impossible; says file, table, key, value and what would do.
    """
    found, mistakes = inspect_document(content, path)
    if mistakes:
        raise refusal(path, mistakes)
    return found


def inspect_document(content: Mapping[str, Any], path: str) -> tuple[Configuration, tuple[Mistake, ...]]:
    """Return what a document says but for what is wrong in it, and everything that is.

    Args:
        content: As ``tomllib`` gives it.
        path: The file it stands in.
    """
    document = _Document()
    content, told = with_new_keys(content)
    return document.read(content, path)._replace(old_keys=told), tuple(document.mistakes)


class _Document:
    """Reads one document, and remembers what is wrong in it."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def read(self, content: Mapping[str, Any], path: str) -> Configuration:
        self._known((), content, TABLES, is_table=True)
        models = {
            name: self._model(("models", name), table)
            for name, table in self._tables(("models",), content.get("models", {}))
        }
        settings = self._settings(self._table(("settings",), content.get("settings", {})))
        if _LATENCY_SETTING in settings:  # the same under an older name: below what models say, not above
            text = settings.pop(_LATENCY_SETTING)
            if text:
                everywhere = ModelConfiguration({_LATENCY: float(text)})
                models[EVERY_MODEL] = models.get(EVERY_MODEL, ModelConfiguration()).over(everywhere)
        alerts = self._table(("alerts",), content.get("alerts", {}))
        return Configuration(
            path, MappingProxyType(settings), MappingProxyType(dict(alerts)), MappingProxyType(models)
        )

    def _settings(self, table: Mapping[str, Any]) -> dict[str, str]:
        found = {}
        for name, value in self._known(("settings",), table, _SETTINGS).items():
            try:
                text = _text(_SETTINGS[name], value)
                _SETTINGS[name].parse(text)
            except ValueError as error:
                self._refuse(("settings", name), value, str(error))
            else:
                found[name] = text
        return found

    def _model(self, keys: _Keys, table: Mapping[str, Any]) -> ModelConfiguration:
        if not keys[-1]:
            self._add(keys, f"[{_where(keys)}]: a model has a name; {EVERY_MODEL!r} stands for all")
        known = self._known(keys, table, (*_OBJECTIVES, *_SUBJECTS))
        parsers = {name: objective.parse for name, objective in _OBJECTIVES.items()}
        given = self._parsed(keys, {name: known[name] for name in known if name in parsers}, parsers)
        features, outputs = (self._choices((*keys, kind), table.get(kind, {})) for kind in _SUBJECTS)
        return ModelConfiguration(MappingProxyType(given), features, outputs)

    def _choices(self, keys: _Keys, tables: Any) -> Mapping[str, SubjectChoice]:
        found = {}
        for name, table in self._tables(keys, tables):
            inner = (*keys, name)
            found[name] = SubjectChoice(**self._parsed(inner, self._known(inner, table, CHOICES), CHOICES))
        return MappingProxyType(found)

    def _tables(self, keys: _Keys, content: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
        for name, table in self._table(keys, content).items():
            yield name, self._table((*keys, name), table)

    def _table(self, keys: _Keys, content: Any) -> Mapping[str, Any]:
        if isinstance(content, dict):
            return content
        where = _where(keys)
        self._add(keys, f"{where} = {shown(content)}: a table is needed, written [{where}]")
        return {}

    def _known(
        self, keys: _Keys, table: Mapping[str, Any], known: Collection[str], *, is_table: bool = False
    ) -> dict[str, Any]:
        """Return the part of a table whose keys are known."""
        for name in table:
            if name not in known:
                near = get_close_matches(name, [*known], n=1, cutoff=0.6)
                what = "table" if is_table else "key"
                place = f"[{_where(keys)}] " if keys else ""
                hint = f"{near[0]} is one" if near else "known are: " + ", ".join(known)
                self._add(
                    (*keys, name),
                    f"{place}{_named(name)} = {shown(table[name])}: there is no such {what}; {hint}",
                )
        return {name: value for name, value in table.items() if name in known}

    def _parsed(self, keys: _Keys, table: Mapping[str, Any], parsers: Mapping[str, Parser]) -> dict[str, Any]:
        """Return the values of a table, whose keys are known, that can be."""
        found = {}
        for name, value in table.items():
            try:
                found[name] = parsers[name](value)
            except ValueError as error:
                self._refuse((*keys, name), value, str(error))
        return found

    def _refuse(self, keys: _Keys, value: Any, why: str) -> None:
        self._add(keys, f"[{_where(keys[:-1])}] {keys[-1]} = {shown(value)}: {why}")

    def _add(self, keys: _Keys, sentence: str) -> None:
        self.mistakes.append(Mistake(keys, sentence))


def _where(keys: _Keys) -> str:
    return ".".join(map(_key, keys))


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
    if isinstance(default, int) and isinstance(value, float) and value.is_integer():
        return repr(int(value))  # Helm writes 100.0 where its values say 100
    return repr(value)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else shown(name)


def _named(name: str) -> str:
    return name if name.isprintable() and len(name) <= SHOWN else shown(name)
