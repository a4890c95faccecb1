"""Says what a model is compared with: the profile, where it comes from, what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mlexporter.exposition.page import words
from mlexporter.exposition.page.markup import Content, Markup, element, escape, join, name_markup
from mlexporter.records import ModelKey, Reference

_FOLD_ABOVE: Final = 8
_LISTED: Final = 100


def profile_facts(reference: Reference, key: ModelKey, *, now: float) -> Markup:
    """Return the facts about the profile; a profile of another version is told as such."""
    age = words.duration(max(now - reference.created_timestamp, 0.0))
    n_features, n_outputs = len(reference.features), len(reference.outputs)
    compared = f"{words.plural(n_features, 'feature')}, {words.plural(n_outputs, 'output')}"
    facts: list[tuple[str, Content]] = [
        ("Profile", element("code", reference.profile_id)),
        ("Learned", f"{words.moment(reference.created_timestamp)}, {age} ago"),
        ("Training rows", f"{reference.row_count:,}"),
        ("Compared", compared),
    ]
    lineage = reference.lineage
    told = (
        ("Dataset", lineage.dataset),
        ("Run", lineage.run_id),
        ("Commit", lineage.commit),
        ("Framework", lineage.framework),
    )
    facts += [(name, name_markup(value)) for name, value in told if value]
    listed = element("dl", *(element("div", element("dt", name), element("dd", value)) for name, value in facts),
                     class_="pairs")  # fmt: skip
    if reference.model_version == key.version:
        return listed
    note = join(
        "This profile was learned for version ", name_markup(reference.model_version), "; version ",
        name_markup(key.version), " is serving. Differences between the two versions' data show up as drift.",
    )  # fmt: skip
    return join(element("p", element("strong", "Other version. "), note, class_="note-box"), listed)


def monitored(notes: tuple[tuple[str, str], ...], skipped: Mapping[str, str]) -> Markup | None:
    """Return what is monitored and what is not, each with its reason; None where nothing is to say."""
    parts = [_reasons("What is monitored, and what is not", notes)]
    parts.append(_reasons("Columns of the training data that are left out", tuple(skipped.items())))
    found = [part for part in parts if part is not None]
    return join(*found) if found else None


def _reasons(heading: str, pairs: tuple[tuple[str, str], ...]) -> Markup | None:
    if not pairs:
        return None
    items = [element("div", element("dt", name_markup(name)), element("dd", escape(reason)))
             for name, reason in pairs[:_LISTED]]  # fmt: skip
    if len(pairs) > _LISTED:
        items.append(
            element("div", element("dt", "…"), element("dd", f"and {words.count(len(pairs) - _LISTED)} more"))
        )
    listed = element("dl", *items, class_="pairs")
    if len(pairs) <= _FOLD_ABOVE:
        return join(element("h4", heading), listed)
    return element("details", element("summary", f"{heading} ({words.count(len(pairs))})"), listed)
