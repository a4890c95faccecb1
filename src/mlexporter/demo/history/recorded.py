"""What rules would have recorded, written as blocks level by level.

``promtool tsdb create-blocks-from rules`` makes a block for every rule and stretch of time, thousands in all, and
Prometheus 2.42 loses labels of ``count_values`` in a query over a range. So ranges are asked for here, and such
expressions at single times.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Final

from mlexporter.demo.history.blocks import BlockMaker
from mlexporter.demo.history.past_prometheus import Answered, PastPrometheus
from mlexporter.demo.history.rule_levels import Rule, in_levels, recording_rules
from mlexporter.demo.history.samples import END
from mlexporter.demo.history.steps import PAST_STEP, Stretch
from mlexporter.generate.options import RuleOptions

Prometheus = Callable[[], AbstractContextManager[PastPrometheus]]
"""Starts one that knows all blocks that are there."""

_ODD: Final = "count_values"
_MARGIN_SECONDS: Final = 2.0
"""A range of just one step holds one sample in Prometheus 3, and no rate can be had of it."""


def options_of(stretch: Stretch) -> RuleOptions:
    """Return the rules' options for a stretch: no range is shorter than from one scrape to the next."""
    return RuleOptions(minimum_range_seconds=max(stretch.step + _MARGIN_SECONDS, 60.0))


def evaluation_times(stretch: Stretch) -> range:
    """Return when rules are evaluated: a second after each scrape."""
    moments = stretch.moments()
    return range(moments.start + 1, moments.stop + 1, moments.step)


def record(
    stretches: Sequence[Stretch],
    prometheus: Prometheus,
    maker: BlockMaker,
    folder: Path,
    tell: Callable[[int, int], None],
) -> tuple[int, int]:
    """Write the recorded series of all stretches as blocks.

    Args:
        stretches: With their steps.
        prometheus: Starts one; each level needs a new one, which knows the blocks of the level before.
        maker: Makes blocks.
        folder: Where files of samples lie in between.
        tell: Told of the parts that are done, and all.

    Returns:
        Series and samples.
    """
    chunks = [chunk for stretch in stretches for chunk in stretch.chunks()]
    levels = [in_levels(recording_rules(options_of(chunk))) for chunk in chunks]
    total, done = len(chunks) * len(levels[0]), 0
    names: set[bytes] = set()
    n_samples = 0
    for level in range(len(levels[0])):
        with prometheus() as server:
            for number, (chunk, rules) in enumerate(zip(chunks, levels, strict=True)):
                path = folder / f"recorded-{level}-{number:04d}.om"
                with path.open("wb") as file:
                    for start, written in _recorded(server, rules[level], chunk, file):
                        names.add(start)
                        n_samples += written
                    file.write(END)
                maker.add(path, chunk.block)
                done += 1
                tell(done, total)
            maker.finish()
    return len(names), n_samples


def _recorded(
    server: PastPrometheus, rules: Sequence[Rule], chunk: Stretch, file: BinaryIO
) -> Iterator[tuple[bytes, int]]:
    for rule in rules:
        for answered in _answers(server, rule, evaluation_times(chunk)):
            start = series_start(rule.name, answered.labels)
            file.write(sample_lines(start, answered))
            yield start, len(answered.samples)


def _answers(server: PastPrometheus, rule: Rule, times: range) -> Iterator[Answered]:
    if _ODD not in rule.expression:
        yield from server.range(rule.expression, times)
        return
    seldom = max(PAST_STEP // times.step, 1)
    for moment in times[::seldom]:
        yield from server.at(rule.expression, moment)


def series_start(name: str, labels: Mapping[str, str]) -> bytes:
    """Return what a line of a series begins with: name, labels and a blank."""
    inside = ",".join(
        f"{label}={json.dumps(value, ensure_ascii=False)}"
        for label, value in labels.items()
        if label != "__name__"
    )
    return f"{name}{{{inside}}} ".encode()


def sample_lines(start: bytes, answered: Answered) -> bytes:
    """Return the samples of a series as lines."""
    return b"".join(b"%b%b %d\n" % (start, value.encode(), moment) for moment, value in answered.samples)
