"""Learn a reference: a pass that finds the bins, one that counts in them, then those of the sections.

The second pass uses the very ``Binner`` that serves, so that training and serving agree by
construction.
"""

from __future__ import annotations

from mlexporter.errors import FitError
from mlexporter.profile.fitted_columns import FittedColumns
from mlexporter.profile.option_checks import check_learning, check_learning_columns
from mlexporter.profile.options import (
    MAXIMUM_FEATURES,
    FitOptions,
    check_columns,
    check_options,
    is_name,
    predicted,
)
from mlexporter.profile.sections import NAMES, passes_of, section
from mlexporter.profile.sections.training_rows import TrainingRows
from mlexporter.profile.sources import Source
from mlexporter.profile.writing import identified
from mlexporter.records import Reference


def learn_reference(source: Source, options: FitOptions) -> Reference:
    """Return the reference of the rows of ``source``.

    Raises:
        ConfigurationError: an argument that can never work.
        FitError: columns are missing or mixed, or there is nothing to monitor.
    """
    check_options(options)
    check_learning(options)
    check_columns(options, source.names)
    features = _feature_names(source, options)
    check_learning_columns(options, source.names, features)
    rows = TrainingRows(source, options, {names: column for column, names in predicted(options).items()})
    rows.check_times()
    source.plan(2 + sum(passes_of(name, options) for name in NAMES))
    columns = FittedColumns(source, options, features)
    columns.learn()
    columns.count()
    reference = columns.reference()
    for place, name in enumerate(NAMES):
        reference = section(name).learn(reference, rows)
        source.plan(sum(passes_of(later, options) for later in NAMES[place + 1 :]))
    return identified(reference)


def _feature_names(source: Source, options: FitOptions) -> tuple[str, ...]:
    targets = {*predicted(options), options.get("label")}
    chosen = options.get("features")
    names = source.names if chosen is None else dict.fromkeys(chosen)
    left_out = targets | set(options.get("exclude", ()))
    if chosen is None:
        left_out.add(options.get("timestamp"))  # it only ever grows
    features = tuple(name for name in names if name not in left_out)
    if len(features) > MAXIMUM_FEATURES:
        raise FitError(
            f"{len(features):,} features are too many; {MAXIMUM_FEATURES:,} are the most: choose with features="
        )
    for name in (*features, *(target for target in targets if target)):
        if not is_name(name):
            raise FitError(
                f"column {name[:40]!r}: a name of 1 to 256 characters without lone surrogates is needed; rename it"
            )
    return features
