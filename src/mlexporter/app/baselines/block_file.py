"""A ``BlockLog`` as bytes: what the next evaluator, or the next boot, goes on from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from mlexporter.app.baselines.blocks import Block, BlockLog, Fault
from mlexporter.records import ModelKey
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment
from mlexporter.state.track import pack, unpack

KIND: Final = b"blks"
VERSION: Final = 1
_BEFORE_BLOCKS: Final = 2
"""Parts of the file in front of those of the blocks."""


class KeptLog(NamedTuple):
    """What a file of blocks holds.

    Attributes:
        key: The model.
        written: When it was written.
        log: The blocks, at the times that they have on the clock of the reader.
        features: Names of the features of the profile, for the command line.
        remarks: What else the evaluator has to remember, as JSON values.
    """

    key: ModelKey
    written: Moment
    log: BlockLog
    features: tuple[str, ...]
    remarks: Mapping[str, Any]


def log_to_bytes(
    key: ModelKey, log: BlockLog, moment: Moment, *, features: tuple[str, ...], remarks: Mapping[str, Any]
) -> bytes:
    """Return a log as one checked piece of bytes, written at ``moment``."""
    content = {
        "key": list(key.label_values),
        "moment": moment.to_json(),
        "length_seconds": log.length_seconds,
        "limit": log.limit,
        "fingerprint": log.fingerprint,
        "lengths": list(log.lengths),
        "epoch": log.epoch,
        "began": log.began,
        "wall": log.wall,
        "blocks": [[block.began, block.wall, block.seconds, block.faults] for block in log.blocks],
        "features": list(features),
        "remarks": dict(remarks),
    }
    parts = [pack(log.raw), pack(log.open), *(block.packed for block in log.blocks)]
    return seal(KIND, VERSION, content, parts)


def log_from_bytes(data: bytes, moment: Moment) -> KeptLog:
    """Return what ``log_to_bytes`` was given; what another boot wrote is aged by the wall clock.

    Args:
        data: The file.
        moment: The present.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, parts = unseal(KIND, VERSION, data)
    try:
        return _read(content, parts, moment)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in the header of blocks") from None


def _read(content: Any, parts: list[memoryview], moment: Moment) -> KeptLog:
    written = Moment.from_json(content["moment"])
    # On the clock of this boot everything was written ``age`` ago; in one boot nothing moves.
    moved = 0.0
    if moment.boot_id != written.boot_id:
        moved = moment.now - moment.seconds_since(written) - written.now
    log = BlockLog(_finite(content["length_seconds"]), int(content["limit"]))
    log.begin_anew(str(content["fingerprint"]), tuple(int(length) for length in content["lengths"]))
    if min(log.lengths, default=0) < 0 or log.length_seconds <= 0 or len(parts) < _BEFORE_BLOCKS:
        raise ValueError("damaged: lengths that cannot be")
    log.epoch = str(content["epoch"])
    log.raw, log.open = unpack(parts[0], log.size), unpack(parts[1], log.size)
    if content["began"] is not None:
        log.began = min(_finite(content["began"]) + moved, moment.now)
        log.newest = min(written.now + moved, moment.now)
    log.wall = _finite(content["wall"])
    for head, packed in zip(content["blocks"], parts[_BEFORE_BLOCKS:], strict=True):
        began, wall, seconds, faults = head
        found = tuple(Fault(str(kind), str(feature)) for kind, feature in faults)
        unpack(packed, log.size)  # a block that cannot be read makes the file a damaged one
        log.blocks.append(
            Block(_finite(began) + moved, _finite(wall), _finite(seconds), found, bytes(packed))
        )
    name, version, variant = map(str, content["key"])
    features = tuple(map(str, content["features"]))
    return KeptLog(ModelKey(name, version, variant), written, log, features, dict(content["remarks"]))


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"damaged: {value!r} is no time")
    return number
