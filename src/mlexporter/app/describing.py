"""What is monitored, what is not, and why: the words of ``describe()``, of the log and of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mlexporter.catalogue import TOKEN_TYPES
from mlexporter.instrument.monitor import Monitor
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.records import GenerationCounts, ModelKey, ModelView, Reference, View


_NAMES_SHOWN: Final = 10
_NOTES_SHOWN: Final = 40

UNPROFILED: Final = "None is given: everything works but drift and data quality."


def describe_view(view: View, *, is_disabled: bool) -> str:
    """Return everything about ``view`` that a person asks who wonders why a panel is empty."""
    lines = [line for model in view.models for line in _model_lines(model)]
    if lines:
        lines.append(f"counted by {_counting(view)}")
    lines += [f"degraded ({reason}): {sentence}" for reason, sentence in view.degraded.items()]
    if is_disabled:
        lines.append("Nothing is monitored: MLEXPORTER_DISABLED is set.")
    return "\n".join(lines) if lines else "No model is monitored yet."


def _counting(view: View) -> str:
    if not view.directory:
        return "this process alone, in its own memory"
    return f"{view.workers:,} process{'' if view.workers == 1 else 'es'} in {view.directory}"


def _model_lines(model: ModelView) -> Iterator[str]:
    key, service = model.snapshot.key, model.snapshot.service
    yield f"{key.name} {key.version} ({key.variant})"
    for subject, sentence in model.notes[:_NOTES_SHOWN]:
        yield f"  {subject}: {sentence}"
    if len(model.notes) > _NOTES_SHOWN:
        yield f"  and {len(model.notes) - _NOTES_SHOWN} more of this kind"
    yield f"  counted: {sum(service.requests.values()):,} calls, {service.accepted:,} rows"
    yield from _generated(model.snapshot.generation)
    yield from _counted("rows that do not fit the profile", service.schema_violations)
    yield from _counted("rows that are in no bin", service.dropped)
    if model.baseline is not None:
        from mlexporter.app.baselines.words import state_lines  # noqa: PLC0415 - a program that only begins to serve needs none

        yield from (f"  {line}" for line in state_lines(model.baseline))
    for reason, sentence in model.degraded.items():
        yield f"  degraded ({reason}): {sentence}"


def _generated(counts: GenerationCounts | None) -> Iterator[str]:
    if counts is None:
        return
    if counts.series:
        totals = {name: sum(round(each.tokens[name].total) for each in counts.series) for name in TOKEN_TYPES}
        n_calls = sum(int(each.buckets.sum()) for one in counts.series for each in one.durations.values())
        tokens = ", ".join(f"{total:,} {name} tokens" for name, total in totals.items())
        yield f"  generated: {n_calls:,} calls, {tokens}"
    yield from _counted("answers by their end", counts.finishes)
    yield from _counted("ratings", counts.feedback_in_words)


def _counted(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    found = [f"{count:,} {name}" for name, count in counts.items() if count]
    if found:
        yield f"  {title}: {', '.join(found)}"


def profile_note(reference: Reference, version: str, *, is_learned: bool) -> str:
    """Return in a sentence with what calls are compared."""
    outputs = list(dict.fromkeys(output.name for output in reference.outputs))
    parts = [_listed("feature", reference.feature_names), _listed("output", outputs)]
    origin = "learned in the warm-up" if is_learned else f"of version {reference.model_version}"
    other = "" if is_learned or reference.model_version == version else f", while version {version} serves"
    return f"{origin}, {reference.row_count:,} rows{other}; compared are {' and '.join(parts)}."


def _listed(what: str, names: Sequence[str]) -> str:
    if not names:
        return f"no {what}s"
    shown = ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")
    return f"{len(names)} {what}{'s' if len(names) > 1 else ''} ({shown})"


def log_choice(key: ModelKey, monitor: Monitor) -> None:
    """Log what is monitored and how, and as a warning what a person should look at."""
    about = fields(model=key.name, version=key.version, variant=key.variant)
    for subject, sentence in monitor.notes():
        LOG.info("mlexporter: model %s %s: %s: %s", key.name, key.version, subject, sentence, extra=about)
    for sentence in monitor.warnings():
        LOG.warning("mlexporter: model %s %s: %s", key.name, key.version, sentence, extra=about)
