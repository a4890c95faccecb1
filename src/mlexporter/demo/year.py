"""The demo's nine months on one page: what of the drift is season, what is noise, and what is left."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from mlexporter.app.offline import OfflineOptions, evaluate_rows
from mlexporter.app.offline.showing import timeline_of
from mlexporter.catalogue import FEATURE_DRIFT_SEVERITY
from mlexporter.demo.features import CATEGORY_NAMES, FEATURE_NAMES
from mlexporter.demo.flights import data_folder, load_flights
from mlexporter.demo.late_arrival import MODEL_NAME, MODEL_VERSION, TRAINING_MONTHS, Training, train
from mlexporter.exposition.page.report import render_report
from mlexporter.profile import Profile
from mlexporter.profile.sources import FrameSource
from mlexporter.profile.writing import write_text

if TYPE_CHECKING:
    import pandas as pd

    from mlexporter.app.offline.evaluation import Evaluation
    from mlexporter.demo.flights import Flights

WINDOW: Final = "24h"
EVERY: Final = "1d"
TIME: Final = "departed"
_SCORE: Final = "score"

_ALL_INDEPENDENT: Final = (
    "Each day of April to December against the training months, rows taken for independent. The flights of an hour "
    "share the weather, and the mix of hours differs from day to day: half of the features “drift” on nearly every "
    "day. This is why people mute such alerts."
)
_LEARNED: Final = (
    "The same days, the same threshold. What an hour of the day explains is expected, and a shift has to be larger "
    "than what January to March did from day to day. What is left is real: the temperatures of summer, which a model "
    "trained in winter has not seen, and the airlines' summer timetable. Grey is where no shift could be told from the "
    "swings of the training months: a single day has one weather."
)
_WAYS: Final = (
    ("Without what can be learned", _ALL_INDEPENDENT),
    ("With seasons and learned noise", _LEARNED),
)


@dataclass(frozen=True)
class Year:
    """What became of the nine months.

    Attributes:
        page: The page, HTML.
        drifting: For each of the two ways, the share of feature-days above severity 1, 0 to 1.
    """

    page: str
    drifting: tuple[float, float]


def write_nine_months(path: Path, *, seed: int) -> tuple[float, float]:
    """Write the page to ``path`` and return the shares of ``Year.drifting``.

    Raises:
        EnvironmentDegradedError: what the demo needs is not installed.
        OSError: the page cannot be written.
    """
    flights = load_flights(data_folder())
    year = nine_months(flights, train(flights, seed=seed))
    write_text(path, year.page)
    return year.drifting


def nine_months(flights: Flights, training: Training) -> Year:
    """Compare April to December with the profile of the training months, with and without what was learned.

    Args:
        flights: All of the year.
        training: The model and scored rows of the training months.
    """
    import pandas as pd  # noqa: PLC0415 - heavy, and an extra

    table = flights.table
    served = table[~table["month"].isin(TRAINING_MONTHS)]
    served = served.assign(**{_SCORE: training.model.scores(served)})
    # Both thirds that the model has not seen: noise is learned at more nearly the traffic that is served.
    rows = pd.concat([training.profile_rows, training.check_rows])
    drawn, shares = [], []
    with contextlib.ExitStack() as stack:
        for (title, note), is_learned in zip(_WAYS, (False, True), strict=True):
            profile = _profile(rows, is_learned=is_learned)
            evaluation = stack.enter_context(_evaluated(served, profile))
            drawn.append(timeline_of(evaluation.reference, evaluation.periods, title=title, note=note))
            shares.append(_drifting_share(evaluation))
        page = render_report(
            evaluation.view,
            subtitle=f"{len(served):,} flights of April to December 2013 against January to March.",
            now=evaluation.evaluated_timestamp,
            timelines=drawn,
        )
    return Year(page, (shares[0], shares[1]))


def _profile(rows: pd.DataFrame, *, is_learned: bool) -> Profile:
    frame = rows[[*FEATURE_NAMES, _SCORE, "late", TIME]]
    return Profile.fit(
        frame, model=MODEL_NAME, version=MODEL_VERSION, prediction=_SCORE, label="late",
        categorical=CATEGORY_NAMES, features=FEATURE_NAMES, held_out=True, decision_threshold=0.5,
        timestamp=TIME if is_learned else None, windows=(WINDOW,), joint=is_learned,
    )  # fmt: skip


@contextlib.contextmanager
def _evaluated(served: pd.DataFrame, profile: Profile) -> Iterator[Evaluation]:
    options = OfflineOptions(
        outputs={profile.reference.outputs[0].name: _SCORE}, timestamp=TIME, window=WINDOW, every=EVERY
    )
    source = FrameSource(served[[*FEATURE_NAMES, _SCORE, TIME]])
    with evaluate_rows(source, profile, options) as evaluation:
        yield evaluation


def _drifting_share(evaluation: Evaluation) -> float:
    name = FEATURE_DRIFT_SEVERITY.name
    severities = np.concatenate([period.window.features.scores[name] for period in evaluation.periods])
    known = severities[np.isfinite(severities)]
    return float(np.mean(known > 1)) if known.size else 0.0
