"""``PredictionEvent``: one call as it leaves the process: plain values, and what is kept back replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from mlexporter.instrument.current_trace import SpanIds
from mlexporter.instrument.event_reader import Features, Prediction
from mlexporter.instrument.event_values import Plain

Attributes: TypeAlias = dict[str, Plain]
Body: TypeAlias = "dict[str, Plain | Mapping[str, Plain]]"

EVENT_NAME: Final = "mlexporter.prediction"
DURATION: Final = "ml.prediction.duration"
"""How long a call took, seconds."""
ROWS: Final = "ml.prediction.rows"
"""How many rows it had."""
ID: Final = "ml.prediction.id"
"""What identifies it."""

_NANOSECONDS: Final = 1_000_000_000
_LAST_SECOND: Final = 2**63 // _NANOSECONDS


class PredictionEvent(NamedTuple):
    """One call.

    Attributes:
        timestamp: When it was, Unix nanoseconds.
        observed: When it ended, Unix nanoseconds.
        is_error: Whether it failed.
        attributes: By their dotted names.
        body: ``features`` by name, ``prediction``, and how many features are left out.
        ids: Of the span in which it was.
    """

    timestamp: int
    observed: int
    is_error: bool
    attributes: Attributes
    body: Body
    ids: SpanIds


class Recorded(NamedTuple):
    """A call that happened elsewhere.

    Attributes:
        container: Its features.
        row: What the caller gave, of which the features were taken.
        result: What the model answered.
        id: Identifies it.
        timestamp: When it was, Unix seconds.
        elapsed: How long it took, nanoseconds; negative where nobody knows.
        error: What the model raised, or the name of its class.
    """

    container: object
    row: object
    result: object
    id: object
    timestamp: object
    elapsed: int
    error: BaseException | str | None


def body_of(features: Features, prediction: Prediction) -> Body:
    """Return the body of an event; what is not known is absent."""
    body: Body = {}
    if features.fields:
        body["features"] = features.fields
    if features.n_left_out:
        body["features_left_out"] = features.n_left_out
    if prediction is not None:
        body["prediction"] = prediction
    return body


def seconds_of(elapsed: int) -> float | None:
    """Return nanoseconds as seconds, None where nobody knows them."""
    return elapsed / _NANOSECONDS if elapsed >= 0 else None


def nanoseconds_of(timestamp: object, now: int) -> int:
    """Return the time of a row, given in Unix seconds, in Unix nanoseconds; ``now`` where it is none."""
    if isinstance(timestamp, int | float) and 0 <= timestamp < _LAST_SECOND:
        return round(timestamp * _NANOSECONDS)
    return now
