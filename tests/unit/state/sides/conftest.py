"""A small profile with sides, and rows of it."""

from __future__ import annotations

import numpy as np
import pytest

from mlexporter.records import Distribution, FeatureReference, Kind, Reference, Slots, TrainingType
from mlexporter.state.row_block import RowBlock

NUMBER = Distribution(Kind.NUMERIC, TrainingType.FLOAT, edges=(1.0, 2.0), counts=(5, 5, 5, 0, 0))
TEXT = Distribution(Kind.CATEGORICAL, TrainingType.TEXT, categories=("a", "b"), counts=(9, 6, 0, 0, 0, 0))
FEATURES = (
    FeatureReference("size", NUMBER),
    FeatureReference("colour", TEXT),
    FeatureReference("age", NUMBER),
)


@pytest.fixture
def new_reference():
    """Make a profile of two numbers and a category: ``new_reference(slots=..., time_zone=...)``."""

    def make(slots=None, **options):
        return Reference("m", "1", FEATURES, (), "0a1b2c3d", "0" * 16, 15, 0.0, slots=slots, **options)

    return make


@pytest.fixture
def new_rows():
    """Make rows: ``new_rows(numbers, codes)``."""

    def make(numbers, codes, *, now=0.0, order="C", **options):
        matrix = np.array(numbers, dtype=np.float32, order=order).reshape(-1, 2)
        return RowBlock(
            matrix, number_places=(0, 2), cells={1: np.array(codes, dtype=np.uint8)}, now=now, **options
        )

    return make


@pytest.fixture
def new_slots():
    """Make slots: ``new_slots(seasons, segments, table)``."""

    def make(seasons=(), segments=(), table=(0,)):
        n_slots = max(table) + 1
        return Slots(
            tuple(seasons), "colour" if segments else "", tuple(segments), tuple(table),
            tuple(map(str, range(n_slots))), ((0,),) * n_slots, (1,) * n_slots,
        )  # fmt: skip

    return make
