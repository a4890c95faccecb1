"""How much faster than real the rules run, how long everything takes, and how often each fault comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from mlexporter.generate.options import RuleOptions

USUAL_MINUTES: Final = 60
_SCRAPES_IN_A_RANGE: Final = 4

OFTEN: Final = {
    "kill a worker": 12, "end a worker": 4, "stop a worker": 3, "stop the evaluator": 2, "stop the exporter": 1,
    "kill the exporter": 3, "exporter gone": 1, "kill Prometheus": 3, "restart Alertmanager": 2,
    "counts disk full": 2, "snapshot disk full": 1, "exporter's clock +1 h": 1, "exporter's clock -1 h": 1,
    "workers' clock +1 h": 1, "workers' clock -1 h": 1, "redeploy": 2, "bad configuration": 2,
    "slow clients": 2,
}  # fmt: skip
"""Faults of an hour; a short run has each once."""


class Scale(NamedTuple):
    """Times of one run, in real seconds.

    Attributes:
        minutes: Load with faults, about: the last fault and the drift may end later.
        factor: How many times faster than real the rules and the windows run.
        interval: Between two scrapes, and two evaluations of rules.
        warm_up: Load before the first fault; memory is judged from then on.
        drift: How long the true drift at the end may take to page.
        calls_per_second: Of each pod.
        counts: How often each fault comes.
    """

    minutes: float
    factor: float
    interval: float
    warm_up: float
    drift: float
    calls_per_second: float
    counts: Mapping[str, int]

    @property
    def rules(self) -> RuleOptions:
        """Options of all rules."""
        return RuleOptions(time_factor=self.factor, minimum_range_seconds=_SCRAPES_IN_A_RANGE * self.interval)

    def seconds(self, nominal: float) -> float:
        """Return what ``for`` or a range of so many nominal seconds is."""
        return self.rules.seconds(nominal)

    def hold(self, nominal: float) -> float:
        """Return how long a state has to last until an alert with this ``for`` fires for sure."""
        return self.seconds(nominal) + 6 * self.interval

    @property
    def windows(self) -> str:
        """The windows of an hour, six and a day, faster."""
        return ",".join(f"{round(hours * 3600 / self.factor)}s" for hours in (1, 6, 24))

    @property
    def evaluation(self) -> float:
        """Seconds between two evaluations of drift: never faster than scrapes."""
        return max(15.0 / self.factor, self.interval)


def scale_of(minutes: float) -> Scale:
    """Return the scale of a run of so many minutes: an hour is half a day of the rules, five minutes are more than three hours."""
    if minutes >= USUAL_MINUTES / 2:
        return Scale(minutes, 12.0, 3.0, 180.0, 360.0, 6.0, OFTEN)
    return Scale(minutes, 40.0, 2.0, 25.0, 150.0, 8.0, dict.fromkeys(OFTEN, 1) | {"redeploy": 2})
