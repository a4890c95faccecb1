"""What the user chose to monitor; wrong choices raise where they are made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from mlexporter.errors import ConfigurationError

Chooser: TypeAlias = str | Callable[..., Any] | None
"""A key, or a callable that takes the thing out."""


class Selection:
    """The arguments of ``monitor`` that say what to take; not changed once it is made.

    Args and attributes:
        features: Names, or a callable that gets the arguments of the call and returns a container.
        prediction: Key of the prediction in the result, or a callable that gets the result.
        id: Key or callable that identifies a prediction; kept for ground truth.
        timestamp: Key of a row, name of a parameter, or callable that gets the arguments of the call, that
            gives the time of a row; seasons are told by it.
        sample: Share of the calls whose rows are binned, above 0 and up to 1; all are counted.

    Raises:
        ConfigurationError: one of them can never work.
    """

    __slots__ = ("features", "id", "prediction", "sample", "timestamp")

    def __init__(
        self, features: Sequence[str] | Callable[..., Any] | None = None, prediction: Chooser = None,
        id: Chooser = None, timestamp: Chooser = None, sample: float = 1.0,  # noqa: A002 - the promised name
    ) -> None:  # fmt: skip
        self.features = features if features is None or callable(features) else _feature_names(features)
        self.prediction = prediction
        self.id = id
        self.timestamp = timestamp
        self.sample = sample
        for argument in ("prediction", "id", "timestamp"):
            _check_chooser(argument, getattr(self, argument))
        if not _is_share(sample):
            raise ConfigurationError(f"sample={sample!r}: a number above 0 and up to 1 is needed")

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The names in ``features``, or None where it is a callable or not given."""
        return self.features if isinstance(self.features, tuple) else None

    def container_of(self, given: object) -> object:
        """Return the container of features in what was recorded by hand; None where a callable fails."""
        return _chosen(self.features, given) if callable(self.features) else given

    def moment_of(self, given: object) -> object:
        """Return the time of what was recorded by hand, as a callable tells; None where nobody knows."""
        return _chosen(self.timestamp, given) if callable(self.timestamp) else None

    @property
    def timestamp_key(self) -> str | None:
        """The key of the time of a row, or None where there is none."""
        return self.timestamp if isinstance(self.timestamp, str) else None

    @property
    def allowed_keys(self) -> frozenset[str]:
        """Keys that a row may have without being features."""
        return frozenset(key for key in (self.id, self.timestamp) if isinstance(key, str))


def _feature_names(features: object) -> tuple[str, ...]:
    advice = 'names such as ["distance", "hour"] or a callable are needed'
    if isinstance(features, str | bytes) or not isinstance(features, Sequence | set | frozenset):
        raise ConfigurationError(f"features={features!r}: {advice}")
    names = tuple(features)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ConfigurationError(f"features={features!r}: {advice}; each name is a text that is not empty")
    if len(set(names)) < len(names):
        raise ConfigurationError(f"features={features!r}: a name stands there twice; drop one")
    return names


def _chosen(chooser: Callable[..., Any], given: object) -> object:
    try:
        return chooser(given)
    except Exception:  # noqa: BLE001 - the user's callable may fail on rubbish: there is nothing to read
        return None


def _is_share(sample: object) -> bool:
    is_number = isinstance(sample, int | float) and not isinstance(sample, bool)
    return is_number and math.isfinite(sample) and 0 < sample <= 1  # type: ignore[arg-type, operator]


def _check_chooser(argument: str, chooser: object) -> None:
    if chooser is None or callable(chooser) or (isinstance(chooser, str) and chooser):
        return
    raise ConfigurationError(
        f"{argument}={chooser!r}: a key (text that is not empty) or a callable is needed"
    )
