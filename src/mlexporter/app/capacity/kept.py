"""What a directory of counts holds of a model, in bytes by kind of file, as the code that keeps it writes it."""

from __future__ import annotations

from typing import Final

import numpy as np

from mlexporter import catalogue
from mlexporter.app.baselines.baseline import Baseline
from mlexporter.app.baselines.baseline_file import baseline_to_bytes
from mlexporter.app.baselines.block_file import log_to_bytes
from mlexporter.app.baselines.blocks import Block, BlockLog
from mlexporter.app.capacity.load import Load
from mlexporter.app.capacity.specimen import KEY, MOMENT, Specimen
from mlexporter.app.report_file import PublishedReport, published_to_bytes
from mlexporter.profile import Profile
from mlexporter.records import ProfileCounts, Reference, WindowCounts
from mlexporter.settings import Settings, parse_duration
from mlexporter.state.errors_block import ErrorBlocks
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState
from mlexporter.state.moment import Moment
from mlexporter.state.slots import Block as CellBlock
from mlexporter.state.slots import PrivateMemory, Slot
from mlexporter.state.slots.block import cells_bytes
from mlexporter.state.slots.file_format import RECORD_ALIGNMENT, aligned, write_record
from mlexporter.state.slots.file_memory import SEGMENT_BYTES
from mlexporter.state.slots.merging import Totals, described
from mlexporter.state.slots.sums_file import Sums, encode
from mlexporter.state.track import Mark, Track, lengths_of, pack, vector_of
from mlexporter.state.window_file import write_tracks
from mlexporter.state.windows import resolution_of

WORKER: Final = "worker"
"""What a worker's file holds of a model, before it is rounded up to whole pieces."""
ONCE: Final = ("base", "marks", "windows", "report", "blocks", "baseline", "profile", "card")
"""What stands in a directory once, for all workers."""

_EXCEPTIONS: Final = 5
"""Classes of exceptions that a model raises."""
_CARD_BYTES: Final = 1024.0
_PROCESS_BYTES: Final = 1024
"""What a worker's file holds of its process: the header and the block of the exporter itself."""
_MOMENT: Final = Moment(1e6, MOMENT, "01234567-89ab-cdef-0123-456789abcdef")


def kept(specimen: Specimen, load: Load) -> dict[str, float]:
    """Return the bytes of each kind of file once its windows and blocks are full."""
    blocks = cell_blocks(specimen.training)
    found = {WORKER: float(sum(map(record_bytes, blocks)))}
    sums = float(len(encode(_sums(blocks))))
    found |= {"base": sums, "marks": sums, "card": _CARD_BYTES}
    found["profile"] = float(len(Profile(specimen.training).to_json()))
    report = PublishedReport(KEY, specimen.report, has_failed=False, generation=1, moment=_MOMENT)
    found["report"] = float(len(published_to_bytes(report)))
    found["windows"] = float(len(_windows(specimen.counts, load)))
    if load.baseline:
        found["blocks"] = float(len(_blocks(specimen)))
        found["baseline"] = float(len(_baseline(specimen)))
    return found


def worker_bytes(of_models: float) -> int:
    """Return the bytes of a worker's file with so many bytes of models: it grows by whole pieces."""
    return aligned(round(of_models) + _PROCESS_BYTES, SEGMENT_BYTES)


def marks_of(load: Load) -> int:
    """Return how many marks the windows of a model need once they are full."""
    lengths = tuple(parse_duration(name) for name in load.windows)
    resolution, before, marks = resolution_of(lengths), 0.0, 1.0
    for length in lengths:
        # A mark is made at each evaluation; those that are left are at most so far apart.
        marks += (length - before) / max(resolution(before), load.evaluation_interval)
        before = length
    return round(marks) + len(lengths)


def cell_blocks(reference: Reference) -> tuple[CellBlock, ...]:
    """Return the blocks that a worker opens for a model, its calls having failed in some ways."""
    slot = Slot(PrivateMemory("0123456789abcdef0123456789abcdef"))
    settings = Settings()
    state = ModelState(
        KEY,
        latency_bounds=(*catalogue.LATENCY_BOUNDS_SECONDS, 20.0),
        buffer_rows=settings.buffer_rows,
        buffer_limit_rows=settings.buffer_limit_rows,
        wall_clock=lambda: MOMENT,
        counter=ExporterCounter(),
        slot=slot,
    )
    state.open_profile(reference)
    state.exemplify(0, 1, trace_id=1, span_id=1)
    errors = ErrorBlocks(slot, KEY)
    for place in range(_EXCEPTIONS):
        errors.count(f"ExceptionWithAName{place:02d}")
    return slot.blocks()


def record_bytes(block: CellBlock) -> int:
    """Return the bytes of a block in a worker's file."""
    about = block.description
    head = write_record(about.to_json(), about.synchronous.size, about.banked.size)
    return aligned(len(head) + cells_bytes(about), RECORD_ALIGNMENT)


def _sums(blocks: tuple[CellBlock, ...]) -> Sums:
    totals = Totals()
    for block in blocks:
        about = described(block.description.to_json())
        if not about.rules.is_passing:
            totals.add(about, about.rules.zeros())
    return Sums(totals)


def _windows(counts: ProfileCounts, load: Load) -> bytes:
    track = Track(counts.fingerprint, lengths_of(counts))
    track.epoch, track.raw = counts.epoch, vector_of(counts)
    packed = pack(track.raw)
    track.marks = [Mark(1e6 + place / 7, 1e5 + place / 7, packed) for place in range(marks_of(load))]
    return write_tracks([track], _MOMENT)


def _blocks(specimen: Specimen) -> bytes:
    settings = Settings()
    log = BlockLog(settings.baseline_block_seconds, settings.baseline_blocks)
    log.begin_anew(specimen.counts.fingerprint, lengths_of(specimen.counts))
    log.raw = np.append(vector_of(specimen.counts), 0)
    log.open = _shortest(specimen)
    packed = pack(log.open)
    log.blocks = [
        Block(1e6 + place / 7, MOMENT + place / 7, 3600.123456789, (), packed) for place in range(log.limit)
    ]
    names = specimen.training.feature_names
    return log_to_bytes(KEY, log, _MOMENT, features=names, remarks={})


def _shortest(specimen: Specimen) -> np.ndarray:
    window = specimen.report.windows[0].counts
    return np.concatenate(([window.row_count], *_arrays(window), [0])).astype(np.int64)


def _arrays(window: WindowCounts) -> tuple[np.ndarray, ...]:
    return (
        window.feature_cells, window.out_of_range, window.type_mismatches, window.output_cells,
        window.side_cells,
    )  # fmt: skip


def _baseline(specimen: Specimen) -> bytes:
    used = specimen.used
    slots = specimen.training.slots
    cells = specimen.training.feature_offsets[-1] + specimen.training.output_offsets[-1]
    learned = Baseline(
        fingerprint=used.fingerprint,
        accepted_timestamp=MOMENT,
        n_blocks=Settings().baseline_blocks,
        counts=specimen.report.windows[-1].counts,
        slot_cells=None if slots is None else np.array(slots.cells, dtype=np.int64).reshape(-1, cells),
        slot_rows=None if slots is None else np.array(slots.rows, dtype=np.int64),
        feature_noise=tuple(feature.noise for feature in used.features),
        output_noise=tuple(output.noise for output in used.outputs),
        joint_noise=tuple(joint.noise for joint in used.joints),
    )
    return baseline_to_bytes(KEY, learned, _MOMENT)
