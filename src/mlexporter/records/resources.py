"""What the workers use of the machine, at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ResourceSample:
    """One value that was read.

    Attributes:
        metric: Name of its metric in the catalogue.
        labels: Label values, in the order of the metric's labels.
        value: In the unit of the metric.
    """

    metric: str
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class ResourceUsage:
    """What was read; whatever the system does not tell is not in it, so nothing here is a made-up 0.

    Attributes:
        process: Of all living workers together, by name of the metric.
        container: Limits and use of the control group that the workers run in.
        gpu: Of each graphics card that this process sees.
    """

    process: Mapping[str, float] = field(default_factory=dict)
    container: tuple[ResourceSample, ...] = ()
    gpu: tuple[ResourceSample, ...] = ()
