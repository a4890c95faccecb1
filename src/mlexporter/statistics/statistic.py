"""The way from a catalogue entry to the function that computes it."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import cast

from mlexporter.records import Scores
from mlexporter.statistics.comparison import Comparison

Statistic = Callable[[Comparison], Scores]


@functools.cache
def statistic_named(name: str) -> Statistic:
    """Return the function ``name`` of the module ``mlexporter.statistics.<name>``.

    Args:
        name: What the catalogue says under ``statistic``.

    Raises:
        ModuleNotFoundError: there is no such statistic.
    """
    module = importlib.import_module(f"mlexporter.statistics.{name}")
    return cast("Statistic", getattr(module, name))
