"""What serves in which pod at which time: releases reach the second pod one scrape later."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mlexporter.demo.history.releases import Release
from mlexporter.demo.history.steps import Stretch

NEVER: Final = 2**40
"""A time after all others."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """When one pod begins to serve one release, at times of its scrapes; ``NEVER`` where it does not.

    Attributes:
        tried: Begin as a canary.
        serves: Begin as primary.
    """

    tried: int
    serves: int


@dataclass(frozen=True, slots=True)
class Serving:
    """What a pod has loaded: places in the list of releases; ``canary`` is None where nothing is tried."""

    primary: int
    canary: int | None


def deployments_of(
    releases: Sequence[Release], stretches: Sequence[Stretch], pod: int
) -> tuple[Deployment, ...]:
    """Return the deployment of each release in a pod, numbered from 0."""
    moments = [moment for stretch in stretches for moment in stretch.moments()]

    def scrape_after(time: int | None) -> int:
        if time is None:
            return NEVER
        place = bisect.bisect_left(moments, time) + (pod if time > moments[0] else 0)
        return moments[place] if place < len(moments) else NEVER

    return tuple(Deployment(scrape_after(each.tried), scrape_after(each.serves)) for each in releases)


def serving_at(deployments: Sequence[Deployment], moment: float) -> Serving:
    """Return what a pod serves at a time."""
    primary = max(place for place, each in enumerate(deployments) if each.serves <= moment or place == 0)
    tried = [place for place, each in enumerate(deployments) if each.tried <= moment < each.serves]
    return Serving(primary, tried[-1] if tried else None)


def starts_of(
    deployments: Sequence[Deployment], restarts: Sequence[int], stretches: Sequence[Stretch]
) -> frozenset[int]:
    """Return the scrapes at which the process of a pod begins anew, for a release or for no reason."""
    moments = [moment for stretch in stretches for moment in stretch.moments()]
    places = (bisect.bisect_left(moments, restart) for restart in restarts if restart > moments[0])
    changes = {time for each in deployments for time in (each.tried, each.serves)}
    return frozenset(
        {*(moments[place] for place in places if place < len(moments)), *changes} - {moments[0], NEVER}
    )
