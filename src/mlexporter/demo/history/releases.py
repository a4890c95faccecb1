"""The versions of the model: when each is tried, when it takes over, and what it learned from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlexporter.demo.features import CATEGORY_NAMES, FEATURE_NAMES, SHOWN_ONLY_NAMES
from mlexporter.demo.history.era import DAY, HOUR, Era
from mlexporter.demo.late_arrival import MODEL_NAME, TRAINING_MONTHS, LateArrivalModel, train
from mlexporter.errors import EnvironmentDegradedError
from mlexporter.profile import Profile

if TYPE_CHECKING:
    import pandas as pd

    from mlexporter.demo.flights import Flights

PRIMARY: Final = "primary"
CANARY: Final = "canary"
CANARY_SHARE: Final = 0.3
DECISION_THRESHOLD: Final = 0.3
"""Score from which a flight is called late: at one half nearly none is, and recall says nothing."""

TIME: Final = "departed"
SIDE_MODEL: Final = "small_carrier_late"
"""A second model, of airlines with six flights a day in both pods: never rows enough."""

SIDE_CARRIERS: Final = ("AS", "F9", "HA", "YV")
SIDE_FEATURES: Final = ("carrier", "distance", "scheduled_minutes", "temp", "seats")
PLAIN_MODEL: Final = "fuel_need"
"""A third model, without a profile."""

VERSION_OF_OTHERS: Final = "1"
_CANARY_HOURS: Final = 60
"""How long a version is tried before it takes over."""

_LAST_CANARY_HOURS: Final = 28
_LONG: Final = 3 * DAY


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the model; times in Unix seconds of the era.

    Attributes:
        version: Its name.
        months: What it was trained on, of 2013.
        tried: From when on it gets a share of the calls as a canary; None for the first.
        serves: From when on it gets all others; None for one that is still tried at the end.
    """

    version: str
    months: tuple[int, ...]
    tried: int | None
    serves: int | None


@dataclass(frozen=True, slots=True)
class Learned:
    """A release that was trained, with its profile on disk."""

    release: Release
    model: LateArrivalModel
    profile: Path


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Within, scikit-learn uses one thread: trees this small take longer with more, and far longer on a busy machine.

    Raises:
        EnvironmentDegradedError: scikit-learn is not installed.
    """
    try:
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with scikit-learn, which is an extra
    except ImportError as error:
        raise EnvironmentDegradedError(
            "the demo trains a scikit-learn model; install it with: pip install 'mlexporter[demo]'"
        ) from error
    import sklearn.ensemble  # noqa: F401, PLC0415 - only threads of libraries that are loaded can be limited

    with threadpool_limits(1):
        yield


def releases_of(era: Era) -> tuple[Release, ...]:
    """Return the first version, one that takes over after three fifths of a long era, and one on trial now."""
    taken_over = era.begins + era.length * 3 // 5 // DAY * DAY
    second: int | None = taken_over - min(_CANARY_HOURS * HOUR, era.length // 5)
    if era.length < _LONG:
        second = None
    last = Release("2013.3", (9, 10, 11), max(era.now - _LAST_CANARY_HOURS * HOUR, era.begins + HOUR), None)
    first = Release("2013.1", TRAINING_MONTHS, None, era.begins)
    if second is None:
        return (first, last)
    return (first, Release("2013.2", (6, 7, 8), second, taken_over), last)


def learn(
    flights: Flights, releases: Sequence[Release], era: Era, folder: Path, *, seed: int
) -> list[Learned]:
    """Train every release and write its profile, and that of the side model, into ``folder``."""
    import pandas as pd  # noqa: PLC0415 - heavy, and an extra

    learned = []
    for release in releases:
        training = train(flights, seed=seed, months=release.months)
        rows = pd.concat([training.profile_rows, training.check_rows])
        path = folder / f"{MODEL_NAME}-{release.version}.profile.json"
        profile_of(rows, release, era).save(path)
        learned.append(Learned(release, training.model, path))
        if release is releases[0]:
            _side_profile(rows, release, era).save(side_profile_path(folder))
    return learned


def side_profile_path(folder: Path) -> Path:
    """Return where ``learn`` writes the profile of the side model."""
    return folder / f"{SIDE_MODEL}-{VERSION_OF_OTHERS}.profile.json"


def profile_of(rows: pd.DataFrame, release: Release, era: Era) -> Profile:
    """Learn all that a profile can know: seasons, noise, dependence, and errors on rows that were held out."""
    frame = rows[[*FEATURE_NAMES, "score", "late", TIME]].assign(**{TIME: rows[TIME] + era.shift})
    return Profile.fit(
        frame, model=MODEL_NAME, version=release.version, prediction="score", label="late",
        categorical=CATEGORY_NAMES, features=FEATURE_NAMES, held_out=True, timestamp=TIME, joint=True,
        # Weeks after the training weather is of another season: it is shown, and nobody is told of it.
        no_alert=(*SHOWN_ONLY_NAMES, "score"), decision_threshold=DECISION_THRESHOLD,
        created=_end_of(release.months) + era.shift,
    )  # fmt: skip


def _side_profile(rows: pd.DataFrame, release: Release, era: Era) -> Profile:
    own = rows[rows["carrier"].isin(SIDE_CARRIERS)]
    return Profile.fit(
        own[[*SIDE_FEATURES, "score"]], model=SIDE_MODEL, version=VERSION_OF_OTHERS, prediction="score",
        categorical=("carrier",), features=SIDE_FEATURES, created=_end_of(release.months) + era.shift,
    )  # fmt: skip


def _end_of(months: tuple[int, ...]) -> float:
    return datetime(2013, max(months) + 1, 1, tzinfo=UTC).timestamp()
