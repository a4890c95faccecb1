"""The page of the results: what was done, what held, and a picture of memory and traffic with the faults in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from soak.expected import EXPECTED
from soak.picture import picture

PICTURE: Final = "soak.svg"
HEAD: Final = """<!-- Written by `make soak` from benchmarks/soak/results.json; run it again instead of editing. -->

# The soak: an hour of load with faults

Two pods serve for an hour: gunicorn with three workers, uvicorn with two, an exporter beside each, counts and windows
on small disks of their own. A real Prometheus with every rule that ships (recording, alerts, fleet) and a real
Alertmanager with the configuration that ships watch them. Callers ask for single rows, batches, slow calls, calls that
raise, and streamed answers of a chat, and leave some of them; they keep a ledger of their own. Meanwhile workers are
killed, disks are full, clocks jump, and what watches is killed too.
"""

MEANING: Final = """## What it means

- **Counts are exact** through all of it: what was answered is counted, what is counted was asked for, and the
  difference is at most what a killed worker had under way. Every accepted row is in one bin of each feature, dropped,
  or lost with its worker. No counter fell in any scrape, ours or those of Prometheus.
- **No false page.** Traffic has the distribution that the profile was learned from, so whatever fires needs a fault
  that explains it: the table of expected alerts in `benchmarks/soak/expected.py` says which, and from how long a fault
  on. Rules, ranges and windows run {factor:g} times faster than real, so that the run is {hours:.3g} hours of the rules' time:
  in an hour of real time an alert with `for: 15m` has hardly four chances to be wrong, and a window of a day none. It
  is also harder: a worker that takes a second to start is gone for {factor:g} seconds, and windows hold {factor:g} times fewer rows.
  It says nothing about seasons, which take days; [the calibration](calibration-results.md) does.
- **Pages do come.** Faults that somebody has to know of were told, and so was the unit error at the end: distances in
  metres instead of kilometres.
- **Memory**: of every process that lived for twenty minutes and more, warm, the slope of Theil and Sen with its
  95 % interval; a lower end above 4,096 KiB an hour fails. It is what the process owns: what it shares with others
  grows when those end. Windows keep marks of a minute for an hour, so an exporter grows a little in its first hour.
- What did not hold is open, and stands in the table above as it was found.
"""


def document(results: Mapping[str, Any]) -> str:
    """Return the page."""
    scale, totals = results["scale"], results["totals"]
    parts = [
        HEAD,
        (
            f"Measured on {results['measured']}, seed {results['seed']}, {scale['seconds'] / 60:.0f} minutes of load: "
            f"{totals['answered']:,} calls with {totals['rows']:,} rows were answered. {_machine(results)}"
        ),
        f"![Memory and traffic over the run, with the faults](../images/{PICTURE})",
        "## What held\n\n" + _table(("what has to hold", "", "found"), [
            (one["what"], "held" if one["held"] else "**did not hold**", one["found"]) for one in results["verdicts"]
        ]),
        "## What was done\n\n" + _table(("fault", "to", "at", "for", "must tell", "told"), [
            _fault(one, results["pages"]) for one in results["faults"]
        ]),
        "## Alerts that fired\n\n" + _table(("alert", "of", "from", "to"), [
            (f"`{one['alert']}`", _labels(one["labels"]), _clock(one["began"]), _clock(one["ended"]))
            for one in results["pages"]
        ]),
        "## Counts\n\n" + _table(("pod and model", "asked", "answered", "not answered", "counted", "rows", "lost"), [
            line for life in results["lives"] for line in _life(life)
        ]),
        "## Memory\n\n" + _table(
            ("process", "watched for", "own, MiB", "KiB an hour (95 %)", "files", "threads"),
            [_memory(name, one) for name, one in results["memory"].items() if one["seconds"] >= 600]
        ),
        MEANING.format(factor=scale["factor"], hours=scale["seconds"] / 3600 * scale["factor"]),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts) + "\n"


def write_page(results: Mapping[str, Any], path: Path) -> None:
    """Write the page and its picture."""
    path.write_text(document(results), encoding="utf-8")
    (path.parents[1] / "images" / PICTURE).write_text(picture(results), encoding="utf-8")


def _machine(results: Mapping[str, Any]) -> str:
    machine, versions = results["machine"], results["versions"]
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Machine: {machine['processor'].split(' avx')[0]}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, {machine['python']}, busy with other work beside it. {told}."
    )


def _fault(fault: Mapping[str, Any], pages: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    owed = {page.alert for page in EXPECTED[fault["what"]].must}
    told = [
        page for page in pages
        if page["alert"] in owed and page["labels"].get("instance", fault["to"]) in {fault["to"], "callers"}
        and fault["began"] <= page["began"] + 1
    ]  # fmt: skip
    after = f"after {min(page['began'] for page in told) - fault['began']:.0f} s" if told else ""
    lasted = fault["over"] - fault["began"]
    names = ", ".join(f"`{alert}`" for alert in sorted(owed))
    return fault["what"], fault["to"], _clock(fault["began"]), f"{lasted:.0f} s", names, after


def _life(life: Mapping[str, Any]) -> list[tuple[str, ...]]:
    lines = []
    for key, account in life["accounts"].items():
        counted = life["counted"].get(key, {"calls": {}, "rows": 0, "lost": 0})
        unanswered = sum(name == key for name, *_ in life["unanswered"])
        lines.append((
            f"{life['life']}, {key}", f"{account['asked'][0]:,}", f"{sum(account['answered'].values()):,}", f"{unanswered:,}",
            f"{sum(counted['calls'].values()):,}", f"{counted['rows']:,}", f"{counted['lost']:,}",
        ))  # fmt: skip
    return lines


def _memory(name: str, one: Mapping[str, Any]) -> tuple[str, ...]:
    middle, lower, upper = one["slope"]
    low, high = (each / 1024 for each in one["kibibytes"])
    words = name.split(" ")
    return (
        " ".join(words[:2]), f"{one['seconds'] / 60:.0f} min", f"{low:.1f} to {high:.1f}",
        f"{middle:+,} ({lower:+,} to {upper:+,})", "{} → {}".format(*one["files"]), "{} → {}".format(*one["threads"]),
    )  # fmt: skip


def _labels(labels: Mapping[str, str]) -> str:
    return ", ".join(text for name, text in labels.items() if name != "severity")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:d}:{int(seconds) % 60:02d}"


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows)
