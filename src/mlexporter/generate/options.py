"""What a user may change about the rules without editing them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from mlexporter.errors import ConfigurationError

DASHBOARD: Final = "{dashboard}"
"""In an address: the uid of the dashboard that shows what an alert is about."""

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

    Thresholds and objectives of models are not here: they arrive as series, from the configuration file.

    Attributes:
        time_factor: How many times faster than real everything runs; divides ranges, offsets, ``for``
            and ``keep_firing_for``. Above 1 in the demo only.
        minimum_range_seconds: Floor of every range and ``for``: four scrapes, so that a rate always
            has two samples.
        for_factor: Multiplies ``for`` and ``keep_firing_for``: 2 waits twice as long.
        selector: Matchers added to every selector, such as ``cluster="eu"``.
        job: Name of the scrape job. Empty finds the targets by what they have exposed in the last day.
        groups: Groups of alerts that are wanted, such as ``drift``; empty wants all.
        with_alerts: Names of alerts that are off by default and wanted among the others.
        without: Names of alerts that are left out.
        is_fleet: Whether alerts read the drift of all pods together, which ``fleet.yaml`` records.
        memory_ratio: Part of the memory limit from which a server is near it, between 0 and 1.
        runbook_base: What ``runbook_url`` begins with; the name of the alert and ``.md`` follow.
        dashboard_base: What ``dashboard_url`` begins with; the variables of the dashboard follow. In place of
            ``{dashboard}`` stands the uid of the dashboard that shows what the alert is about. Empty leaves the
            link out.
    """

    time_factor: float = 1.0
    minimum_range_seconds: float = 60.0
    for_factor: float = 1.0
    selector: str = ""
    job: str = ""
    groups: frozenset[str] = frozenset()
    with_alerts: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    is_fleet: bool = False
    memory_ratio: float = 0.9
    runbook_base: str = "docs/runbooks/"
    dashboard_base: str = f"http://localhost:3000/d/{DASHBOARD}"

    def __post_init__(self) -> None:
        for name in ("time_factor", "minimum_range_seconds", "for_factor"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{name}={value!r}: a number above 0 is needed")
        if not 0 < self.memory_ratio <= 1:
            raise ConfigurationError(
                f"memory_ratio={self.memory_ratio!r}: a share above 0 and up to 1 is needed, such as 0.9"
            )
        for name in ("runbook_base", "dashboard_base"):
            address = getattr(self, name)
            if "{" in address.replace(DASHBOARD if name == "dashboard_base" else "", ""):
                raise ConfigurationError(
                    f"{name}={address!r}: Prometheus would take the brace for a template; write it as %7B"
                )
        both = sorted(self.with_alerts & self.without)
        if both:
            raise ConfigurationError(f"without={both[0]!r}: it is asked for and left out at the same time")

    def seconds(self, nominal_seconds: float) -> float:
        """Return what a nominal range or ``for`` becomes: divided by the factor, never below the floor."""
        return max(nominal_seconds / self.time_factor, self.minimum_range_seconds)

    def range(self, nominal_seconds: float) -> str:
        """Return a nominal range or ``for`` as the text of a Prometheus duration."""
        return duration_text(self.seconds(nominal_seconds))

    def hold(self, nominal_seconds: float) -> str:
        """Return a nominal ``for`` or ``keep_firing_for`` as text: a range that ``for_factor`` stretches."""
        return self.range(nominal_seconds * self.for_factor)

    def offset(self, nominal_seconds: float) -> str:
        """Return a nominal offset as text; it has no floor, because it must stay in step with time."""
        return duration_text(nominal_seconds / self.time_factor)
