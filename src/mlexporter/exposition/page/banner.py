"""Says loudly what is degraded, in which model, and the way out."""

from __future__ import annotations

from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Markup, element, escape, join, name_markup
from mlexporter.records import View

WAYS_OUT: Final = {
    "profile_missing": "Write the profile where the path points to, or correct profile=, and start again.",
    "profile_invalid": "Make the profile anew with “mlexporter profile” and test it with “mlexporter check FILE”.",
    "profile_newer": "Upgrade mlexporter, or make the profile anew with the version installed here.",
    "profile_not_learned": "Fit one from training data with “mlexporter profile” and pass its path as profile=.",
    "port_in_use": "Choose a free port with serve(port=…) or MLEXPORTER_PORT, or stop what holds this one.",
    "directory_unsafe": "Name a directory of your own in MLEXPORTER_DIR; one that is not there is made, mode 0700.",
    "directory_unusable": "Name a writable directory on a local disk or tmpfs, such as /dev/shm/NAME.",
    "directory_full": "Make room in the shared directory, or name a larger one in MLEXPORTER_DIR.",
    "directory_busy": "Find the process that holds the directory's lock for long: a stopped one, or a slow disk.",
    "single_worker": "Give all workers one directory with MLEXPORTER_DIR, on tmpfs, such as /dev/shm/NAME.",
    "events_without_provider": "Set one of OpenTelemetry 1.35 or newer by opentelemetry._logs.set_logger_provider(), or "
    "MLEXPORTER_EVENTS_RATIO=0.",
    "snapshots_unwritable": "Give MLEXPORTER_SNAPSHOT_DIR a directory of this service's own, with room on its disk.",
    "push_failing": "Set OTEL_EXPORTER_OTLP_ENDPOINT to where a receiver listens, or MLEXPORTER_PUSH=off.",
    "config_invalid": "Test the file with “mlexporter check --config FILE” and correct it; it is read again at once.",
    "web_config_invalid": "Correct the web configuration file as the sentence says; it is read again each second.",
    "no_features": "Say which values to compare with features=, a list of names or a function.",
}
"""What ends each state of ``catalogue.DEGRADED_REASONS``, and of a worker that counts alone."""
SINGLE_WORKER: Final = (
    "These counts are those of one worker, although its server has several: each scrape shows one or another."
)
_DIRECTORY_REASONS: Final = tuple(reason for reason in WAYS_OUT if reason.startswith("directory_"))
_SHOWN_PER_REASON: Final = 12


def banners(view: View) -> Markup | None:
    """Return one banner for each reason, the exporter's own first; None where all is well."""
    found: dict[str, list[Markup]] = {}
    for reason, sentence in view.degraded.items():
        found.setdefault(reason, []).append(escape(sentence))
    for model in view.models:
        key = model.snapshot.key
        for reason, sentence in model.degraded.items():
            whose = element("strong", name_markup(key.name), " ", name_markup(key.version))
            found.setdefault(reason, []).append(join(whose, ": ", sentence))
    if view.is_single_worker and not any(reason in found for reason in _DIRECTORY_REASONS):
        found["single_worker"] = [escape(SINGLE_WORKER)]
    if not found:
        return None
    return element("section", element("h2", "Degraded", class_="unseen-text"), *(
        _banner(reason, sentences) for reason, sentences in found.items()
    ), role="alert", class_="banners")  # fmt: skip


def _banner(reason: str, sentences: list[Markup]) -> Markup:
    paragraphs = [element("p", sentence) for sentence in sentences[:_SHOWN_PER_REASON]]
    if len(sentences) > _SHOWN_PER_REASON:
        paragraphs.append(
            element("p", f"The same in {words.count(len(sentences) - _SHOWN_PER_REASON)} more models.")
        )
    way_out = WAYS_OUT.get(reason)
    if way_out is not None:
        paragraphs.append(element("p", element("strong", "Way out: "), way_out))
    label = element("p", element("span", "degraded", class_="badge drift"), " ", element("code", reason))
    return element("div", label, *paragraphs, class_="banner")


def time_note(factor: float) -> Markup | None:
    """Return that the clock of the windows does not run in real time, or None where it does."""
    if factor == 1:
        return None
    if factor > 1:
        hour = words.duration(3600 / factor)
        text = f" windows run {_times(factor)} times faster than real: 1 hour here passes in {hour}."
    else:
        text = f" windows run {_times(1 / factor)} times slower than real."
    return element("p", element("strong", "Time is not real here:"), text, class_="note-box")


def _times(factor: float) -> str:
    return f"{factor:,.0f}" if factor >= 10 else words.amount(factor)
