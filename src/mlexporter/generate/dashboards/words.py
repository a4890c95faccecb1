"""What a panel says behind its small i: what it shows, how that is computed, when it is bad, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The description of a panel, each part one to three sentences.

    Attributes:
        shows: What is drawn, with its unit.
        computed: From which counts, over which time, over which pods.
        bad: From when on it is bad; names the alert where there is one.
        do: What somebody does then, or where to look next.
        needs: What has to be there first, such as recording rules or a graphics card; empty for nothing.
    """

    shows: str
    computed: str
    bad: str
    do: str
    needs: str = ""

    def markdown(self) -> str:
        """Return the text as Grafana shows it."""
        parts = [("Shows", self.shows), ("Computed", self.computed), ("Bad", self.bad), ("Do", self.do)]
        if self.needs:
            parts.append(("Needs", self.needs))
        return "\n\n".join(f"**{name}.** {text}" for name, text in parts)


RULES_NEEDED = "The recording rules of `alerts/recording.yaml` in Prometheus: without them it is empty."
"""``Words.needs`` of a panel that reads recorded series."""

DRIFT_RULES_NEEDED = (
    f"A profile, rows enough in a window, and this: {RULES_NEEDED[0].lower()}{RULES_NEEDED[1:]}"
)
"""``Words.needs`` of a panel that draws the recorded severity of every feature."""
