"""Frames as the compare panel gets them, made up: subjects with bins and rows, and what is known of them."""

from dataclasses import dataclass, field

VERSION = {"model_version": "1", "variant": "primary"}
PROFILE = {**VERSION, "profile": "0a1b2c3d"}
RANGES = ("≤ 1", "1 – 2", "2 – 4", "4 – 8", "> 8", "missing", "invalid")
WORDS = ("other", "unseen", "missing", "invalid")
USUAL = (50, 200, 400, 250, 80, 20, 0)
HIGHER = (0, 20, 80, 300, 500, 60, 40)


@dataclass
class Subject:
    """One feature: rows by bin on both sides, None for a side that is not there, and what is known."""

    name: str
    reference: tuple | None = USUAL
    current: tuple | None = USUAL
    ranges: tuple = RANGES
    profile: str = PROFILE["profile"]
    numbers: dict = field(
        default_factory=dict
    )  # severity, effect, threshold, psi, rows, importance, excluded
    absent: str | None = None


def frames(*subjects):
    """Return one table for each role that any of the subjects has."""
    rows = {}
    for subject in subjects:
        labels = {**PROFILE, "feature": subject.name}
        for place, text in enumerate(subject.ranges):
            # As the exporter names them: what is no interval and no category by its word.
            bin_labels = {**labels, "bin": text if text in WORDS else f"{place:02d}"}
            if subject.reference is not None:
                rows.setdefault("reference", []).append(
                    ({**bin_labels, "range": text}, subject.reference[place])
                )
            if subject.current is not None:
                counted = ({**bin_labels, "profile": subject.profile}, subject.current[place])
                rows.setdefault("current", []).append(counted)
        for role, value in subject.numbers.items():
            rows.setdefault(role, []).append(({**VERSION, "feature": subject.name}, value))
        if subject.absent:
            reason = {**VERSION, "feature": subject.name, "reason": subject.absent}
            rows.setdefault("absent", []).append((reason, 1))
    return [_table(role, each) for role, each in rows.items()]


def required(count):
    """Return the table that says how many rows a score needs."""
    return _table("required", [(VERSION, count)])


def _table(role, rows):
    names = sorted({name for labels, _ in rows for name in labels})
    return {
        "refId": role,
        "fields": [
            {"name": "Time", "type": "time", "values": [0 for _ in rows]},
            *(
                {"name": name, "type": "string", "values": [labels.get(name, "") for labels, _ in rows]}
                for name in names
            ),
            {"name": f"Value #{role}", "type": "number", "values": [value for _, value in rows]},
        ],
    }
