"""What the reports of a run said: when which feature was above its threshold, and how far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY, OUTPUT_DRIFT_SEVERITY
from mlexporter.demo.replay import Moment
from mlexporter.records import FeatureReference, OutputReference, Reference, Report, SubjectScores


@dataclass(slots=True)
class Episode:
    """A stretch in which one subject was above its threshold in some window.

    Attributes:
        subject: Name of the feature or output.
        is_alerting: False for what is shown and not alerted on.
        began: Moment of the first look that saw it.
        ended: Moment of the first look that no longer did, or None while it lasts.
        peak: Largest severity, above 1.
    """

    subject: str
    is_alerting: bool
    began: Moment
    peak: float
    ended: Moment | None = None


class DriftLog:
    """Collects episodes from report after report."""

    def __init__(self) -> None:
        self.episodes: list[Episode] = []
        self.worst: tuple[str, float] | None = None
        self._open: dict[str, Episode] = {}

    def update(self, report: Report, reference: Reference, moment: Moment) -> list[Episode]:
        """Note ``report`` and return the episodes that begin with it."""
        begun: list[Episode] = []
        severities = dict(_severities(report, reference))
        alerting = [(value, name) for name, (value, is_alerting) in severities.items() if is_alerting]
        self.worst = (max(alerting)[1], max(alerting)[0]) if alerting else None
        for name, (severity, is_alerting) in severities.items():
            episode = self._open.get(name)
            if severity > 1 and episode is None:
                episode = Episode(name, is_alerting, moment, severity)
                self._open[name] = episode
                self.episodes.append(episode)
                begun.append(episode)
            elif episode is not None and severity > 1:
                episode.peak = max(episode.peak, severity)
            elif episode is not None:
                episode.ended = moment
                del self._open[name]
        return begun

    def of(self, subject: str) -> list[Episode]:
        """Return the episodes of one subject, in order."""
        return [episode for episode in self.episodes if episode.subject == subject]


def _severities(report: Report, reference: Reference) -> Iterable[tuple[str, tuple[float, bool]]]:
    """Yield (name, (largest severity over the windows, alerts)); what has no score is left out."""
    yield from _largest(
        [window.features for window in report.windows], reference.features, FEATURE_DRIFT_SEVERITY.name
    )
    yield from _largest(
        [window.outputs for window in report.windows], reference.outputs, OUTPUT_DRIFT_SEVERITY.name
    )


def _largest(
    windows: list[SubjectScores], subjects: tuple[FeatureReference | OutputReference, ...], metric: str
) -> Iterable[tuple[str, tuple[float, bool]]]:
    for position, subject in enumerate(subjects):
        values = [window.scores[metric][position] for window in windows if metric in window.scores]
        known = [float(value) for value in values if np.isfinite(value)]
        if known:
            yield subject.name, (max(known), subject.alert)
