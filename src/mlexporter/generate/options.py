"""What a user may change about the rules without editing them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from mlexporter.errors import ConfigurationError

_UNITS: Final = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


def duration_text(seconds: float) -> str:
    """Return ``seconds`` as a Prometheus duration, such as ``1h30m`` or ``800ms``.

    Raises:
        ConfigurationError: it rounds to less than a millisecond, which no rule can express.
    """
    rest = round(seconds * 1000)
    if rest < 1:
        raise ConfigurationError(f"a duration of {seconds} s is too short: rules count in milliseconds")
    text = ""
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        text += f"{count}{unit}" if count else ""
    return text


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """Parameters of all rules; the defaults are those of the files in ``alerts/``.

    Attributes:
        time_factor: How many times faster than real everything runs; divides ranges, offsets, ``for``
            and ``keep_firing_for``. Above 1 in the demo only.
        minimum_range_seconds: Floor of every range and ``for``: four scrapes, so that a rate always
            has two samples.
        selector: Matchers added to every selector, such as ``cluster="eu"``.
        job: Name of the scrape job. Empty finds the targets by what they have exposed in the last day.
        error_objective: Share of calls that shall end without an error, between 0 and 1.
        minimum_requests: Calls in the long window below which no burn rate is judged.
        quality_rise: Rise of a share (missing, unseen, ...) that matters, as Cohen's h. 0.2 is from
            nothing to 1 %, or from 10 % to 17 %.
        schema_violation_ratio: Share of rows that may break the schema, between 0 and 1.
        without: Names of alerts that are left out.
        runbook_base: What ``runbook_url`` begins with; the name of the alert and ``.md`` follow.
    """

    time_factor: float = 1.0
    minimum_range_seconds: float = 60.0
    selector: str = ""
    job: str = ""
    error_objective: float = 0.999
    minimum_requests: int = 100
    quality_rise: float = 0.2
    schema_violation_ratio: float = 0.01
    without: frozenset[str] = frozenset()
    runbook_base: str = "docs/runbooks/"

    def __post_init__(self) -> None:
        for name in ("time_factor", "minimum_range_seconds", "quality_rise"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{name}={value!r}: a number above 0 is needed")
        for name in ("error_objective", "schema_violation_ratio"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise ConfigurationError(
                    f"{name}={value!r}: a share between 0 and 1 is needed, such as 0.999"
                )
        if self.minimum_requests < 1:
            raise ConfigurationError(f"minimum_requests={self.minimum_requests!r}: at least 1 is needed")

    @property
    def error_budget(self) -> float:
        """Share of calls that may end with an error, free of the noise of binary subtraction."""
        return round(1 - self.error_objective, 12)

    def seconds(self, nominal_seconds: float) -> float:
        """Return what a nominal range or ``for`` becomes: divided by the factor, never below the floor."""
        return max(nominal_seconds / self.time_factor, self.minimum_range_seconds)

    def range(self, nominal_seconds: float) -> str:
        """Return a nominal range or ``for`` as the text of a Prometheus duration."""
        return duration_text(self.seconds(nominal_seconds))

    def offset(self, nominal_seconds: float) -> str:
        """Return a nominal offset as text; it has no floor, because it must stay in step with time."""
        return duration_text(nominal_seconds / self.time_factor)
