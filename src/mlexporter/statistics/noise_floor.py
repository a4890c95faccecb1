"""Learned noise of many subjects in many windows, as arrays beside their counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from mlexporter.records import (
    ComponentNoise,
    FeatureReference,
    OutputReference,
    Reference,
    Scores,
    WindowCounts,
)
from mlexporter.settings import parse_duration

NO_BLOCKS: Final = math.inf
"""Blocks of what was not learned: its quantiles are those of the normal distribution."""

_NOTHING: Final = (0.0, 0.0, 0.0, NO_BLOCKS, 0.0)


class NoiseFloor(NamedTuple):
    """Learned noise, arrays of one shape; 0 where a component was not learned.

    Attributes:
        location: Mean square of the location between blocks.
        spread: Mean square of the spread between blocks.
        omnibus: Mean square contingency between blocks for each degree of freedom.
        blocks: Blocks that it was learned from; infinite where it was not.
    """

    location: Scores
    spread: Scores
    omnibus: Scores
    blocks: Scores

    def rows(self, *places: Any) -> NoiseFloor:
        """Return the noise at ``places``, indices of one array for each dimension."""
        return NoiseFloor(*(values[places] for values in self))


class WindowNoise(NamedTuple):
    """Noise of subjects in windows that cover all their time.

    Attributes:
        floor: Arrays of shape (n_windows, n_subjects).
        seconds: Length of the blocks that each was learned from, same shape; 0 where it was not.
    """

    floor: NoiseFloor
    seconds: Scores

    def over(self, spans: Sequence[float]) -> NoiseFloor:
        """Return the noise of windows that cover only ``spans`` seconds yet.

        Noise falls with time at most as fast as the mean of independent minutes does, so what covers a
        sixth of a block has up to six times its variance. Without it correlated rows would page in the
        first minutes of a process.
        """
        covered = np.asarray(spans, dtype=np.float64)[:, None]
        is_short = (covered > 0) & (covered < self.seconds)
        factor = np.divide(self.seconds, covered, out=np.ones_like(self.seconds), where=is_short)
        location, spread, omnibus, blocks = self.floor
        return NoiseFloor(location * factor, spread * factor, omnibus * factor, blocks)


def window_noise(
    learned: Sequence[Mapping[str, ComponentNoise]], window_names: Sequence[str]
) -> WindowNoise | None:
    """Return the noise of every subject in every window.

    A window without noise of its own takes that of the next shorter one that has it: longer windows
    average more out, so it is rather too large, never too small. Where none is shorter, that of the next
    longer one is scaled to the time that the window covers. A window whose name is no duration counts as
    the longest.

    Args:
        learned: For each subject, noise by name of a window (a Prometheus duration).
        window_names: The windows that are looked at.

    Returns:
        None where nothing was learned for any of them.
    """
    sources: dict[tuple[str, ...], list[str | None]] = {}
    values = np.tile(_NOTHING, (len(learned), len(window_names), 1))
    for by_window, of_subject in zip(learned, values, strict=True):
        known = tuple(by_window)
        if known not in sources:
            sources[known] = [noise_source(by_window, name) for name in window_names]
        for place, source in enumerate(sources[known]):
            if source is not None:
                found, length = by_window[source], _seconds(source)
                of_subject[place] = (
                    found.location or 0.0, found.spread or 0.0, found.omnibus, found.blocks,
                    length if math.isfinite(length) else 0.0,
                )  # fmt: skip
    location, spread, omnibus, blocks, seconds = values.transpose(2, 1, 0)
    if np.isinf(blocks).all():
        return None
    return WindowNoise(NoiseFloor(location, spread, omnibus, blocks), seconds)


def feature_noise(reference: Reference, windows: Sequence[WindowCounts]) -> NoiseFloor | None:
    """Return the noise of every feature in windows as far as they cover their time; kept with the reference."""
    return _kept(reference, "noise of features", reference.features, windows)


def output_noise(reference: Reference, windows: Sequence[WindowCounts]) -> NoiseFloor | None:
    """Return the noise of every output in windows as far as they cover their time; kept with the reference."""
    return _kept(reference, "noise of outputs", reference.outputs, windows)


def _kept(
    reference: Reference,
    name: str,
    subjects: Sequence[FeatureReference | OutputReference],
    windows: Sequence[WindowCounts],
) -> NoiseFloor | None:
    names = tuple(window.name for window in windows)
    kept: dict[tuple[str, ...], WindowNoise | None] = reference.computed.setdefault(name, {})
    if names not in kept:
        kept[names] = window_noise([subject.noise for subject in subjects], names)
    found = kept[names]
    return None if found is None else found.over([window.span_seconds for window in windows])


def noise_source(by_window: Mapping[str, ComponentNoise], window_name: str) -> str | None:
    """Return the window whose noise holds in ``window_name``: itself, else the next shorter one; or None.

    Where none is shorter it is the next longer one, which ``WindowNoise.over`` scales up.
    """
    if window_name in by_window:
        return window_name
    length = _seconds(window_name)
    shorter = [name for name in by_window if _seconds(name) <= length]
    longer = [name for name in by_window if math.isfinite(_seconds(name))]
    return max(shorter, key=_seconds, default=min(longer, key=_seconds, default=None))


def noise_scale(source: str, window_name: str) -> float:
    """Return what the variance of ``source`` is multiplied with in a window that covers all its time, 1 or more."""
    covered, learned = _seconds(window_name), _seconds(source)
    return learned / covered if covered < learned < math.inf else 1.0


def _seconds(window_name: str) -> float:
    try:
        return parse_duration(window_name)
    except ValueError:
        return math.inf
