"""The verdict: one sentence with what matters most, and what is over a sensible limit, with the way out."""

from __future__ import annotations

from typing import Final

from mlexporter.app.capacity.costs import Capacity, Remark
from mlexporter.app.capacity.measured import PROMETHEUS_BYTES_OF_A_SERIES, QUERY_SAMPLES_LIMIT
from mlexporter.catalogue import FEATURE_DRIFT
from mlexporter.state.slots.directory import SHARED_LIMIT_BYTES

_MANY_SERIES_OF_A_POD: Final = 50_000
_MANY_SERIES: Final = 200_000
_TOO_MANY_SERIES: Final = 2_000_000
_MUCH_OF_A_CORE: Final = 0.5
_MUCH_OF_A_MINUTE: Final = 30.0
_LARGE_DIRECTORY: Final = 512 * 2**20
_UNITS: Final = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))


def size_text(number: float) -> str:
    """Return bytes for people, such as ``1.4 GiB``."""
    for unit, size in _UNITS:
        if number >= size:
            return f"{number / size:.1f} {unit}" if number < 100 * size else f"{number / size:,.0f} {unit}"
    return f"{number:.0f} B"


def count_text(number: float, noun: str) -> str:
    """Return a number with its noun: ``1 pod``, ``20 pods``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def verdict(found: Capacity) -> str:
    """Return what matters most, in one sentence."""
    load, prometheus = found.load, found.prometheus
    what = f"{count_text(load.features, 'feature')} x {count_text(load.pods, 'pod')}"
    if load.models * load.versions > 1:
        what = f"{count_text(load.models * load.versions, 'model')} x {what}"
    return (
        f"{what}: {prometheus.series:,} series; Prometheus needs about {size_text(prometheus.memory_bytes)} of memory "
        f"for them ({size_text(prometheus.rollout_memory_bytes)} in a rollout)"
    )


def remarks(found: Capacity) -> tuple[Remark, ...]:
    """Return what is over a sensible limit, each with the way out."""
    checks = (_of_pod(found), _of_budget(found), _of_series(found), _of_rules(found), *_of_room(found))
    return tuple(remark for remark in checks if remark is not None)


def _of_pod(found: Capacity) -> Remark | None:
    if found.pod.series <= _MANY_SERIES_OF_A_POD:
        return None
    return Remark(
        "pod",
        f"{found.pod.series:,} series of one pod are more than {_MANY_SERIES_OF_A_POD:,}: monitor the features that "
        "matter (features=), measure fewer windows (MLEXPORTER_WINDOWS) or leave MLEXPORTER_MEASURES at default",
    )


def _of_budget(found: Capacity) -> Remark | None:
    left_out = found.pod.bins_left_out
    if not left_out:
        return None
    shown, load = found.pod.groups["bins"], found.load
    more = left_out * load.pods * PROMETHEUS_BYTES_OF_A_SERIES
    return Remark(
        "bins",
        f"the budget of {load.series_budget:,} series of bins leaves {left_out:,} of {shown + left_out:,} out, those of "
        "the least important features: drift is measured all the same, but Grafana cannot show their distributions; "
        f"MLEXPORTER_SERIES_BUDGET={shown + left_out} shows them, for {size_text(more)} more in Prometheus",
    )


def _of_series(found: Capacity) -> Remark | None:
    series = found.prometheus.series + found.prometheus.recorded_series
    if series <= _MANY_SERIES:
        return None
    load, groups = found.load, found.pod.groups
    ways = []
    if groups["bins"]:
        ways.append(("MLEXPORTER_SERIES_BUDGET=0", groups["bins"]))
    if len(load.windows) > 1:
        fewer = ",".join((load.windows[0], *load.windows[2:]))
        ways.append((f"MLEXPORTER_WINDOWS={fewer}", groups["drift"] // len(load.windows)))
    if load.measures != "default":
        more = sum(not metric.is_default for metric in FEATURE_DRIFT) * len(load.windows)
        ways.append(("MLEXPORTER_MEASURES=default", more * load.features * load.models * load.versions))
    told = ", ".join(f"{way} takes about {_saved(of_pod * load.pods)} off" for way, of_pod in ways)
    end = "; or share the pods out over several servers" if series > _TOO_MANY_SERIES else ""
    return Remark(
        "prometheus",
        f"{series:,} series of one job are {'too many' if series > _TOO_MANY_SERIES else 'many'} for one Prometheus"
        f"{': ' if told else ''}{told}{end}",
    )


def _saved(series: int) -> str:
    return f"{series:,} series and {size_text(series * PROMETHEUS_BYTES_OF_A_SERIES)}"


def _of_rules(found: Capacity) -> Remark | None:
    read, seconds = found.prometheus.rule_samples, found.prometheus.rule_seconds
    if read > QUERY_SAMPLES_LIMIT:
        return Remark(
            "rules",
            f"a recording rule would read {read:,} samples, and Prometheus stops at {QUERY_SAMPLES_LIMIT:,} "
            "(--query.max-samples): expose fewer bins (MLEXPORTER_SERIES_BUDGET) or scrape less often",
        )
    if seconds > _MUCH_OF_A_MINUTE:
        return Remark(
            "rules",
            f"recording rules take about {seconds:.0f} s of each minute: expose fewer bins "
            "(MLEXPORTER_SERIES_BUDGET) or scrape less often",
        )
    return None


def _of_room(found: Capacity) -> tuple[Remark | None, ...]:
    directory, processes = found.directory, found.processes
    file = over = slow = None
    if directory.largest_file_bytes > SHARED_LIMIT_BYTES:
        file = Remark(
            "directory",
            f"a file of the directory would have {size_text(directory.largest_file_bytes)}, and one of more than "
            f"{size_text(SHARED_LIMIT_BYTES)} is not read: monitor fewer features in one model",
        )
    if directory.total_bytes > _LARGE_DIRECTORY:
        over = Remark(
            "directory",
            f"the directory of counts takes {size_text(directory.total_bytes)} of each pod's memory: monitor fewer "
            "features, use fewer workers, or set MLEXPORTER_BASELINE=off",
        )
    if processes.exporter_cores > _MUCH_OF_A_CORE:
        slow = Remark(
            "processor",
            f"evaluating and serving take {processes.exporter_cores:.2f} of a core in each pod: set "
            "MLEXPORTER_EVALUATION_INTERVAL=60, or scrape less often",
        )
    return file, over, slow
