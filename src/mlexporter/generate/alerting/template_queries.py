"""What a description looks up when it is written: windows, rows, shares, names that the alert does not carry.

An alert keeps few labels, so that one cause is one alert: a feature that drifts in three windows is told
once, and lives as long as any of them shows it. The windows stand in its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mlexporter.catalogue import Metric
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import largest, select


def pinned(labels: Sequence[str], options: RuleOptions) -> RuleOptions:
    """Return options whose selectors find what has the same ``labels`` as the alert, and nothing else.

    Expressions that are made with them are for ``asked`` with the same labels, or with these and more.
    """
    conditions = [f"{label}=%[{place}]q" for place, label in enumerate(labels, start=1)]
    if options.selector:
        conditions.append(
            options.selector.replace("%", "%%")
        )  # a percent sign of the user's is none of printf
    return replace(options, selector=", ".join(conditions))


def asked(expression: str, labels: Sequence[str]) -> str:
    """Return the part of a template that evaluates ``expression``, which ``pinned(labels, ...)`` has made."""
    line = re.sub(r"\s*\n\s*", " ", expression)
    return f"printf `{line}` {' '.join(f'$labels.{label}' for label in labels)} | query"


def told(expression: str, labels: Sequence[str], words: str) -> str:
    """Return ``words`` about the value of ``expression``, or nothing where it has none.

    Args:
        expression: One series; of several any one is told.
        labels: As for ``asked``.
        words: A sentence with ``{number}`` (or ``{count}``, ``{percent}``, ``{age}``) where the value stands.
    """
    value = "{{ . | first | value | "
    filled = (
        words.replace("{number}", value + 'printf "%.4g" }}')
        .replace("{count}", value + 'printf "%.0f" }}')
        .replace("{percent}", value + "humanizePercentage }}")
        .replace("{age}", value + "humanizeDuration }}")
    )
    return f"{{{{ with {asked(expression, labels)} }}}}{filled}{{{{ end }}}}"


def listed(expression: str, labels: Sequence[str], each: str) -> str:
    """Return ``each`` of the series of ``expression`` in its order, with commas; ``each`` reads ``$one``."""
    comma = "{{ if $place }}, {{ end }}"
    return f"{{{{ range $place, $one := {asked(expression, labels)} }}}}{comma}{each}{{{{ end }}}}"


def windows(condition: str, rows: Metric, labels: Sequence[str], options: RuleOptions) -> str:
    """Return a sentence with the windows in which ``condition`` holds, the shortest first, and their rows.

    Args:
        condition: Made with ``pinned`` options; has the label ``window``, and labels of the alert that
            ``rows`` has, too.
        rows: What tells the rows that stand behind a score.
        labels: Those of the alert, first the ones that ``rows`` has.
        options: The options of the rules.
    """
    on = [label for label in labels if label in rows.labels]
    each = (*on, "window")
    behind = largest(each, select(rows, pinned(on, options)))
    shown = f"sort({behind} and on ({', '.join(each)}) ({condition}))"
    name = '{{ $one.Labels.window }} ({{ $one.Value | printf "%.0f" }} rows)'
    return f"Windows that show it: {listed(shown, labels, name)}."
