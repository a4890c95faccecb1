"""Learn how much stable data move: blocks of training rows compared with all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from mlexporter.profile.block_counts import Blocks, chosen_blocks, count_blocks, empty_blocks
from mlexporter.profile.joint_noise import joint_blocks
from mlexporter.profile.option_checks import windows_of
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.subjects import Subject, slices_of, subjects_of
from mlexporter.records import ComponentNoise, Reference
from mlexporter.settings import Settings
from mlexporter.statistics.comparison import THIN_BIN_ROWS
from mlexporter.statistics.learned_noise import REQUIRED_BLOCKS, learn_noise

WILD_SHARE: Final = 0.5
"""Share of all movement in one block from which somebody should look at that block."""
_DIGITS: Final = 7
_TOLD: Final = 5

Floats = npt.NDArray[np.float64]


def learn_block_noise(reference: Reference, rows: TrainingRows) -> Reference:
    """Return ``reference`` with the noise of blocks as long as each window.

    Noise is the mean square over all blocks; none is left out, however far out it lies: quantiles of t
    presuppose it, and data whose ordinary blocks are wild every week must not page every week. A block
    that is more than half of the noise of a subject is told, so that its rows can be left out on purpose.

    Raises:
        FitError: a value of the column of times is no time.
    """
    lengths = windows_of(rows.options)
    counts = rows.time_counts(reference)
    required = Settings().required_observations
    n_cells = slices_of(reference)[-1].stop
    chosen = {
        name: chosen_blocks(counts.blocks[name], required, n_cells=n_cells, n_lengths=len(lengths))
        for name in lengths
    }
    for name, numbers in chosen.items():
        if len(numbers) < REQUIRED_BLOCKS:
            rows.tell(
                f"no noise for {name}: {len(numbers)} blocks of {name} have {required} rows, "
                f"{REQUIRED_BLOCKS} are needed"
            )
    usable = {name: numbers for name, numbers in chosen.items() if len(numbers) >= REQUIRED_BLOCKS}
    features: dict[int, dict[str, ComponentNoise]] = {}
    outputs: dict[int, dict[str, ComponentNoise]] = {}
    counted = empty_blocks(reference, lengths, usable)
    joints = joint_blocks(reference, rows.row_count, counted)
    count_blocks(reference, rows, counted, joints)
    for blocks in counted:
        learned = learn_noise(reference, blocks.windows(reference), required_observations=required)
        for found, noise_of in ((features, learned.features), (outputs, learned.outputs)):
            for place, noise in noise_of.items():
                found.setdefault(place, {})[blocks.name] = _rounded(noise)
        _tell_wild_blocks(reference, rows, blocks)
    of_joints = {each.place: each.noise(required) for each in joints}
    return replace(
        reference,
        joints=tuple(
            replace(joint, noise=_all_rounded(of_joints.get(place, {})))
            for place, joint in enumerate(reference.joints)
        ),
        features=tuple(
            replace(feature, noise=features.get(place, {}))
            for place, feature in enumerate(reference.features)
        ),
        outputs=tuple(
            replace(output, noise=outputs.get(place, {})) for place, output in enumerate(reference.outputs)
        ),
    )


def _all_rounded(noise: Mapping[str, ComponentNoise]) -> dict[str, ComponentNoise]:
    return {name: _rounded(each) for name, each in noise.items()}


def _rounded(noise: ComponentNoise) -> ComponentNoise:
    location, spread = (each if each is None else _short(each) for each in (noise.location, noise.spread))
    return ComponentNoise(noise.blocks, location, spread, _short(noise.omnibus))


def _short(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _tell_wild_blocks(reference: Reference, rows: TrainingRows, blocks: Blocks) -> None:
    found: dict[int, list[str]] = {}
    for subject, place in zip(subjects_of(reference), slices_of(reference), strict=True):
        moved = moved_by(subject, blocks.cells[:, place], _expected(reference, blocks, place))
        total = float(moved.sum())
        worst = int(moved.argmax())
        if total > 0 and moved[worst] > WILD_SHARE * total:
            found.setdefault(worst, []).append(subject.name)
    for worst, names in found.items():
        shown = ", ".join(names[:_TOLD]) + (f" and {len(names) - _TOLD} more" if len(names) > _TOLD else "")
        rows.tell(
            f"noise for {blocks.name}: more than half of that of {shown} comes from one block, from "
            f"{_when(float(blocks.numbers[worst]) * blocks.length)} on; if something was wrong then, fit without its rows"
        )


def _expected(reference: Reference, blocks: Blocks, place: slice) -> Floats:
    """Return the shares to expect of all cells of a subject in each block, shape (n_blocks or 1, n_cells)."""
    slots = reference.slots
    if slots is None:
        counts = np.array(
            [cell for each in subjects_of(reference) for cell in each.distribution.counts], dtype=np.float64
        )[place]
        return np.asarray(counts[None, :] / max(counts.sum(), 1.0))
    shares = np.array([cells[place] for cells in slots.cells], dtype=np.float64)
    shares /= np.array(slots.rows, dtype=np.float64)[:, None]
    expected = blocks.slots @ shares
    return np.asarray(expected / np.maximum(expected.sum(axis=1, keepdims=True), 1e-300))


def moved_by(subject: Subject, cells: npt.NDArray[np.int32], expected: Floats) -> Floats:
    """Return by how much each block differs from what was to be expected of it, beyond chance.

    Args:
        subject: Tells which cells are its shape.
        cells: Rows of each block, shape (n_blocks, n_cells).
        expected: Shares of the cells, shape (n_blocks or 1, n_cells).

    Returns:
        Mean square contingencies, 0 where there are no rows, shape (n_blocks,).

    Source: pearson1900.  Differs: divided by the rows of the block; a bin counts as if at least two of
    its rows were expected.
    """
    n_bins = subject.distribution.n_shape_bins
    rows = cells[:, :n_bins].sum(axis=1, keepdims=True)
    shares = expected[:, :n_bins] / np.maximum(expected[:, :n_bins].sum(axis=1, keepdims=True), 1e-300)
    squares = np.square(cells[:, :n_bins] / np.maximum(rows, 1) - shares)
    thin = THIN_BIN_ROWS / np.maximum(rows, 1)
    moved = (squares / np.maximum(shares, thin)).sum(axis=1)
    return np.where(rows[:, 0] > 0, moved, 0.0)


def _when(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
