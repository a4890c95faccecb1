"""What the calibration finds, and the tables that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

BEGINNING: Final = """# What the calibration found

*Written by `make calibrate`; do not edit. The figures are also in `benchmarks/calibration.json`.*

Every figure was measured through the code that ships: profiles by `Profile.fit`, counts in their bins, and
`evaluate` (or the statistics that it calls). The peers are the real libraries, with their default rules
where nothing else is said; the last column says how many looks or draws a figure rests on.
"""


@dataclass(frozen=True)
class Finding:
    """One figure.

    Attributes:
        goal: Such as ``G1``.
        what: For people.
        ours: None where it was not measured, and where it is about peers alone.
        unit: Such as ``min``.
        lowest, highest: The goal; None where nothing is asked.
        peers: Peer to its figure, or to why there is none.
        basis: What the figures rest on.
        absent: Why ours was not measured.
    """

    goal: str
    what: str
    ours: float | None = None
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    peers: Mapping[str, str] = field(default_factory=dict)
    basis: str = ""
    absent: str = ""

    @property
    def is_reached(self) -> bool | None:
        """Whether the goal is reached; None where nothing is asked or measured."""
        if self.ours is None or (self.lowest is None and self.highest is None):
            return None
        above = self.lowest is None or self.ours >= self.lowest
        return above and (self.highest is None or self.ours <= self.highest)

    def as_json(self) -> dict[str, Any]:
        """Return what is not empty."""
        found = {name: value for name, value in asdict(self).items() if value not in (None, "", {})}
        return found | ({} if self.is_reached is None else {"is_reached": self.is_reached})

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Finding:
        """Return what ``as_json`` told."""
        return cls(**{name: value for name, value in found.items() if name != "is_reached"})


def figure(value: float) -> str:
    """Return a number with about three digits."""
    if value == int(value) and abs(value) < 1e6:
        return f"{value:,.0f}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.3g}" if size >= 1e-4 else f"{value:.1e}"


def _asked(found: Finding) -> str:
    low = "" if found.lowest is None else figure(found.lowest)
    high = "" if found.highest is None else figure(found.highest)
    if low and high:
        return f"{low} to {high}"
    return f">= {low}" if low else f"<= {high}" if high else ""


def _cells(found: Finding) -> list[str]:
    own = found.absent or ("" if found.ours is None else f"{figure(found.ours)} {found.unit}".strip())
    reached = {True: "yes", False: "NO", None: ""}[found.is_reached]
    peers = "; ".join(f"{name} {said}" for name, said in found.peers.items())
    return [found.goal, found.what, own, _asked(found), reached, peers, found.basis]


_HEAD: Final = ("goal", "what", "ours", "asked", "reached", "peers", "from")


def table(findings: Sequence[Finding]) -> str:
    """Return all figures for a terminal; peers and basis stand in lines of their own."""
    lines = [f"{'goal':<5}{'what':<58}{'ours':>16}{'asked':>16}  reached", "-" * 104]
    for found in findings:
        goal, what, own, asked, reached, peers, basis = _cells(found)
        lines.append(f"{goal:<5}{what:<58}{own:>16}{asked:>16}  {reached}".rstrip())
        lines += [f"{'':<9}{name}: {said}" for name, said in (("peers", peers), ("from", basis)) if said]
    return "\n".join(lines)


def markdown(findings: Sequence[Finding]) -> str:
    """Return all figures as a table of a document."""
    lines = [f"| {' | '.join(_HEAD)} |", "|---|---|---:|---:|---|---|---|"]
    lines += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in _cells(found)) + " |" for found in findings
    ]
    return "\n".join(lines)


def findings_of(results: Mapping[str, Any]) -> list[Finding]:
    """Return all findings of ``results``, goal by goal."""
    return [Finding.from_json(found) for goal in results["goals"].values() for found in goal["findings"]]


def document(results: Mapping[str, Any]) -> str:
    """Return the page about ``results``, as they stand in the JSON file."""
    findings = findings_of(results)
    machine = results["machine"]
    asked = [found for found in findings if found.is_reached is not None]
    reached = sum(found.is_reached is True for found in asked)
    days = sorted({goal["measured"] for goal in results["goals"].values()})
    minutes = sum(goal["seconds"] for goal in results["goals"].values()) / 60
    versions = ", ".join(f"{name} {version}" for name, version in sorted(results["versions"].items()))
    begun = (
        f"{reached} of {len(asked)} figures reach their goals. Seed {results['seed']}, {' and '.join(days)}, "
        f"{minutes:.0f} minutes on {machine['cores']} cores of {machine['processor']}; {versions}.\n"
    )
    parts = [BEGINNING, begun]
    if results["not_measured"]:
        parts.append(
            f"Not measured yet: {', '.join(results['not_measured'])}; `make calibrate` measures all.\n"
        )
    parts.append(markdown(findings) + "\n")
    absences = [f"- {name}: {reason}" for name, reason in results["absent"].items()]
    if absences:
        parts.append("Not here:\n\n" + "\n".join(absences) + "\n")
    return "\n".join(parts)
