"""Learn what training data looked like, and keep it: bins, counts and thresholds, never rows.

Nothing here counts served rows (``state``) or computes drift (``statistics``).
"""

from mlexporter.profile.profile import Profile

__all__ = ["Profile"]
