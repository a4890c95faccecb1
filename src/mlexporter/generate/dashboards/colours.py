"""Colours of all dashboards: every pair stays apart for people who see no red, no green, or no blue.

The pairs keep a distance of at least 18 (CIE 1976) in simulated protanopia, deuteranopia and tritanopia. Yellow is
for fills only: as text on white it has a contrast of 1.5. Colour is never the only sign: words and numbers say it too.
"""

from __future__ import annotations

from typing import Final

OK: Final = "#4C78A8"
WATCH: Final = "#F2CF5B"
WATCH_TEXT: Final = "#B8860B"
"""``WATCH`` where it is the colour of text: above 3 against white and against the dark theme."""

BAD: Final = "#E8871E"
WORSE: Final = "#D7263D"
UNKNOWN: Final = "#7F7F7F"
REFERENCE: Final = "#8F8F8F"
PLAIN: Final = "text"
"""The theme's own colour of text: for numbers that are neither good nor bad."""

BLUE: Final = "#0072B2"
AMBER: Final = "#E69F00"
VERMILION: Final = "#D55E00"
SKY: Final = "#56B4E9"
PINK: Final = "#CC79A7"
MORE: Final = "#1F78B4"
"""More than in the reference; fewer is ``AMBER``."""

Step = tuple[float | None, str]
"""From which value a colour holds; None begins."""

SEVERITY: Final[tuple[Step, ...]] = ((None, OK), (0.5, WATCH), (1, BAD), (2, WORSE))
"""Drift severity: 1 is where the alert is."""
STATES: Final[tuple[Step, ...]] = ((None, UNKNOWN), (0, OK), *SEVERITY[1:])
"""Severity in a state timeline, and grey below 0: there a row says why there is nothing."""

NEUTRAL: Final[tuple[Step, ...]] = ((None, PLAIN),)
ANY_IS_BAD: Final[tuple[Step, ...]] = ((None, OK), (1, WORSE))
"""Counts of what should not be there."""
