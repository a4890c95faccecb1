"""The marks of windows as bytes: a header of JSON, packed counts, a checksum."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np

from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment
from mlexporter.state.track import Mark, Track, pack, unpack

KIND: Final = b"ring"
VERSION: Final = 2
_N_LENGTHS: Final = 5


def write_tracks(tracks: Iterable[Track], moment: Moment) -> bytes:
    """Return tracks as bytes, written at ``moment``; the last one is the one in use."""
    heads, parts = [], []
    for track in tracks:
        heads.append(
            {
                "fingerprint": track.fingerprint,
                "epoch": track.epoch,
                "lengths": list(track.lengths),
                "marks": [[mark.taken_at, mark.covered] for mark in track.marks],
            }
        )
        parts += [pack(track.raw), *(mark.packed for mark in track.marks)]
    return seal(KIND, VERSION, {"moment": moment.to_json(), "tracks": heads}, parts)


def written_at(data: bytes) -> Moment:
    """Return when ``data`` was written.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, _ = unseal(KIND, VERSION, data)
    return Moment.from_json(_member(content, "moment"))


def read_tracks(data: bytes, moment: Moment) -> list[Track]:
    """Return tracks, each with marks, at the times that they have on the clock of ``moment``.

    What lies in the future is left out.

    Raises:
        ValueError: it is damaged, or was written by another version.
    """
    content, parts = unseal(KIND, VERSION, data)
    written = Moment.from_json(_member(content, "moment"))
    # On the clock of this boot everything was written ``age`` ago; in one boot nothing moves.
    moved = 0.0
    if moment.boot_id != written.boot_id:
        moved = moment.now - moment.seconds_since(written) - written.now
    rest = iter(parts)
    try:
        found = [_track(head, rest, moved) for head in _member(content, "tracks")]
    except (KeyError, TypeError, AttributeError, StopIteration, OverflowError) as error:
        raise ValueError(f"damaged: {error!r} in the header") from None
    newest = min(moment.now, written.now + moved)
    for track in found:
        _forget_future(track, newest)
    return [track for track in found if track.marks]


def _member(content: Any, name: str) -> Any:
    if not isinstance(content, dict) or name not in content:
        raise ValueError(f"damaged: no {name} in the header")
    return content[name]


def _track(head: dict[str, Any], parts: Iterator[memoryview], moved: float) -> Track:
    lengths = tuple(int(length) for length in head["lengths"])
    if len(lengths) != _N_LENGTHS or min(lengths) < 0:
        raise ValueError(f"damaged: lengths {lengths!r}")
    track = Track(str(head["fingerprint"]), lengths)
    size = 1 + sum(lengths)
    track.epoch = str(head["epoch"])
    track.raw = unpack(next(parts), size)
    totals = []
    for taken_at, covered in head["marks"]:
        packed = bytes(next(parts))
        totals.append(unpack(packed, size))
        track.marks.append(Mark(float(taken_at) + moved, float(covered), packed))
    numbers = [number for mark in track.marks for number in (mark.taken_at, mark.covered)]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("damaged: a mark without a time")
    for before, after in pairwise(range(len(totals))):
        if (
            track.marks[before].taken_at > track.marks[after].taken_at
            or (totals[before] > totals[after]).any()
        ):
            raise ValueError("damaged: marks that are not in order")
    if totals:
        track.total = totals[-1]
    return track


def _forget_future(track: Track, newest: float) -> None:
    kept = [mark for mark in track.marks if mark.taken_at <= newest]
    if len(kept) < len(track.marks):
        track.marks = kept
        track.epoch = ""  # what was counted up to the last mark that is left is not known
        if kept:
            track.total = np.array(unpack(kept[-1].packed, track.total.size))
