"""Which alerts each fault shall raise, and which it may: whatever else fires is a false page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Page(NamedTuple):
    """One alert that a fault explains; all seconds are nominal, as the rules have them.

    Attributes:
        alert: Its name.
        labels: What its labels must say; ``{pod}`` stands for the pod that the fault was done to.
        lasting: The fault explains it only where it lasted that long.
        tail: How long after the fault it may still begin: ranges look back, ``for`` waits.
    """

    alert: str
    labels: Mapping[str, str]
    lasting: float = 0.0
    tail: float = 60.0


class Expectation(NamedTuple):
    """What a fault raises: of ``must`` each, of ``may`` any."""

    must: tuple[Page, ...] = ()
    may: tuple[Page, ...] = ()


_POD: Final = {"instance": "{pod}"}
_DOWN: Final = Page("MLExporterDown", _POD, lasting=180.0)
_STALLED: Final = Page("MLEvaluationStalled", _POD, tail=300.0)
LOST: Final = Page("MLWorkersLost", {**_POD, "lost": "rows"}, tail=1800.0)
"""Rows went with a worker: where they did, it has to come (see ``judge``)."""

_FULL: Final = Page("MLExporterDegraded", {**_POD, "reason": "directory_full"}, lasting=600.0)
_UNKEPT: Final = Page("MLExporterDegraded", {**_POD, "reason": "snapshots_unwritable"}, lasting=600.0)
_TURNED_AWAY: Final = Page("MLUnauthorisedAccess", _POD, tail=1800.0)
_WRONG: Final = Page("MLExporterReloadFailed", _POD, lasting=300.0)
_FARES: Final = {"model_name": "fares"}
_DRIFT: Final = Page("MLFeatureDrift", {**_FARES, "feature": "distance"}, tail=1800.0)

EXPECTED: Final[Mapping[str, Expectation]] = {
    "kill a worker": Expectation(may=(LOST,)),
    "end a worker": Expectation(),
    "stop a worker": Expectation(),
    "stop the evaluator": Expectation(),
    # Scrapes fail; when it goes on, its last evaluation is old until the next one.
    "stop the exporter": Expectation(must=(_DOWN,), may=(_STALLED,)),
    "kill the exporter": Expectation(may=(_DOWN,)),
    "exporter gone": Expectation(must=(_DOWN,)),
    "kill Prometheus": Expectation(),
    "restart Alertmanager": Expectation(),
    # No report can be written, so that evaluations look old to other processes; windows and baselines stand there
    # too, and are written once a minute, real time; a worker is ended that may count outside.
    "counts disk full": Expectation(must=(_FULL,), may=(_STALLED, LOST, Page(_UNKEPT.alert, _UNKEPT.labels))),
    "snapshot disk full": Expectation(must=(_UNKEPT,)),
    "exporter's clock +1 h": Expectation(),
    # Prometheus compares the time of the last evaluation with its own clock: an hour back looks like an hour ago.
    "exporter's clock -1 h": Expectation(may=(_STALLED,)),
    "workers' clock +1 h": Expectation(),
    "workers' clock -1 h": Expectation(may=(_STALLED,)),
    "redeploy": Expectation(),
    "bad configuration": Expectation(must=(_WRONG,)),
    # Who never ends a request is turned away, and that is told.
    "slow clients": Expectation(may=(_TURNED_AWAY,)),
    "unit error": Expectation(
        must=(_DRIFT,),
        may=tuple(
            Page(alert, _FARES, tail=3600.0)
            for alert in (
                "MLFeatureDrift", "MLFeatureOutOfRangeHigh", "MLPredictionDrift", "MLDatasetDrift", "MLFeatureSkew",
                "MLPredictionConstant",
            )
        ),
    ),
}  # fmt: skip

ALWAYS: Final = frozenset({"MLWatchdog"})
"""Fires all the time, on purpose."""
