"""``Notes``: what of a model is monitored, what is not, and why, in sentences for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mlexporter.instrument.selection import Selection
from mlexporter.instrument.source import Source
from mlexporter.instrument.warmup import WarmUp

if TYPE_CHECKING:
    from mlexporter.records import Reference

_NAMES_SHOWN = 10


class Notes:
    """What there is to be said of the functions that count into one model.

    Args:
        sources: Title of each function, and where its features come from.
        selection: What the user chose.
        reference: The profile, or None.
        warmup: Collects the first rows where there is no profile yet, or None.
    """

    def __init__(
        self, sources: Sequence[tuple[str, Source]], selection: Selection, reference: Reference | None,
        warmup: WarmUp | None,
    ) -> None:  # fmt: skip
        self._sources = sources
        self._selection = selection
        self._reference = reference
        self._warmup = warmup

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return what is monitored, what is not, and why: (subject, sentence) pairs."""
        found = []
        for title, source in self._sources:
            found.append((title, source.note))
            found += [
                (name, f"counted as missing: {title} has no parameter of this name")
                for name in source.lacking
            ]
        if self._reference is None:
            found.append(("profile", self._without_profile()))
        else:
            found += [(name, f"not monitored: {why}") for name, why in self._reference.skipped.items()]
            found += self._unselected(self._reference)
        if self._selection.sample < 1:
            found.append(("sample", f"{self._selection.sample:.4g} of the calls are binned; all are counted"))
        return tuple(dict.fromkeys(found))

    def warnings(self) -> tuple[str, ...]:
        """Return what a person should look at: features that are not found or not chosen."""
        unselected = () if self._reference is None else self._unselected(self._reference)
        return (*self.without_features(), *(f"{name}: {sentence}" for name, sentence in unselected))

    def without_features(self) -> tuple[str, ...]:
        """Return why the features of functions are not found although there is a profile with some."""
        if self._reference is None or not self._reference.features:
            return ()
        if chooses_none(self._selection, self._reference):
            listed, known = ", ".join(self._selection.feature_names or ()), self._reference.feature_names
            return (
                f"features= names {listed}, of which the profile has none; it has {', '.join(known[:_NAMES_SHOWN])}",
            )
        return tuple(f"{title}: {source.note}" for title, source in self._sources if source.pick is None)

    def _without_profile(self) -> str:
        if self._warmup is None:
            return "drift is not monitored: no profile is given; calls, rows, durations and errors are"
        if self._warmup.is_full:
            return "drift is not monitored: the rows of the warm-up are complete, no profile has come of them yet"
        return f"drift is not monitored yet: {self._warmup.collected} rows of the warm-up are collected"

    def _unselected(self, reference: Reference) -> list[tuple[str, str]]:
        chosen = self._selection.feature_names
        if chosen is None:
            return []
        known = set(reference.feature_names)
        lacking = [
            (name, "counted as missing: the profile has it, features= does not")
            for name in known - set(chosen)
        ]
        return [
            *sorted(lacking),
            *(
                (name, "not monitored: features= has it, the profile does not")
                for name in chosen
                if name not in known
            ),
        ]


def chooses_none(selection: Selection, reference: Reference) -> bool:
    """Return whether the user chose features of which the profile has none."""
    chosen = selection.feature_names
    return chosen is not None and bool(reference.features) and set(chosen).isdisjoint(reference.feature_names)
