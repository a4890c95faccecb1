"""How much one share rose at least."""

from __future__ import annotations

import numpy as np

from mlexporter.records import Scores


def share_rise(q: Scores, p: Scores) -> Scores:
    """Return the rise from share p to share q as Cohen's h, between -pi and pi.

    Source: cohen1988.
    """
    return 2 * (np.arcsin(np.sqrt(np.minimum(q, 1.0))) - np.arcsin(np.sqrt(np.minimum(p, 1.0))))


def share_rise_lower_bound(q: Scores, p: Scores, s: Scores, alpha: float) -> Scores:
    """Return the one-sided lower confidence bound of the rise from share p to share q.

    Args:
        q: Share in the window, between 0 and 1, shape (n_rows,).
        p: Share in the reference, likewise.
        s: 1/n + 1/m, the variance of Cohen's h, > 0.
        alpha: One minus the confidence, between 0 and 1.

    Returns:
        Cohen's h less its noise, between 0 and pi, shape (n_rows,); for small rises of a share it is
        on the scale of the drift effect.

    Source: cohen1988 (h); freemantukey1950 (the arcsine's constant variance).
    """
    from scipy.special import ndtri  # noqa: PLC0415 - scipy loads at the first evaluation

    return np.maximum(share_rise(q, p) + ndtri(alpha) * np.sqrt(s), 0.0)
