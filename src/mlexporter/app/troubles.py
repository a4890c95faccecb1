"""``Troubles``: what does not work now with the directory; each is told when it begins and when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from mlexporter.catalogue import DEGRADED_REASONS
from mlexporter.state.log import LOG, fields

if TYPE_CHECKING:
    from mlexporter.state.slots.outsiders import Outsider

_REASONS: Final = tuple(reason for reason in DEGRADED_REASONS if reason.startswith("directory_"))
_OTHERS: Final = (
    "counts of process {} are missing here, wholly or in part: it cannot count in the directory, tries "
    "again each second, and its log says why"
)


class Troubles:
    """Troubles by the part that has them: two parts may have one reason. Safe with threads; nothing raises."""

    def __init__(self) -> None:
        self._known: Mapping[str, tuple[str, str]] = {}

    @property
    def degraded(self) -> dict[str, str]:
        """What is wrong, by reason."""
        found: dict[str, list[str]] = {}
        for reason, sentence in self._known.values():
            found.setdefault(reason, []).append(sentence)
        return {reason: "; ".join(dict.fromkeys(sentences)) for reason, sentences in found.items()}

    def has(self, part: str) -> bool:
        """Return whether ``part`` has a trouble now."""
        return part in self._known

    def begin(self, part: str, reason: str, sentence: str) -> None:
        """Remember that ``part`` has a trouble; the log tells each part and reason once, until it is over.

        Args:
            part: What has it.
            reason: One of ``catalogue.DEGRADED_REASONS``.
            sentence: What is wrong, and the way out.
        """
        before = self._known.get(part)
        self._known = {**self._known, part: (reason, sentence)}
        if before is None or before[0] != reason:
            LOG.warning("mlexporter: %s", sentence, extra=fields(reason=reason, degraded="begin"))

    def end(self, part: str, sentence: str) -> None:
        """Forget the trouble of ``part``, and log ``sentence``, where there is one, if it had any."""
        if part in self._known:
            reason = self._known[part][0]
            self._known = {known: trouble for known, trouble in self._known.items() if known != part}
            if sentence:
                LOG.warning("mlexporter: %s", sentence, extra=fields(reason=reason, degraded="end"))

    def tell_of_others(self, outsiders: Iterable[Outsider]) -> None:
        """Remember, by reason, that counts of other workers are missing, or that it is over."""
        found: dict[str, list[str]] = {}
        for outsider in outsiders:
            if not outsider.is_own:
                found.setdefault(outsider.reason, []).append(str(outsider.process.pid))
        for reason in _REASONS:
            part = f"{reason} of others"
            if reason in found:
                self.begin(part, reason, _OTHERS.format(", ".join(found[reason])))
            else:
                self.end(part, f"no other worker counts outside the directory any more ({reason})")
