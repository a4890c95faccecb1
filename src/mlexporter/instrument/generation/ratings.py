"""What people say of answers, in the words of the catalogue."""

from __future__ import annotations

from typing import Final

from mlexporter.catalogue import RATINGS

POSITIVE, NEGATIVE, NEUTRAL = RATINGS[:3]
STARS: Final = RATINGS[3:8]
_OTHER: Final = RATINGS[-1]
_WORDS: Final = {
    **{each: each for each in RATINGS if each != _OTHER},
    **dict.fromkeys(("up", "thumbs up", "thumb up", "like", "good", "\N{THUMBS UP SIGN}", "+1"), POSITIVE),
    **dict.fromkeys(
        ("down", "thumbs down", "thumb down", "dislike", "bad", "\N{THUMBS DOWN SIGN}", "-1"), NEGATIVE
    ),
}
_LONGEST: Final = 20


def rating_of(value: object) -> str:
    """Return which of ``catalogue.RATINGS`` is meant: ``other`` where it is none.

    >>> rating_of(True), rating_of("thumbs_down"), rating_of(5), rating_of("so-so")
    ('positive', 'negative', '5', 'other')
    """
    if value is True:
        return POSITIVE
    if value is False:
        return NEGATIVE
    if type(value) is int:
        return str(value) if 1 <= value <= len(STARS) else _OTHER
    if not isinstance(value, str) or len(value) > _LONGEST:
        return _OTHER
    return _WORDS.get(value.strip().lower().replace("_", " "), _OTHER)
