"""A ``Baseline`` as bytes, or the news that there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from mlexporter.app.baselines.baseline import Baseline, Noise
from mlexporter.records import ComponentNoise, Counts, ModelKey
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment
from mlexporter.state.track import pack, unpack, window_of

KIND: Final = b"base"
VERSION: Final = 1


class KeptBaseline(NamedTuple):
    """What a file of a baseline holds; ``baseline`` is None where drift is measured against training."""

    key: ModelKey
    written: Moment
    baseline: Baseline | None


def baseline_to_bytes(key: ModelKey, baseline: Baseline | None, moment: Moment) -> bytes:
    """Return a baseline, or None, as one checked piece of bytes, written at ``moment``."""
    content: dict[str, Any] = {"key": list(key.label_values), "moment": moment.to_json(), "baseline": None}
    parts: list[bytes] = []
    if baseline is not None:
        counts = baseline.counts
        arrays = (
            counts.feature_cells, counts.out_of_range, counts.type_mismatches, counts.output_cells,
            counts.side_cells,
        )  # fmt: skip
        n_slots = 0 if baseline.slot_rows is None else baseline.slot_rows.size
        content["baseline"] = {
            "fingerprint": baseline.fingerprint,
            "accepted_timestamp": baseline.accepted_timestamp,
            "n_blocks": baseline.n_blocks,
            "span_seconds": counts.span_seconds,
            "row_count": counts.row_count,
            "lengths": [array.size for array in arrays],
            "n_slots": n_slots,
            "feature_noise": [_noise_to_json(each) for each in baseline.feature_noise],
            "output_noise": [_noise_to_json(each) for each in baseline.output_noise],
            "joint_noise": [_noise_to_json(each) for each in baseline.joint_noise],
            "who": baseline.who,
            "why": baseline.why,
            "decision": baseline.decision,
        }
        parts.append(pack(np.concatenate(arrays)))
        if baseline.slot_rows is not None and baseline.slot_cells is not None:
            parts += [pack(baseline.slot_rows), pack(baseline.slot_cells.ravel())]
    return seal(KIND, VERSION, content, parts)


def baseline_from_bytes(data: bytes) -> KeptBaseline:
    """Return what ``baseline_to_bytes`` was given.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, parts = unseal(KIND, VERSION, data)
    try:
        name, version, variant = map(str, content["key"])
        head = content["baseline"]
        return KeptBaseline(
            ModelKey(name, version, variant),
            Moment.from_json(content["moment"]),
            None if head is None else _baseline(head, parts),
        )
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in a baseline") from None


def _baseline(head: dict[str, Any], parts: list[memoryview]) -> Baseline:
    lengths = tuple(int(length) for length in head["lengths"])
    n_slots = int(head["n_slots"])
    if min(lengths) < 0 or n_slots < 0:
        raise ValueError("damaged: lengths that cannot be")
    vector = unpack(parts[0], sum(lengths))
    slot_rows: Counts | None = None
    slot_cells: Counts | None = None
    if n_slots:
        n_cells = lengths[0] + lengths[3]
        slot_rows = unpack(parts[1], n_slots)
        slot_cells = unpack(parts[2], n_slots * n_cells).reshape(n_slots, n_cells)
    rows = np.array([int(head["row_count"])], dtype=np.int64)
    counts = window_of(
        "baseline", _finite(head["span_seconds"]), np.concatenate((rows, vector)), lengths
    )  # fmt: skip
    return Baseline(
        fingerprint=str(head["fingerprint"]),
        accepted_timestamp=_finite(head["accepted_timestamp"]),
        n_blocks=int(head["n_blocks"]),
        counts=counts,
        slot_cells=slot_cells,
        slot_rows=slot_rows,
        feature_noise=_noise(head["feature_noise"]),
        output_noise=_noise(head["output_noise"]),
        joint_noise=_noise(head["joint_noise"]),
        who=str(head["who"]),
        why=str(head["why"]),
        decision=str(head["decision"]),
    )


def _noise_to_json(noise: Mapping[str, ComponentNoise]) -> dict[str, list[float | None]]:
    return {window: list(component) for window, component in noise.items()}


def _noise(content: list[dict[str, list[Any]]]) -> Noise:
    return tuple(
        {str(window): _component(values) for window, values in subject.items()} for subject in content
    )


def _component(values: list[Any]) -> ComponentNoise:
    blocks, location, spread, omnibus = values
    return ComponentNoise(int(blocks), _optional(location), _optional(spread), _finite(omnibus))


def _optional(value: Any) -> float | None:
    return None if value is None else _finite(value)


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"damaged: {value!r} in a baseline")
    return number
