"""What a renderer is handed: families of blocks of samples, whose labels were prepared once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from mlexporter.catalogue import Metric
from mlexporter.exposition.label_values import escape
from mlexporter.records import Exemplar, HistogramCounts

Number = int | float
Prepared = TypeVar("Prepared")

_BUCKET: Final = "_bucket"


class SeriesLabels:
    """The labels of a block of series, escaped once and kept as the beginnings of sample lines.

    Args:
        names: Names of the labels.
        rows: Clean label values of each series. Of a histogram, the rows of ``_sum`` and
            ``_count`` are one shorter: they have no ``le``.
        suffixes: What follows the metric's name in each sample, such as ``_bucket``; empty for none.
    """

    __slots__ = ("_line_starts", "_prepared", "names", "rows", "suffixes")

    def __init__(
        self, names: tuple[str, ...], rows: Sequence[tuple[str, ...]], suffixes: tuple[str, ...] = ()
    ) -> None:
        self.names = names
        self.rows = tuple(rows)
        self.suffixes = suffixes
        self._line_starts: dict[str, tuple[str, ...]] = {}
        self._prepared: dict[object, Any] = {}
        allowed = {len(names), len(names) - 1} if suffixes else {len(names)}
        wrong = [row for row in self.rows if len(row) not in allowed]
        if wrong:
            raise ValueError(f"labels {names!r} do not fit the values {wrong[0]!r}")

    def __len__(self) -> int:
        return len(self.rows)

    def suffix(self, index: int) -> str:
        """Return what follows the metric's name in the sample at ``index``."""
        return self.suffixes[index] if self.suffixes else ""

    def prepared(self, make: Callable[[SeriesLabels], Prepared]) -> Prepared:
        """Return what ``make`` makes of these labels, made at the first call and kept."""
        found: Prepared | None = self._prepared.get(make)
        if found is None:
            found = self._prepared[make] = make(self)
        return found

    def line_starts(self, metric_name: str) -> tuple[str, ...]:
        """Return what stands before each value of the metric: the end of the line before, then its own.

        Only the first has no newline in front, so that starts and values can be joined as they are.
        """
        found = self._line_starts.get(metric_name)
        if found is None:
            found = tuple(
                f"{chr(10) if index else ''}{metric_name}{self.suffix(index)}{self._braces(row)} "
                for index, row in enumerate(self.rows)
            )
            self._line_starts[metric_name] = found
        return found

    def _braces(self, row: tuple[str, ...]) -> str:
        if not row:
            return ""
        pairs = (f'{name}="{escape(value)}"' for name, value in zip(self.names, row, strict=False))
        return "{" + ",".join(pairs) + "}"


@lru_cache(maxsize=512)
def series_of(metric: Metric, rows: tuple[tuple[str, ...], ...]) -> SeriesLabels:
    """Return the series of a metric that has few, prepared at the first call."""
    return SeriesLabels(metric.labels, rows)


@dataclass(frozen=True)
class Block:
    """Samples of one metric: prepared labels and a value for each; NaN means absent.

    Attributes:
        labels: The series.
        values: Python integers and floats, as many as there are series.
        is_constant: True where the values never change, so that the rendered text is kept.
        rendered: The kept lines, by name of the metric.
        exemplars: Calls that are examples of samples, by position of the sample; buckets only.
    """

    labels: SeriesLabels
    values: Sequence[Number]
    is_constant: bool = False
    rendered: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    exemplars: Mapping[int, Exemplar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.values) != len(self.labels):
            raise ValueError(f"{len(self.values)} values for {len(self.labels)} series")
        if self.exemplars and any(self.labels.suffix(index) != _BUCKET for index in self.exemplars):
            raise ValueError("only buckets of histograms have exemplars")

    @cached_property
    def is_finite(self) -> bool:
        """True where every value is present and finite."""
        return all(map(math.isfinite, self.values))

    @property
    def sample_count(self) -> int:
        """How many samples are present."""
        return len(self.values) if self.is_finite else self._n_present

    @cached_property
    def _n_present(self) -> int:
        return len(self.values) - sum(map(math.isnan, self.values))


@dataclass(frozen=True)
class Sample:
    """One sample; ``labels`` are in the order of the catalogue, ``le`` last."""

    name: str
    labels: dict[str, str]
    value: Number
    exemplar: Exemplar | None = None


@dataclass(frozen=True)
class Family:
    """A metric of the catalogue and its samples."""

    metric: Metric
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """The name without ``_total``: what OpenMetrics calls the family."""
        return self.metric.name.removesuffix("_total") if self.metric.kind == "counter" else self.metric.name

    @property
    def sample_count(self) -> int:
        """How many samples are present."""
        return sum(block.sample_count for block in self.blocks)

    def samples(self) -> Iterator[Sample]:
        """Yield every present sample, one object each: for readers that are not in a hurry."""
        for block in self.blocks:
            for index, (row, value) in enumerate(zip(block.labels.rows, block.values, strict=True)):
                if not math.isnan(value):
                    pairs = dict(zip(block.labels.names, row, strict=False))
                    name = self.metric.name + block.labels.suffix(index)
                    yield Sample(name, pairs, value, block.exemplars.get(index))


def block_of(
    labels: SeriesLabels,
    values: npt.NDArray[np.int64] | npt.NDArray[np.float64] | Sequence[Number],
    *,
    is_constant: bool = False,
) -> Block:
    """Return a block of Python numbers: those of numpy would be written as ``np.int64(3)``."""
    if isinstance(values, np.ndarray):
        return Block(labels, values.tolist(), is_constant)
    numbers = [value.item() if isinstance(value, np.generic) else value for value in values]
    return Block(labels, numbers, is_constant)


def histogram_labels(metric: Metric, row: tuple[str, ...], bounds: tuple[float, ...]) -> SeriesLabels:
    """Return the series of one histogram: its buckets, ``_count`` and ``_sum``.

    Bounds are written as floats (``1.0``): Prometheus 2 takes ``1`` and ``1.0`` for two series.
    """
    limits = [*(repr(float(bound)) for bound in bounds), "+Inf"]
    rows = [*((*row, limit) for limit in limits), row, row]
    suffixes = (*(_BUCKET for _ in limits), "_count", "_sum")
    return SeriesLabels((*metric.labels, "le"), rows, suffixes)


def histogram_block(labels: SeriesLabels, counts: HistogramCounts) -> Block:
    """Return the samples of one histogram; its buckets are added up here.

    An exemplar in a bucket that has counted nothing is left out: the call is not counted yet, or into
    the next bucket, for its span ends a little before it.
    """
    cumulative = np.cumsum(counts.buckets).tolist()
    values = [*cumulative, cumulative[-1], float(counts.total)]
    exemplars = {place: each for place, each in counts.exemplars.items() if counts.buckets[place]}
    return Block(labels, values, exemplars=exemplars)  # buckets stand first


def exemplar_labels(exemplar: Exemplar) -> dict[str, str]:
    """Return the labels of an exemplar: numbers in hexadecimal, as traces are known by everywhere."""
    return {"trace_id": f"{exemplar.trace_id:032x}", "span_id": f"{exemplar.span_id:016x}"}
