"""A report as bytes: what the elected evaluator of a directory leaves for every other process.

No pickle and no compression: arrays lie one behind the other as they are, so that reading is a
matter of pointing at them, and every float comes back bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from mlexporter.records import (
    Counts,
    Estimate,
    ModelKey,
    Report,
    Scores,
    SubjectScores,
    WindowCounts,
    WindowReport,
)
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment

KIND: Final = b"rprt"
VERSION: Final = 2
_CLOCK_NOISE_SECONDS: Final = 1.0
_WORD_BYTES: Final = 8


@dataclass(frozen=True)
class PublishedReport:
    """What the evaluator found out about one model.

    Attributes:
        report: The newest report, or None where the model has none.
        has_failed: True where the newest evaluation ended in an error of ours.
        generation: Number of this publication; grows by one each time, whoever publishes.
        moment: When it was published; the heartbeat of the evaluator.
    """

    key: ModelKey
    report: Report | None
    has_failed: bool
    generation: int
    moment: Moment

    def report_at(self, moment: Moment) -> Report | None:
        """Return the report with the time of its evaluation as ``moment`` has to see it.

        Its age is told by the clock of windows where that is still the same one, so that a wall clock
        that was set in between makes an old report neither young nor a young one old.
        """
        report = self.report
        if report is None:
            return None
        age = moment.seconds_since(self.moment) / moment.factor
        seen = moment.wall - age - (self.moment.wall - report.evaluated_timestamp)
        if abs(seen - report.evaluated_timestamp) <= _CLOCK_NOISE_SECONDS:
            return report
        return replace(report, evaluated_timestamp=seen)


def published_to_bytes(published: PublishedReport) -> bytes:
    """Return a publication as one checked piece of bytes."""
    content: dict[str, Any] = {
        "key": list(published.key.label_values),
        "has_failed": published.has_failed,
        "generation": published.generation,
        "moment": published.moment.to_json(),
        "report": None,
    }
    arrays: list[Counts | Scores] = []
    if published.report is not None:
        content["report"] = _head_of(published.report, arrays)
    return seal(KIND, VERSION, content, [_bytes_of(array) for array in arrays])


def published_from_bytes(data: bytes) -> PublishedReport:
    """Return what ``published_to_bytes`` was given; arrays are read-only views of ``data``.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, parts = unseal(KIND, VERSION, data)
    try:
        head = content["report"]
        key = ModelKey(*map(str, content["key"]))
        return PublishedReport(
            key=key,
            report=None if head is None else _report_of(key, head, _Arrays(parts)),
            has_failed=bool(content["has_failed"]),
            generation=int(content["generation"]),
            moment=Moment.from_json(content["moment"]),
        )
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in a report") from None


def _head_of(report: Report, arrays: list[Counts | Scores]) -> dict[str, Any]:
    return {
        "fingerprint": report.fingerprint,
        "evaluated_timestamp": report.evaluated_timestamp,
        "required_observations": report.required_observations,
        "windows": [_window_head(window, arrays) for window in report.windows],
    }


def _window_head(window: WindowReport, arrays: list[Counts | Scores]) -> dict[str, Any]:
    counts = window.counts
    arrays += [
        counts.feature_cells, counts.out_of_range, counts.type_mismatches, counts.output_cells, counts.side_cells,
    ]  # fmt: skip
    estimates = [np.array([found.value, found.lower, found.upper]) for found in window.estimates]
    arrays += [np.fromiter(window.model.values(), np.float64, len(window.model)), *estimates]
    return {
        "name": counts.name,
        "span_seconds": counts.span_seconds,
        "row_count": counts.row_count,
        "model": list(window.model),
        "estimates": [[found.metric, found.class_name] for found in window.estimates],
        "features": _scores_head(window.features, arrays),
        "outputs": _scores_head(window.outputs, arrays),
        "joints": _scores_head(window.joints, arrays),
    }


def _scores_head(subjects: SubjectScores, arrays: list[Counts | Scores]) -> dict[str, Any]:
    reasons = sorted(set(subjects.absent))
    places = {reason: place for place, reason in enumerate(reasons)}
    arrays += [
        subjects.observations,
        np.fromiter((places[reason] for reason in subjects.absent), np.int64, len(subjects.absent)),
        *subjects.scores.values(),
    ]
    return {"reasons": reasons, "scores": list(subjects.scores)}


def _report_of(key: ModelKey, head: dict[str, Any], arrays: _Arrays) -> Report:
    return Report(
        key=key,
        fingerprint=str(head["fingerprint"]),
        evaluated_timestamp=float(head["evaluated_timestamp"]),
        required_observations=int(head["required_observations"]),
        windows=tuple(_window_of(window, arrays) for window in head["windows"]),
    )


def _window_of(head: dict[str, Any], arrays: _Arrays) -> WindowReport:
    counts = WindowCounts(
        str(head["name"]), float(head["span_seconds"]), int(head["row_count"]),
        arrays.counts(), arrays.counts(), arrays.counts(), arrays.counts(), side_cells=arrays.counts(),
    )  # fmt: skip
    return WindowReport(
        counts,
        model=_named(head["model"], arrays.scores()),
        estimates=tuple(
            Estimate(str(named[0]), str(named[1]), *arrays.scores().tolist()) for named in head["estimates"]
        ),
        features=_scores_of(head["features"], arrays),
        outputs=_scores_of(head["outputs"], arrays),
        joints=_scores_of(head["joints"], arrays),
    )


def _scores_of(head: dict[str, Any], arrays: _Arrays) -> SubjectScores:
    observations = arrays.counts()
    reasons: Sequence[str] = head["reasons"]
    absent = tuple(reasons[place] for place in arrays.counts().tolist())
    names: Iterable[str] = head["scores"]
    return SubjectScores(observations, {str(name): arrays.scores() for name in names}, absent)


def _named(names: Sequence[str], values: Scores) -> dict[str, float]:
    if len(names) != values.size:
        raise ValueError("damaged: scores of a model do not fit their names")
    return {str(name): value for name, value in zip(names, values.tolist(), strict=True)}


class _Arrays:
    """Hands out arrays in the order in which they were written."""

    def __init__(self, parts: list[memoryview]) -> None:
        self._parts = iter(parts)

    def counts(self) -> Counts:
        return np.frombuffer(self._next(), dtype="<i8").astype(np.int64, copy=False)

    def scores(self) -> Scores:
        return np.frombuffer(self._next(), dtype="<f8").astype(np.float64, copy=False)

    def _next(self) -> memoryview:
        part = next(self._parts, None)
        if part is None or len(part) % _WORD_BYTES:
            raise ValueError("damaged: an array of a report is missing or cut")
        return part


def _bytes_of(array: Counts | Scores) -> bytes:
    return array.astype("<f8" if array.dtype.kind == "f" else "<i8", copy=False).tobytes()
