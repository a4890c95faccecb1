"""The calls of an era: which pod answers which flight with which release, how fast, and whether it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from mlexporter.demo.features import FEATURE_NAMES, feature_named
from mlexporter.demo.history.deployments import Deployment, serving_at
from mlexporter.demo.history.era import HOUR, Era
from mlexporter.demo.history.happenings import ERRORS, SLOW, UNSEEN, MadeFault
from mlexporter.demo.history.releases import CANARY_SHARE, SIDE_CARRIERS, TIME, Learned

if TYPE_CHECKING:
    import pandas as pd

    from mlexporter.demo.flights import Flights

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

POD, RELEASE, IS_CANARY, SCORE, SIDE_SCORE, SECONDS, FAILURE, IS_PLAIN = (
    "pod", "release", "is_canary", "score", "side_score", "seconds", "failure", "is_plain",
)  # fmt: skip
"""Columns of a table of calls beside the features and ``departed``."""

FAILURES: Final = (None, TimeoutError, ConnectionError, ValueError)
"""What a call raises, by the number in the column ``failure``."""

RENAMED: Final = ("UA", "UAL")
"""The airline that comes under another code while ``carrier=unseen`` is on."""

_ERROR_RATIO, _BURST_RATIO = 0.0004, 0.35
_MEAN_SECONDS, _SPREAD = 0.018, 0.55
_SLOW_FACTOR: Final = 30.0
_RELEASE_FACTORS: Final = (1.0, 1.35, 0.8)
_LOAD_FACTOR: Final = 0.6
_BUSY_HOUR: Final = 60.0


def flights_of(flights: Flights, era: Era) -> pd.DataFrame:
    """Return the flights of an era in order, with ``departed`` in its calendar."""
    table = flights.table
    shown = table[TIME] + era.shift
    return (
        table[(shown >= era.begins) & (shown < era.ends)]
        .assign(**{TIME: lambda own: own[TIME] + era.shift})
        .reset_index(drop=True)
    )


def calls_of(
    table: pd.DataFrame,
    learned: Sequence[Learned],
    deployments: Sequence[Sequence[Deployment]],
    faults: Sequence[MadeFault],
    *,
    seed: int,
) -> pd.DataFrame:
    """Return a table of calls, the rows of ``table`` with the columns that are named here.

    Args:
        table: From ``flights_of``.
        learned: Every release.
        deployments: Of each pod, those of every release.
        faults: What is made.
        seed: Of everything that is drawn.
    """
    random = np.random.default_rng([seed, 8])
    times: Numbers = table[TIME].to_numpy(dtype=np.float64)
    pods = random.integers(0, len(deployments), len(times))
    release, is_canary = _routed(times, pods, random.random(len(times)), deployments)
    is_side = table["carrier"].isin(SIDE_CARRIERS).to_numpy()
    broken = _broken(table, times, faults)
    calls = broken.assign(**{POD: pods, RELEASE: release, IS_CANARY: is_canary})
    scores, side = np.full(len(times), np.nan), np.full(len(times), np.nan)
    for place, each in enumerate(learned):
        own = release == place
        if own.any():
            scores[own] = each.model.scores(broken[own])
    if is_side.any():
        side[is_side] = learned[0].model.scores(broken[is_side])
    columns: dict[str, npt.NDArray[Any]] = {
        SCORE: scores, SIDE_SCORE: side,
        SECONDS: _seconds(random, times, release, _during(times, faults, SLOW)),
        FAILURE: _failures(random, _during(times, faults, ERRORS)),
        IS_PLAIN: random.random(len(times)) < 0.5,
    }  # fmt: skip
    return calls.assign(**columns)


def _routed(
    times: Numbers, pods: Places, draws: Numbers, deployments: Sequence[Sequence[Deployment]]
) -> tuple[Places, Flags]:
    release, is_canary = np.zeros(len(times), dtype=np.int64), np.zeros(len(times), dtype=np.bool_)
    for pod, own in enumerate(deployments):
        changes = sorted({time for each in own for time in (each.tried, each.serves)})
        for begins, ends in zip([-np.inf, *changes], [*changes, np.inf], strict=True):
            here = (pods == pod) & (times >= begins) & (times < ends)
            serving = serving_at(own, begins)
            release[here] = serving.primary
            if serving.canary is not None:
                tried = here & (draws < CANARY_SHARE)
                release[tried], is_canary[tried] = serving.canary, True
    return release, is_canary


def _during(times: Numbers, faults: Sequence[MadeFault], name: str) -> Flags:
    found = np.zeros(len(times), dtype=np.bool_)
    for fault in faults:
        if fault.name == name:
            found |= (times >= fault.begins) & (times < fault.ends)
    return found


def _broken(table: pd.DataFrame, times: Numbers, faults: Sequence[MadeFault]) -> pd.DataFrame:
    broken = table[[*FEATURE_NAMES, TIME]].copy()
    for name in sorted({fault.name for fault in faults} - {ERRORS, SLOW}):
        feature, _, way = name.partition("=")
        here = _during(times, faults, name)
        column = table[feature]
        if name == UNSEEN:
            changed = column.mask(column == RENAMED[0], RENAMED[1])
        elif way == "missing":
            changed = column.mask(here)
        elif way == "stuck":
            changed = column.mask(here).ffill()
        else:
            conversion = feature_named(feature).conversion
            changed = column if conversion is None else column * conversion.scale + conversion.offset
        broken[feature] = column.where(~here, changed)
    return broken


def _seconds(random: np.random.Generator, times: Numbers, release: Places, is_slow: Flags) -> Numbers:
    """Return durations: log-normal, and longer with the calls of the hour around."""
    first, last = np.searchsorted(times, times - HOUR / 2), np.searchsorted(times, times + HOUR / 2)
    load = 1.0 + _LOAD_FACTOR * (last - first) / _BUSY_HOUR
    seconds = _MEAN_SECONDS * np.exp(random.normal(0.0, _SPREAD, len(times)))
    slow = np.where(is_slow, _SLOW_FACTOR * random.uniform(0.5, 1.5, len(times)), 1.0)
    durations: Numbers = np.round(seconds * load * np.array(_RELEASE_FACTORS)[release] * slow, 6)
    return durations


def _failures(random: np.random.Generator, is_burst: Flags) -> Places:
    """Return a number of ``FAILURES`` for each call: 0 mostly, and in a burst mostly time-outs."""
    draws, kinds = random.random(len(is_burst)), random.random(len(is_burst))
    fails = draws < np.where(is_burst, _BURST_RATIO, _ERROR_RATIO)
    kind = np.where(kinds < np.where(is_burst, 0.85, 0.3), 1, np.where(kinds < 0.95, 2, 3))
    failures: Places = np.where(fails, kind, 0)
    return failures
