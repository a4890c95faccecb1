"""Shares of the rows of a feature by bin, as PromQL: what came, what training had, what its seasons let expect.

A bin is a number, and two profiles have other intervals under the same one. Each expression is therefore of one
version, variant and profile: of those that the reader has chosen, the one with most rows in the chosen window at the
end of the time range. Missing and invalid values have no place in a shape; they are left out of both sides.
"""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.catalogue import Metric
from mlexporter.generate.dashboards.dashboard_options import DashboardOptions
from mlexporter.generate.dashboards.reading import (
    CHOSEN_FEATURE,
    WINDOW,
    greatest,
    increase,
    of_model,
    summed,
)
from mlexporter.generate.promql import Matcher

SHOWN: Final = ("model_version", "variant", "profile")
"""What bins are told apart by, beside their numbers."""

SHAPE: Final = Matcher("bin", "!~", "missing|invalid")

_ON: Final = f"on ({', '.join(SHOWN)})"
_ON_BIN: Final = f"on ({', '.join((*SHOWN, 'bin'))})"


def of_feature(metric: Metric, options: DashboardOptions, *matchers: Matcher) -> str:
    """Return the selector of a metric of the chosen feature."""
    return of_model(metric, options, CHOSEN_FEATURE, *matchers)


def rows_shown(options: DashboardOptions, end: str = "") -> str:
    """Return the rows in the window of the version, variant and profile that is shown; ``end`` can fix their time."""
    rows = of_feature(catalogue.FEATURE_OBSERVATIONS, options, SHAPE)
    return f"topk(1, {summed(SHOWN, f'increase({rows}[{WINDOW}]{end})')})"


def training(options: DashboardOptions) -> str:
    """Return the shares of the training rows, by ``bin`` and ``range``."""
    return _of_shown(_training_shares(options), options)


def current(options: DashboardOptions, counted: str = "") -> str:
    """Return the shares of what came, by ``bin`` and ``range``.

    Args:
        options: Options of the dashboards.
        counted: ``rate(SELECTOR[...])`` with %s for the selector; by default the rise over the chosen window.
    """
    return _of_shown(_shares(catalogue.FEATURE_OBSERVATIONS, options, counted), options)


def expected(options: DashboardOptions, counted: str = "") -> str:
    """Return the shares that the reference has of the seasons and segments that came, by ``bin`` and ``range``.

    It is empty where the profile tells no seasons apart. Arguments are those of ``current``.
    """
    return _of_shown(_shares(catalogue.FEATURE_EXPECTED, options, counted), options)


def reference(options: DashboardOptions, counted: str = "") -> str:
    """Return what current shares are to be compared with: ``expected`` where there is such a thing, else ``training``."""
    return f"({expected(options, counted)} or {training(options)})"


def training_share(options: DashboardOptions, name: str) -> str:
    """Return which share of all training rows was in the bin called ``name``, such as ``missing``."""
    of_bin = of_feature(catalogue.FEATURE_REFERENCE, options, Matcher("bin", "=", name))
    every = of_feature(catalogue.FEATURE_REFERENCE, options)
    share = f"{greatest(SHOWN, of_bin)} / {_ON} {summed(SHOWN, greatest((*SHOWN, 'bin'), every))}"
    return f"max({share} and {_ON} {rows_shown(options, ' @ end()')})"


def _training_shares(options: DashboardOptions) -> str:
    counts = of_feature(catalogue.FEATURE_REFERENCE, options, SHAPE)
    each = greatest((*SHOWN, "bin", "range"), counts)
    return f"{each} / {_ON} group_left () {summed(SHOWN, greatest((*SHOWN, 'bin'), counts))}"


def _shares(metric: Metric, options: DashboardOptions, counted: str) -> str:
    selector = of_feature(metric, options, SHAPE)
    rows = counted % selector if counted else increase(selector, WINDOW)
    share = f"{summed((*SHOWN, 'bin'), rows)} / {_ON} group_left () ({summed(SHOWN, rows)} > 0)"
    names = greatest((*SHOWN, "bin", "range"), of_feature(catalogue.FEATURE_REFERENCE, options, SHAPE))
    return f"0 * {names} + {_ON_BIN} group_left () ({share})"


def _of_shown(shares: str, options: DashboardOptions) -> str:
    return greatest(("bin", "range"), f"{shares} and {_ON} {rows_shown(options, ' @ end()')}")
