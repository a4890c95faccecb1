"""``capacity``: from a load to all that it costs."""

from __future__ import annotations

from mlexporter.app.capacity.costs import Capacity
from mlexporter.app.capacity.judging import remarks, verdict
from mlexporter.app.capacity.load import Load, checked
from mlexporter.app.capacity.model_sizes import model_sizes
from mlexporter.app.capacity.pod_cost import page_of, pod_cost
from mlexporter.app.capacity.pod_room import directory_cost, process_cost
from mlexporter.app.capacity.prometheus_cost import prometheus_cost
from mlexporter.app.capacity.recommending import recommended


def capacity(load: Load) -> Capacity:
    """Return what a load costs; nothing is read, written or asked for.

    >>> found = capacity(Load(features=200, pods=20))
    >>> found.pod.series > 200 * 40
    True
    >>> found.recommended.label_limit
    20

    Args:
        load: What is monitored; ``load.RANGES`` has the range of each number.

    Raises:
        ConfigurationError: a value is outside of its range; names the field, the value and the range.
    """
    load = checked(load)
    sizes = model_sizes(load)
    pod = pod_cost(sizes, load)
    directory = directory_cost(sizes, load)
    processes = process_cost(sizes, pod, load)
    found = Capacity(
        load=load,
        pod=pod,
        prometheus=prometheus_cost(page_of(sizes, load, load.models * load.versions), load),
        directory=directory,
        processes=processes,
        recommended=recommended(pod, directory, processes),
        verdict="",
        remarks=(),
    )
    return found._replace(verdict=verdict(found), remarks=remarks(found))
