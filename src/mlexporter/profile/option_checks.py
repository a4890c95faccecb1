"""Check what a fit is asked to learn beyond bins: times, segments, statistics, pairs, held-out rows."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from mlexporter.catalogue import DRIFT_STATISTICS
from mlexporter.errors import ConfigurationError, FitError
from mlexporter.profile.options import FitOptions, listed, predicted
from mlexporter.settings import Settings, parse_duration

MAXIMUM_WINDOWS: Final = 20
_TRUTHS: Final = ("seasons", "joint")
_COLUMNS: Final = ("timestamp", "segment")


def check_learning(options: FitOptions) -> None:
    """Check all that can be checked without a row.

    Raises:
        ConfigurationError: an argument that can never work.
    """
    for key in _TRUTHS:
        if not isinstance(options.get(key, True), bool):
            raise ConfigurationError(f"{key}={options.get(key)!r}: True or False is needed")
    for key in _COLUMNS:
        _check_column(key, options.get(key))
    for key in ("predict", "tell"):
        if options.get(key) is not None and not callable(options.get(key)):
            raise ConfigurationError(f"{key}={options.get(key)!r}: a function is needed")
    embeddings: object = options.get("embeddings", ())
    if isinstance(embeddings, str) or not isinstance(embeddings, Collection):
        raise ConfigurationError(
            f"embeddings={embeddings!r}: a list of columns is needed, such as [{embeddings!r}]"
        )
    if options.get("segment") in embeddings:
        raise ConfigurationError(
            f"segment={options.get('segment')!r}: an embedding has no values that are segments; name a category"
        )
    _check_statistics(options.get("statistics"))
    _check_derived(options.get("derived"))
    windows_of(options)
    _check_held_out(options)


def windows_of(options: FitOptions) -> dict[str, float]:
    """Return the windows for which noise is learned, the shortest first, with their lengths in seconds.

    Raises:
        ConfigurationError: one is no duration, two have one length, or there are too many.
    """
    given: object = options.get("windows")
    if given is None:
        return Settings().window_seconds
    if isinstance(given, str) or not isinstance(given, Sequence) or not 0 < len(given) <= MAXIMUM_WINDOWS:
        raise ConfigurationError(
            f"windows={given!r}: a list of 1 to {MAXIMUM_WINDOWS} durations is needed, such as ['1h', '24h']"
        )
    lengths: dict[str, float] = {}
    for name in given:
        try:
            seconds = parse_duration(name)
        except (TypeError, ValueError, AttributeError) as error:
            raise ConfigurationError(f"windows={given!r}: {name!r}: {error}") from None
        if seconds in lengths.values():
            raise ConfigurationError(f"windows={given!r}: two windows have one length; leave one out")
        lengths[name] = seconds
    return dict(sorted(lengths.items(), key=lambda item: item[1]))


def check_learning_columns(options: FitOptions, known: Collection[str], features: Collection[str]) -> None:
    """Check that the columns named for learning exist, and are features where they have to be.

    Args:
        options: What passed ``check_learning``.
        known: All columns of the rows.
        features: Those that are to be monitored.

    Raises:
        FitError: says which is missing and what to do.
    """
    timestamp = options.get("timestamp")
    if timestamp is not None:
        _check_known("timestamp", timestamp, known)
        if timestamp in {*predicted(options), options.get("label")}:
            raise FitError(
                f"timestamp: column {timestamp!r} is prediction or label; name the column of times"
            )
    derived = options.get("derived") or {}
    for argument, names in (
        ("segment", [name] if (name := options.get("segment")) else []),
        ("embeddings", options.get("embeddings", ())),
        ("derived", [*derived, *derived.values()]),
    ):
        for name in names:
            _check_known(argument, name, known)
            if name not in features:
                raise FitError(
                    f"{argument}: column {name!r} has to be a feature, since serving tells it with each row; "
                    "name it in features, and take it out of exclude"
                )
    watched = {*features, *predicted(options)}
    for name in options.get("statistics") or {}:
        _check_known("statistics", name, known)
        if name not in watched:
            raise FitError(f"statistics: column {name!r} is neither feature nor prediction; leave it out")


def _check_column(key: str, name: object) -> None:
    if name is not None and (not isinstance(name, str) or not name):
        raise ConfigurationError(f"{key}={name!r}: the name of one column is needed")


def _check_known(argument: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise FitError(f"{argument}: there is no column {name!r}; the columns are: {listed(known)}")


def _check_statistics(given: object) -> None:
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f"statistics={given!r}: a mapping of column to statistic is needed, such as {{'age': 'psi'}}"
        )
    for name, statistic in given.items():
        if statistic not in DRIFT_STATISTICS:
            raise ConfigurationError(
                f"statistics[{name!r}]={statistic!r}: one of {', '.join(DRIFT_STATISTICS)} is needed"
            )


def _check_derived(given: object) -> None:
    if given is None:
        return
    if not isinstance(given, Mapping):
        raise ConfigurationError(
            f"derived={given!r}: a mapping of derived feature to its source is needed, such as {{'bmi': 'weight'}}"
        )
    for derived, source in given.items():
        if derived == source:
            raise ConfigurationError(
                f"derived[{derived!r}]={source!r}: a feature does not derive from itself"
            )


def _check_held_out(options: FitOptions) -> None:
    given = options.get("held_out")
    if given is None or given is False:
        return
    shown = repr(given) if isinstance(given, bool | str | os.PathLike) else f"a {type(given).__name__}"
    if isinstance(given, int | float) and given is not True:
        raise ConfigurationError(f"held_out={given!r}: a frame, the path of a file, or True is needed")
    for needed in ("prediction", "label"):
        if not options.get(needed):
            raise ConfigurationError(
                f"held_out={shown}: performance is learned from predictions beside the truth; give {needed} too"
            )
