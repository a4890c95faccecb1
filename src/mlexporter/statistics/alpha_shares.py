"""How the three tests of a subject with ordered bins share out its probability of a false alarm.

Most drift is a shift of location, and the delay that is hardest to meet is that of a small one: it has a
half. The omnibus has the most liberal tail where rows are few, so it gains nothing from more than a quarter.
Shares need not be equal, only add up to 1.

Source: dunn1961.
"""

from __future__ import annotations

from typing import Final

LOCATION: Final = 1 / 2
"""Of the location, in both directions together."""

SPREAD: Final = 1 / 4
"""Of the spread, in both directions together."""

OMNIBUS: Final = 1 / 4
"""Of the omnibus, which has no direction."""
