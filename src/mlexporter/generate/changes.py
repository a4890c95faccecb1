"""Recorded series that say when something came: what alerts tell of what changed lately."""

from __future__ import annotations

from typing import Final

from mlexporter import catalogue
from mlexporter.generate.annotations import CALLS_BEGAN, DAY_SECONDS, PROFILE_BEGAN, REQUEST_RATE
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import MODEL, compared, largest, recorded_name, select
from mlexporter.generate.rules import Recording

CALLS_FIRST: Final = recorded_name("model", catalogue.PREDICTION_REQUESTS, "first1d")
"""When a version took its first calls of the last day."""

CHANGES_INTERVAL_SECONDS: Final = 60.0
_STEP_SECONDS: Final = 60.0
_LATER_SECONDS: Final = 900.0
"""How much later than the first of its model something comes that is new; less is a pod that was slow."""


def change_recordings(options: RuleOptions) -> tuple[Recording, ...]:
    """Return the rules: when a version began to take calls, when a profile came into use."""
    in_use = largest((*MODEL, "profile_id"), select(catalogue.PROFILE_INFO, options))
    calls = CALLS_FIRST
    profile = recorded_name("model_profile", catalogue.PROFILE_INFO, "first1d")
    return (
        # When it took its first calls of the last day.
        Recording(calls, _first(f"{REQUEST_RATE} > 0", options)),
        Recording(CALLS_BEGAN, _later(calls, options)),
        # When it was first in use in the last day.
        Recording(profile, _first(in_use, options)),
        Recording(PROFILE_BEGAN, _later(profile, options)),
    )


def _first(expression: str, options: RuleOptions) -> str:
    day, step = options.range(DAY_SECONDS), options.range(_STEP_SECONDS)
    return f"min_over_time(timestamp({expression})[{day}:{step}])"


def _later(first: str, options: RuleOptions) -> str:
    # Where all that is known of a model began together, what began is Prometheus, or the morning.
    limit = f"(min by (model_name) ({first}) + {_LATER_SECONDS / options.time_factor:.12g})"
    return compared(first, ">", limit, on=("model_name",))
