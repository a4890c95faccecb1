"""Levels and colours for the plugin: those of the dashboards, with the words that stand beside them."""

from __future__ import annotations

from typing import Final

from mlexporter.generate.dashboards import colours
from mlexporter.generate.dashboards.colours import Step
from mlexporter.generate.dashboards.fleet_tables import BURN, STATES
from mlexporter.generate.dashboards.model_stats import BUDGET_LEFT, OF_LIMIT
from mlexporter.generate.dashboards.standing import LONGEST_BAR
from mlexporter.generate.plugin.typescript import Value, constant, module

WORDS: Final = ("ok", "watch", "drift", "strong drift")
"""What the levels of severity are called, the lowest first: colour is never the only sign."""

SIGNS: Final = ("", "◆", "▲", "▲▲")
"""What stands before a severity of each level."""

_COLOURS: Final = {
    "ok": colours.OK, "watch": colours.WATCH, "watchText": colours.WATCH_TEXT, "bad": colours.BAD,
    "worse": colours.WORSE, "unknown": colours.UNKNOWN, "reference": colours.REFERENCE, "current": colours.BLUE,
    "expected": colours.SKY, "more": colours.MORE, "fewer": colours.AMBER, "threshold": colours.VERMILION,
    "mark": colours.PINK,
}  # fmt: skip


def levels_module() -> str:
    """Return the file with levels and colours."""
    return module(
        "src/mlexporter/generate/dashboards/colours.py",
        "Colours that stay apart for people who see no red, no green, or no blue, and from which value on they hold.\n"
        "A colour of text is given where that of the fill can not be read on white.",
        constant("colours", _COLOURS, "What each colour stands for."),
        constant(
            "severityLevels",
            [
                {**_level(step), "word": word, "sign": sign}
                for step, word, sign in zip(colours.SEVERITY, WORDS, SIGNS, strict=True)
            ],
            "Levels of drift severity, and of other distances in units of what is allowed; 1 is where the alert is.",
        ),
        constant(
            "budgetLevels", [_level(step) for step in BUDGET_LEFT], "Levels of the part of an error budget that is left."
        ),
        constant("limitLevels", [_level(step) for step in OF_LIMIT], "Levels of a latency divided by its limit."),
        constant("burnLevels", [_level(step) for step in BURN], "Levels of how fast an error budget burns; at 1 it lasts."),
        constant("anyLevels", [_level(step) for step in colours.ANY_IS_BAD], "Levels of counts of what should not be there."),
        constant(
            "stateLevels",
            [{**_level((beginning, tint)), "word": word} for beginning, word, tint in STATES],
            "States of a model, by the value of `queries.models.state`.",
        ),
        constant("longestBar", LONGEST_BAR, "Severity at which a bar or a sparkline is full."),
    )  # fmt: skip


def _level(step: Step) -> dict[str, Value]:
    beginning, tint = step
    text = {"textColour": colours.WATCH_TEXT} if tint == colours.WATCH else {}
    return {"from": beginning, "colour": tint, **text}
