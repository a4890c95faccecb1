"""What panels of the dashboards ask, by names of the plugin's own: it draws them in other ways, and asks the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlexporter.errors import ConfigurationError
from mlexporter.generate.dashboards.panel import Panel
from mlexporter.generate.dashboards.queries import Query

Named = Mapping[str, str]
"""The plugin's name of a query to PromQL."""


def by_ref(queries: Iterable[Query], **renamed: str) -> dict[str, str]:
    """Return what the queries of a table ask, by their names or by what these are ``renamed`` to."""
    return {renamed.get(query.ref, query.ref): query.expression for query in queries}


def in_order(panel: Panel, *names: str) -> dict[str, str]:
    """Return what a panel asks, by ``names`` that are given in the order of its queries.

    Raises:
        ConfigurationError: the panel has another number of queries: names would be of the wrong ones.
    """
    if len(names) != len(panel.queries):
        raise ConfigurationError(
            f"panel {panel.face.title!r} has {len(panel.queries)} queries, and {len(names)} names are given"
        )
    return {name: query.expression for name, query in zip(names, panel.queries, strict=True)}


def titled(panels: Iterable[Panel], title: str) -> Panel:
    """Return the panel that has a title.

    Raises:
        ConfigurationError: none has.
    """
    found = [panel for panel in panels if panel.face.title == title]
    if len(found) != 1:
        raise ConfigurationError(f"{len(found)} panels have the title {title!r}")
    return found[0]
