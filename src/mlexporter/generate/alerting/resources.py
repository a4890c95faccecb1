"""Alerts about what a server needs: memory, processors, cards, queues."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, TARGET_LABELS, largest, rate, select, total
from mlexporter.generate.rules import INSTANCE_PHRASE, MODEL_PHRASE, Alert

_QUARTER: Final = 900.0
_HOUR: Final = 3_600.0
_CARD: Final = (*TARGET_LABELS, *catalogue.GPU_UTILIZATION.labels)
_THROTTLED_RATIO: Final = 0.25
_CARD_MEMORY_RATIO: Final = 0.95
_IDLE_RATIO: Final = 0.05
_QUEUE_RATIO: Final = 0.8
_CARD_PHRASE: Final = "{{ $labels.hw_name }} {{ $labels.hw_id }} of " + INSTANCE_PHRASE


def resource_alerts(options: RuleOptions) -> tuple[Alert, ...]:
    """Return the alerts about memory, processors, cards and queues."""
    return (
        _memory(options),
        _out_of_memory(options),
        _throttled(options),
        _card_memory(options),
        _card_idle(options),
        _queue(options),
    )


def _share(labels: tuple[str, ...], used: Metric, limit: Metric, options: RuleOptions) -> str:
    return f"{largest(labels, select(used, options))}\n  / {largest(labels, select(limit, options))}"


def _memory(options: RuleOptions) -> Alert:
    used = _share(TARGET_LABELS, catalogue.CONTAINER_MEMORY_USAGE, catalogue.CONTAINER_MEMORY_LIMIT, options)
    return Alert(
        "MLServingMemoryNearLimit", f"{used}\n  > {options.memory_ratio:g}",
        _QUARTER, "warning", "resources",
        "A model server has nearly used up its memory.",
        f"The container of {INSTANCE_PHRASE} has used {{{{ $value | humanizePercentage }}}} of its memory for 15 "
        "minutes. At the limit the kernel kills a process in it, with the calls that it has in progress.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _out_of_memory(options: RuleOptions) -> Alert:
    kills = rate(catalogue.CONTAINER_OUT_OF_MEMORY_KILLS, options, _QUARTER, function="increase")
    return Alert(
        "MLServingOutOfMemoryKill", f"{total(TARGET_LABELS, kills)} > 0", 60, "warning", "resources",
        "The kernel killed a process of a model server for lack of memory.",
        f'In the container of {INSTANCE_PHRASE} the kernel killed about {{{{ $value | printf "%.0f" }}}} process(es) '
        "in the last 15 minutes, with the calls that they had in progress. It goes on until the container gets more "
        "memory or needs less.",
        keep_firing_seconds=_QUARTER,
    )  # fmt: skip


def _throttled(options: RuleOptions) -> Alert:
    throttled = total(TARGET_LABELS, rate(catalogue.CONTAINER_CPU_THROTTLED, options, _QUARTER))
    cores = largest(TARGET_LABELS, select(catalogue.CONTAINER_CPU_LIMIT, options))
    return Alert(
        "MLServingCPUThrottled", f"{throttled}\n  / {cores}\n  > {_THROTTLED_RATIO:g}",
        _QUARTER, "warning", "resources",
        "A model server is stopped again and again by its processor quota.",
        f'The quota of {INSTANCE_PHRASE} stops it: it stood still for {{{{ $value | printf "%.2f" }}}} seconds a second '
        "and core of its limit, over the last 15 minutes. Calls that are in progress then wait, and the slowest get "
        "much slower.",
        keep_firing_seconds=300,
    )  # fmt: skip


def _card_memory(options: RuleOptions) -> Alert:
    used = _share(_CARD, catalogue.GPU_MEMORY_USAGE, catalogue.GPU_MEMORY_LIMIT, options)
    return Alert(
        "MLGPUMemoryNearLimit", f"{used}\n  > {_CARD_MEMORY_RATIO:g}",
        _QUARTER, "warning", "resources",
        "A graphics card has nearly used up its memory.",
        f"{_CARD_PHRASE} has used {{{{ $value | humanizePercentage }}}} of its memory for 15 minutes. What asks for more "
        "fails with an error of the framework. Servers that reserve most of it at their start are always here.",
        keep_firing_seconds=300, needs="gpu",
    )  # fmt: skip


def _card_idle(options: RuleOptions) -> Alert:
    busy = f"avg_over_time({select(catalogue.GPU_UTILIZATION, options)}[{options.range(_HOUR)}])"
    return Alert(
        "MLGPUIdle", f"{largest(_CARD, busy)} < {_IDLE_RATIO:g}", _QUARTER, "info", "resources",
        "A graphics card does next to nothing.",
        f"{_CARD_PHRASE} computed in {{{{ $value | humanizePercentage }}}} of the last hour. It costs as much as a busy "
        "one; or the model fell back to the processor.",
        needs="gpu",
    )  # fmt: skip


def _queue(options: RuleOptions) -> Alert:
    # Each pod has a queue of its own, and one that is full refuses calls while another has room.
    labels = (*TARGET_LABELS, *MODEL)
    used = _share(labels, catalogue.PREDICTIONS_WAITING, catalogue.PREDICTIONS_WAITING_LIMIT, options)
    return Alert(
        "MLQueueSaturated", f"{used}\n  > {_QUEUE_RATIO:g}", 300, "critical", "resources",
        "The queue of calls before a model is nearly full.",
        f"The queue of {MODEL_PHRASE} on {{{{ $labels.instance }}}} has been {{{{ $value | humanizePercentage }}}} full for "
        "five minutes. Calls wait long, and are refused or time out when it is full.",
        needs="queue",
    )  # fmt: skip
