"""How many examples a property is tried with: all of them, or a share where time is short."""

from hypothesis import settings

FEWEST = 5


def examples(most):
    """Return ``most``, or a share of it under a profile of Hypothesis with fewer than a hundred examples."""
    return min(most, max(FEWEST, most * settings.default.max_examples // 100))
