"""Writes families in the text format 0.0.4 and in OpenMetrics 1.0.0.

The lines of the samples are the same in both; the lines about a family differ, and exemplars are
written in OpenMetrics only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from mlexporter.catalogue import Metric
from mlexporter.exposition.samples import Block, Family, Number, exemplar_labels
from mlexporter.records import Exemplar

TEXT_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_CONTENT_TYPE: Final = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def render_text(families: Iterable[Family]) -> bytes:
    """Return the text format 0.0.4, which every version of Prometheus reads."""
    parts: list[bytes] = []
    for family in families:
        parts.append(_text_header(family.metric))
        parts += [lines_of(block, family.metric.name) for block in family.blocks]
    return b"".join(parts)


def render_openmetrics(families: Iterable[Family]) -> bytes:
    """Return OpenMetrics 1.0.0: counters are families without ``_total``, and the end is marked."""
    parts: list[bytes] = []
    for family in families:
        parts.append(_openmetrics_header(family.metric, family.name))
        parts += [
            _lines_with_exemplars(block, family.metric.name)
            if block.exemplars
            else lines_of(block, family.metric.name)
            for block in family.blocks
        ]
    parts.append(b"# EOF\n")
    return b"".join(parts)


def lines_of(block: Block, metric_name: str) -> bytes:
    """Return the sample lines of a block; absent values have none."""
    found = block.rendered.get(metric_name)
    if found is not None:
        return found
    starts = block.labels.line_starts(metric_name)
    if block.is_finite:
        # Joining prepared strings is three times faster than formatting each line.
        parts = ["\n"] * (2 * len(starts) + 1)
        parts[:-1:2] = starts
        parts[1::2] = map(repr, block.values)
        lines = "".join(parts).encode() if starts else b""
    else:
        pairs = zip(starts, block.values, strict=True)
        present = [f"{start}{_number(value)}" for start, value in pairs if not math.isnan(value)]
        text = "".join(present).removeprefix("\n")
        lines = f"{text}\n".encode() if text else b""
    if block.is_constant:
        block.rendered[metric_name] = lines
    return lines


def _lines_with_exemplars(block: Block, metric_name: str) -> bytes:
    ends = {index: _exemplar(exemplar) for index, exemplar in block.exemplars.items()}
    lines = [
        f"{start}{_number(value)}{ends.get(index, '')}"
        for index, (start, value) in enumerate(
            zip(block.labels.line_starts(metric_name), block.values, strict=True)
        )
        if not math.isnan(value)
    ]
    return "".join([*lines, "\n"]).removeprefix("\n").encode()


def _exemplar(exemplar: Exemplar) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in exemplar_labels(exemplar).items())
    # Prometheus keeps milliseconds; more digits would be those of a float that has no more.
    return f" # {{{labels}}} {exemplar.value!r} {exemplar.timestamp:.3f}"


def _number(value: Number) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)


@lru_cache(maxsize=1024)
def _text_header(metric: Metric) -> bytes:
    help_text = metric.help.replace("\\", "\\\\").replace("\n", "\\n")
    return f"# HELP {metric.name} {help_text}\n# TYPE {metric.name} {metric.kind}\n".encode()


@lru_cache(maxsize=1024)
def _openmetrics_header(metric: Metric, name: str) -> bytes:
    help_text = metric.help.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    unit = f"# UNIT {name} {metric.unit}\n" if metric.unit and name.endswith(f"_{metric.unit}") else ""
    return f"# HELP {name} {help_text}\n# TYPE {name} {metric.kind}\n{unit}".encode()
