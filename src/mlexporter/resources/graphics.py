"""Use of NVIDIA graphics cards, by NVML; where there is no driver, there is nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.records import ResourceSample

_PERCENT: Final = 100.0
_MILLIWATTS: Final = 1000.0


@dataclass(frozen=True)
class _Card:
    """One card: NVML's handle of it, and the values of its labels."""

    handle: Any
    labels: tuple[str, str]


@dataclass(frozen=True)
class _Library:
    """The opened library and the cards that it found."""

    nvml: Any
    cards: tuple[_Card, ...]


# What one process found, under its id: a forked child must not use its parent's connection.
_opened: dict[int, _Library | None] = {}


def graphics_samples() -> tuple[ResourceSample, ...]:
    """Return use of the cards that this process sees; what a card does not tell is absent.

    Whether there are cards is decided at the first call in a process: a driver that appears later
    is seen by the next process. Labels are the card's UUID and its name.
    """
    pid = os.getpid()
    if pid not in _opened:
        _opened[pid] = _open()
    library = _opened[pid]
    if library is None:
        return ()
    return tuple(sample for card in library.cards for sample in _card_samples(library.nvml, card))


def _open() -> _Library | None:
    try:
        import pynvml  # noqa: PLC0415 - optional, and slow to load

        pynvml.nvmlInit()
        return _Library(pynvml, tuple(_cards(pynvml)))
    except Exception:  # noqa: BLE001 - whatever a driver or its binding does, it is no card of ours
        return None


def _cards(nvml: Any) -> Iterator[_Card]:
    for index in range(nvml.nvmlDeviceGetCount()):
        try:
            handle = nvml.nvmlDeviceGetHandleByIndex(index)
            yield _Card(
                handle, (_text(nvml.nvmlDeviceGetUUID(handle)), _text(nvml.nvmlDeviceGetName(handle)))
            )
        except nvml.NVMLError:
            # A card that has fallen off the bus does not take the others along.
            continue


def _text(value: str | bytes) -> str:
    """Return text; older bindings give bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _card_samples(nvml: Any, card: _Card) -> Iterator[ResourceSample]:
    for read in (_utilization, _memory, _power):
        try:
            values = read(nvml, card.handle)
        except Exception:  # noqa: BLE001, S112 - not supported by this card, lost, or not for us: unknown
            continue
        for metric, value in values:
            yield ResourceSample(metric.name, card.labels, value)


_Values = tuple[tuple[Metric, float], ...]


def _utilization(nvml: Any, handle: Any) -> _Values:
    percent = nvml.nvmlDeviceGetUtilizationRates(handle).gpu
    return ((catalogue.GPU_UTILIZATION, percent / _PERCENT),)


def _memory(nvml: Any, handle: Any) -> _Values:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    return (
        (catalogue.GPU_MEMORY_USAGE, float(memory.used)),
        (catalogue.GPU_MEMORY_LIMIT, float(memory.total)),
    )


def _power(nvml: Any, handle: Any) -> _Values:
    return ((catalogue.GPU_POWER, nvml.nvmlDeviceGetPowerUsage(handle) / _MILLIWATTS),)
