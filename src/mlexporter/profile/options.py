"""What a fit is asked for, checked before any row is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final, Required, TypedDict

from mlexporter import records
from mlexporter.errors import ConfigurationError, FitError

MAXIMUM_NAME_LENGTH: Final = 256
MAXIMUM_TEXT_LENGTH: Final = 4096
MAXIMUM_FEATURES: Final = 20_000
LEAST_THRESHOLD: Final = 1e-6
_LARGEST_NUMBER: Final = 1e30
_TIME_ZONE: Final = re.compile(r"[A-Za-z0-9_+\-/]{1,64}")

OUTPUT_NAME: Final = "prediction"
"""What a single output is called."""

Progress = Callable[[int, int], None]
"""Called with the rows read so far and the rows to read in all passes; the second may change on the way."""

Tell = Callable[[str], None]
"""Called with a sentence."""


class FitOptions(TypedDict, total=False):
    """The keyword arguments of ``Profile.fit`` and ``Profile.fit_file``.

    Attributes:
        model: Name of the model.
        version: Its version.
        prediction: Column of the model's output: a score, a number or a label. A list of columns
            holds the scores of classes, each class called like its column; a mapping of output to
            column holds several outputs by name.
        label: Column of the truth; it is no feature.
        features: Columns to monitor; all others than prediction and label if not given.
        exclude: Columns to leave out.
        thresholds: Column to the shift, in standard deviations, from which it has drifted.
        default_threshold: That of all other columns, 0.1 if not given; 0.2 is that of columns compared by ``psi``.
        no_alert: Columns that are shown and never alerted on.
        importances: Column to its importance for the model, any scale.
        categorical: Columns of numbers that are names.
        decision_threshold: Score from which the decision is positive.
        lineage: Where the model comes from.
        time_zone: IANA name, ``UTC`` if not given.
        expose_names: False hides the names of categories.
        minimum_bin_rows: Training rows behind everything published, 20 if not given.
        created: Unix time in seconds; now if not given.
        strict: False skips columns of mixed types instead of raising.
        statistics: Column to what its threshold is compared with: ``effect``, or ``psi`` for the classic rule.
        timestamp: Column of the times of the rows (Unix seconds, times of numpy, pandas or Arrow, or ISO
            text); noise and seasons are learned by it, and it is no feature unless ``features`` names it.
        seasons: True tells hours of the day apart where there are times enough; False never does.
        segment: Column whose values are segments, such as a country; it stays a feature.
        windows: Names of the windows for which noise is learned; the default windows if not given.
        held_out: Rows with label and prediction that the model was not trained on, as a frame or the path
            of a file; True says that the rows of the fit are such. Performance without labels rests on them.
        predict: Called with a dict of columns (name to list of values); returns one prediction a row. With
            it the profile learns how much each feature moves predictions.
        derived: Derived feature to the feature that it is computed from.
        embeddings: Columns whose values are vectors of one length.
        joint: False watches no dependence between features.
        tell: Called with a sentence for each thing that these rows are too few for; it is logged if not given.
    """

    model: Required[str]
    version: Required[str]
    prediction: str | Sequence[str] | Mapping[str, str] | None
    label: str | None
    features: Collection[str] | None
    exclude: Collection[str]
    thresholds: Mapping[str, float] | None
    default_threshold: float
    no_alert: Collection[str]
    importances: Mapping[str, float] | None
    categorical: Collection[str]
    decision_threshold: float | None
    lineage: records.Lineage | None
    time_zone: str
    expose_names: bool
    minimum_bin_rows: int
    created: float | None
    strict: bool
    statistics: Mapping[str, str] | None
    timestamp: str | None
    seasons: bool
    segment: str | None
    windows: Sequence[str] | None
    held_out: Any
    predict: Callable[[dict[str, list[object]]], Any] | None
    derived: Mapping[str, str] | None
    embeddings: Collection[str]
    joint: bool
    tell: Tell | None


def check_options(options: FitOptions) -> None:
    """Check all that can be checked without a row.

    Raises:
        ConfigurationError: an argument that can never work, or one that does not exist.
    """
    unknown = sorted(set(options) - set(FitOptions.__annotations__))
    if unknown:
        raise ConfigurationError(
            f"unknown argument {unknown[0]!r}; known are: {', '.join(FitOptions.__annotations__)}"
        )
    for key in ("model", "version"):
        value = options.get(key)
        if not isinstance(value, str) or not is_name(value):
            raise ConfigurationError(
                f"{key}={value!r}: a text of 1 to {MAXIMUM_NAME_LENGTH} characters is needed"
            )
    for key in ("features", "exclude", "no_alert", "categorical"):
        if isinstance(options.get(key), str):
            raise ConfigurationError(
                f"{key}={options.get(key)!r}: a list of columns is needed, such as [{options.get(key)!r}]"
            )
    predicted(options)
    _check_numbers(options)
    _check_lineage(options.get("lineage"))
    _check_time_zone(options.get("time_zone", "UTC"))


def predicted(options: FitOptions) -> dict[str, tuple[str, str]]:
    """Return each column of a prediction with the output and the class that it stands for.

    Raises:
        ConfigurationError: ``prediction`` is none of the three forms, or names a column twice.
    """
    given: object = options.get("prediction")  # users without a type checker give anything
    if given is None:
        return {}
    if isinstance(given, str):
        return {given: (OUTPUT_NAME, "")}
    if isinstance(given, Mapping):
        found = [(column, (output, "")) for output, column in given.items()]
    elif isinstance(given, Sequence) and not isinstance(given, bytes):
        found = [(column, (OUTPUT_NAME, column)) for column in given]
    else:
        found = []
    texts = [text for column, names in found for text in (column, names[0])]
    if (
        not found
        or len(dict(found)) < len(found)
        or not all(isinstance(t, str) and is_name(t) for t in texts)
    ):
        raise ConfigurationError(
            f"prediction={given!r}: a column, a list of columns of class scores, or a mapping of output to "
            "column is needed, each column once"
        )
    return dict(found)


def is_name(text: str) -> bool:
    """Return True for 1 to 256 characters that UTF-8 can write."""
    return 0 < len(text) <= MAXIMUM_NAME_LENGTH and is_encodable(text)


def is_encodable(text: str) -> bool:
    """Return False where a lone surrogate is in ``text``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_columns(options: FitOptions, known: Collection[str]) -> None:
    """Check that every column that is named exists.

    Raises:
        FitError: one does not; says which and what the columns are.
    """
    wanted: dict[str, Collection[str]] = {
        "prediction": list(predicted(options)),
        "label": [name] if (name := options.get("label")) else [],
        "features": options.get("features") or (),
        "exclude": options.get("exclude", ()),
        "no_alert": options.get("no_alert", ()),
        "categorical": options.get("categorical", ()),
        "thresholds": options.get("thresholds") or (),
        "importances": options.get("importances") or (),
    }
    for argument, names in wanted.items():
        for name in names:
            if name not in known:
                raise FitError(
                    f"{argument}: there is no column {name!r}; {_guess(name, known)}the columns are: {listed(known)}"
                )
    if options.get("label") in predicted(options):
        raise FitError(f"column {options.get('label')!r} cannot be both prediction and label")


def _guess(name: str, known: Collection[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a message

    # The list is cut where there are many columns, and may not show the one that was meant.
    near = get_close_matches(str(name), known, n=1)
    return f"did you mean {near[0]!r}? " if near else ""


def listed(names: Collection[str], limit: int = 30) -> str:
    """Return names for a message, shortened where there are many."""
    shown = ", ".join(list(names)[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def _check_numbers(options: FitOptions) -> None:
    rows: object = options.get("minimum_bin_rows", 20)
    if isinstance(rows, bool) or not isinstance(rows, int) or rows < 1:
        raise ConfigurationError(f"minimum_bin_rows={rows!r}: a whole number from 1 is needed")
    for key in ("decision_threshold", "created"):
        if options.get(key) is not None:
            _check_number(key, options.get(key))
    for name, importance in (options.get("importances") or {}).items():
        _check_number(f"importances[{name!r}]", importance)
    thresholds = {f"thresholds[{name!r}]": value for name, value in (options.get("thresholds") or {}).items()}
    thresholds["default_threshold"] = options.get("default_threshold", 0.1)
    for key, threshold in thresholds.items():
        _check_number(key, threshold)
        if threshold < LEAST_THRESHOLD:
            raise ConfigurationError(f"{key}={threshold!r}: a number of at least {LEAST_THRESHOLD} is needed")


def _check_number(argument: str, value: object) -> None:
    try:
        number = math.nan if isinstance(value, bool | str) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not abs(number) < _LARGEST_NUMBER:
        raise ConfigurationError(f"{argument}={value!r}: a finite number is needed")


def _check_lineage(lineage: records.Lineage | None) -> None:
    for key, value in ({} if lineage is None else asdict(lineage)).items():
        if not isinstance(value, str) or len(value) > MAXIMUM_TEXT_LENGTH or not is_encodable(value):
            raise ConfigurationError(
                f"lineage.{key}={value!r}: a text of at most {MAXIMUM_TEXT_LENGTH} characters is needed"
            )


def _check_time_zone(name: str) -> None:
    if name == "UTC":
        return
    import zoneinfo  # noqa: PLC0415 - it reads tables of paths, and hardly a profile needs it

    try:
        is_known = _TIME_ZONE.fullmatch(str(name)) is not None and zoneinfo.ZoneInfo(name).key == name
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        is_known = False
    if not is_known:
        raise ConfigurationError(f"time_zone={name!r}: an IANA name is needed, such as Europe/Berlin or UTC")
