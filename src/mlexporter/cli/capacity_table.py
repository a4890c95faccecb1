"""A ``Capacity`` as lines for a terminal, as JSON, and as values of the Helm chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mlexporter.app.capacity.costs import Capacity
from mlexporter.app.capacity.judging import size_text
from mlexporter.cli.plain_text import plain
from mlexporter.generate.yaml_text import yaml_text

_WIDTH: Final = 30
_COLUMN: Final = 16
_GROUPS: Final = {
    "service": "calls, errors, durations",
    "features": "of features and the profile",
    "drift": "drift and data quality",
    "bins": "single bins",
    "resources": "processes and container",
    "exporter": "the exporter itself",
}


def capacity_lines(found: Capacity) -> Iterator[str]:
    """Yield a verdict, what is over a limit, and the numbers."""
    yield plain(found.verdict)
    for remark in found.remarks:
        yield f"  ! {remark.sentence}"
    yield ""
    yield from _pod(found)
    yield from _prometheus(found)
    yield from _room(found)
    yield from _settings(found)


def capacity_document(found: Capacity) -> dict[str, Any]:
    """Return the content of the JSON; docs/explanation/capacity.md has its keys."""
    load = found.load._asdict()
    reference = load.pop("reference")
    load["profile"] = None if reference is None else f"{reference.model_name} {reference.model_version}"
    load["windows"] = list(found.load.windows)
    document = {name: _plain_values(getattr(found, name)._asdict()) for name in _PARTS}
    return {
        "verdict": found.verdict,
        "remarks": [remark._asdict() for remark in found.remarks],
        "load": load,
        **document,
    }


_PARTS: Final = ("pod", "prometheus", "directory", "processes", "recommended")


def capacity_values(found: Capacity) -> str:
    """Return YAML for ``helm install --values``."""
    wanted = found.recommended
    return f"# {plain(found.verdict)}\n" + yaml_text(
        {
            "scrape": {"sampleLimit": wanted.sample_limit, "bodySizeLimit": wanted.body_size_limit},
            "counts": {"sizeLimit": wanted.size_limit},
            "exporter": {
                "resources": {
                    "requests": {"cpu": wanted.cpu_request, "memory": wanted.memory_request},
                    "limits": {"memory": wanted.memory_limit},
                }
            },
        }
    )


def _plain_values(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in content.items()}


def _pod(found: Capacity) -> Iterator[str]:
    pod = found.pod
    yield "one pod exposes"
    for group, meaning in _GROUPS.items():
        yield _line(meaning, f"{pod.groups[group]:,}")
    yield _line("series", f"{pod.series:,}", f"{pod.largest_series:,} at most, in a rollout and a bad hour")
    if pod.bins_left_out:
        yield _line("bins left out", f"{pod.bins_left_out:,}", "series, by the budget")
    yield _line("a scrape", size_text(pod.text_bytes), f"{size_text(pod.compressed_bytes)} on the wire")


def _prometheus(found: Capacity) -> Iterator[str]:
    cost, load = found.prometheus, found.load
    yield f"Prometheus, {load.pods:,} {'pod' if load.pods == 1 else 'pods'} every {load.scrape_interval:g} s"
    yield _line("series", f"{cost.series:,}", f"{cost.rollout_series:,} for some hours after a rollout")
    rules = "of the rules, those of a fleet included" if load.fleet else "of the rules"
    yield _line("recorded series", f"{cost.recorded_series:,}", rules)
    yield _line("samples a second", f"{cost.samples_per_second:,.0f}")
    yield _line(
        "memory", size_text(cost.memory_bytes), f"{size_text(cost.rollout_memory_bytes)} after a rollout"
    )
    yield _line("disk for 15 days", size_text(cost.disk_bytes))
    yield _line(
        "rules take",
        f"{cost.rule_seconds:,.1f} s",
        f"of each minute; {cost.rule_samples:,} samples in the dearest",
    )


def _room(found: Capacity) -> Iterator[str]:
    directory, processes = found.directory, found.processes
    yield "in each pod"
    yield _line(
        "directory of counts",
        size_text(directory.total_bytes),
        f"{size_text(directory.largest_bytes)} at most",
    )
    yield _line(
        "exporter", size_text(processes.exporter_bytes), f"{processes.exporter_cores * 100:.1f} % of a core"
    )
    yield _line("each worker", size_text(processes.worker_bytes), "beside the model")


def _settings(found: Capacity) -> Iterator[str]:
    wanted = found.recommended
    yield "to be set"
    yield _line("sample_limit", f"{wanted.sample_limit}")
    yield _line("body_size_limit", wanted.body_size_limit)
    yield _line("label_limit", f"{wanted.label_limit}", f"names {wanted.label_name_length_limit}, values "
                f"{wanted.label_value_length_limit} bytes")  # fmt: skip
    yield _line("volume of counts", wanted.size_limit)
    yield _line(
        "exporter requests", wanted.memory_request, f"and {wanted.cpu_request}, limit {wanted.memory_limit}"
    )


def _line(name: str, value: str, more: str = "") -> str:
    return f"  {name:<{_WIDTH}}{value:>{_COLUMN}}  {more}".rstrip()
