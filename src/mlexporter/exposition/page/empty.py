"""Says what to do where there is nothing to show yet."""

from __future__ import annotations

from typing import Final

from mlexporter.exposition.page.markup import Markup, element, name_markup
from mlexporter.records import ModelKey

_FIRST_LINES: Final = """import mlexporter

@mlexporter.monitor(model="my_model", version="1", profile="my_model.profile.json")
def predict(row: dict) -> float: ...

mlexporter.serve()"""


def no_models() -> Markup:
    """Return how to add the first model."""
    return element(
        "section",
        element("h2", "No model is monitored yet"),
        element("p", "Three lines in the program that predicts, and it appears here:"),
        element("pre", element("code", _FIRST_LINES)),
        element("p", "Without ", element("code", "profile="), " everything but drift works."),
        class_="panel empty",
    )


def nobody_counts(directory: str) -> Markup:
    """Return how to start what a reader waits for."""
    return element(
        "section",
        element("h2", "Nobody counts here yet"),
        element("p", "This process shows what others count in ", element("code", directory),
                ". Start the service that predicts with"),
        element("pre", element("code", f"MLEXPORTER_DIR={directory}")),
        element("p", "in its environment; with its first call it appears here."),
        class_="panel empty",
    )  # fmt: skip


def no_profile(key: ModelKey) -> Markup:
    """Return how to make a profile."""
    command = "mlexporter profile train.parquet --model MODEL --version VERSION -o MODEL.profile.json"
    return element(
        "div",
        element("p", "A profile holds the distributions of the training data, and no rows. Make one for ",
                name_markup(key.name), " ", name_markup(key.version), " and name it in profile=:"),
        element("pre", element("code", command)),
        element("p", "Or let it be learned from the first rows that are served: ",
                element("code", 'profile="warmup"'), "."),
        class_="empty",
    )  # fmt: skip


def no_report(interval_seconds_words: str) -> Markup:
    """Return when scores are to be expected."""
    text = (
        f"Drift is evaluated every {interval_seconds_words}. Scores and pictures of current rows follow then."
    )
    return element("p", text, class_="empty")
