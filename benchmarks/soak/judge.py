"""What held and what did not: pure functions from what a soak has found to verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from soak import memory
from soak.expected import ALWAYS, EXPECTED, LOST, Page
from soak.scale import Scale

_SHORT_TIME_SECONDS: Final = 5.0
"""Who left a call that long before its worker was killed cannot know whether it ended first."""

HARSH: Final = frozenset(
    {"kill a worker", "end a worker", "stop a worker", "stop the evaluator", "counts disk full", "redeploy"}
)
"""Faults in which calls may stay unanswered: something happens to a worker."""

SLOPE_LIMIT: Final = 4096.0
"""KiB an hour that a process may grow by, beyond doubt: the lower end of the interval must not be above it."""

SLOPE_SECONDS: Final = 1200.0
"""Shorter lives have no slope worth the name; of them the last quarter is compared with the first."""

RISE_LIMIT: Final = 16 * 1024.0
"""KiB between the first and the last quarter of a life, once warm."""

EXTRA_FILES: Final = 12
"""Files and threads that a process may have more at the end than at the beginning: connections come and go."""

DIRECTORY_LIMIT: Final = (200, 4 * 2**20)
"""Files, and bytes, in a directory of counts or of windows at any time."""


class Verdict(NamedTuple):
    """One thing that has to hold."""

    what: str
    held: bool
    found: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return self._asdict()


def verdicts_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return all verdicts on a run."""
    scale, faults = found["scale"], found["faults"]
    lost = {life["life"]: sum(one["lost"] for one in life["counted"].values()) for life in found["lives"]}
    verdicts = [
        *schedule(found["planned"], faults),
        *counts(found["lives"], faults),
        counters(found["complaints"], found.get("resets"), found["looks"]),
        *pages(found.get("firings"), found["messages"], faults, scale, lost),
        *growth(found["use"], found["loaded"] + scale.warm_up),
        directories(found["disks"]),
        own(found["lives"], found["logs"]),
        Verdict("small disks are mounted", found["disks_are_mounted"], "else a full disk is not tried"),
    ]
    return [verdict.as_json() for verdict in verdicts]


def schedule(planned: Iterable[tuple[str, str]], faults: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Every fault was done as often as planned, and what it was done to came back."""
    done = Counter(fault["what"] for fault in faults)
    missing = Counter(name for name, _ in planned) - done
    failed = [f"{fault['what']} at {fault['to']}: {fault['failed']}" for fault in faults if "failed" in fault]
    return [
        Verdict("all planned faults were done", not missing, _listed(missing) or f"{done.total()} faults"),
        Verdict("what was hit came back each time", not failed, _listed(failed) or "all did"),
    ]


def counts(lives: Iterable[Mapping[str, Any]], faults: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """What was answered is counted, what is counted was asked for, and every accepted row is somewhere."""
    faults = list(faults)
    wrong, uneven, unexplained, unseen = [], [], [], []
    n_calls = n_rows = n_open = 0
    lives = list(lives)
    for life in lives:
        harsh = [fault for fault in faults if fault["what"] in HARSH and fault["to"] == life["life"]]
        for _, _, began, ended, reason in life["unanswered"]:
            if not any(
                began <= fault["over_monotonic"] and ended >= fault["began_monotonic"] for fault in harsh
            ):
                unexplained.append(f"{life['life']}: {reason}")
        n_open += len(life["unanswered"])
        for key, account in life["accounts"].items():
            counted = life["counted"].get(key, {"calls": {}, "rows": 0, "bins": {}, "lost": 0, "dropped": 0})
            wrong += [f"{life['life']} {key}: {each}" for each in _wrong(key, account, counted, life, harsh)]
            uneven += _uneven(f"{life['life']} {key}", counted)
            calls = sum(counted["calls"].values())
            n_calls, n_rows = n_calls + calls, n_rows + counted["rows"]
            if life["prometheus"].get(key, 0) != calls:
                unseen.append(f"{life['life']} {key}: {life['prometheus'].get(key)} of {calls}")
    told = f"{n_calls:,} calls and {n_rows:,} rows in {len(lives)} pods; {n_open} calls under way when their worker went"
    return [
        Verdict("answered <= counted <= answered + under way, calls, rows and each status", bool(lives) and not wrong, _listed(wrong) or told),
        Verdict("accepted = binned + dropped + lost for every feature", bool(lives) and not uneven, _listed(uneven) or f"{n_rows:,} rows"),
        Verdict("a call stays unanswered only when its worker is hit", not unexplained, _listed(unexplained) or f"{n_open} calls"),
        Verdict("Prometheus has the very counts in the end", bool(lives) and not unseen, _listed(unseen) or f"{n_calls:,} calls"),
    ]  # fmt: skip


def _wrong(
    key: str,
    account: Mapping[str, Any],
    counted: Mapping[str, Any],
    life: Mapping[str, Any],
    harsh: Iterable[Mapping[str, Any]],
) -> list[str]:
    harsh = list(harsh)
    doubtful = [
        rows for at, rows in account["left"]
        if any(fault["began_monotonic"] - _SHORT_TIME_SECONDS <= at <= fault["over_monotonic"] for fault in harsh)
    ]  # fmt: skip
    unanswered = sum(name == key for name, *_ in life["unanswered"])
    answered, calls = account["answered"], counted["calls"]
    limits = [
        ("calls", sum(answered.values()) - len(doubtful), sum(calls.values()), account["asked"][0]),
        ("rows", account["answered_rows"] - sum(doubtful), counted["rows"], account["asked"][1]),
        ("ok", answered["ok"], calls.get("ok", 0), answered["ok"] + answered["left"] + unanswered),
        ("error", answered["error"], calls.get("error", 0), answered["error"] + unanswered),
    ]
    return [
        f"{value} {name} counted, not between {lower} and {upper}"
        for name, lower, value, upper in limits
        if not lower <= value <= upper
    ]


def _uneven(of: str, counted: Mapping[str, Any]) -> list[str]:
    gone = counted["lost"] + counted["dropped"]
    return [
        f"{of}, {feature}: {counted['rows']} accepted, {rows} binned, {gone} lost or dropped"
        for feature, rows in counted["bins"].items()
        if rows + gone != counted["rows"]
    ]


def counters(complaints: list[str], resets: Mapping[str, float] | None, looks: list[int]) -> Verdict:
    """No counter fell in any scrape of ours or of Prometheus, and none was ever out of bounds."""
    wrong = [*complaints, *(f"{name} fell {times:g} times" for name, times in (resets or {}).items())]
    if resets is None:
        wrong.append("Prometheus was not asked")
    told = f"{looks[0]:,} scrapes of ours with {looks[1]:,} samples, and all of Prometheus"
    return Verdict(
        "no counter falls, and none is out of bounds, in any scrape", not wrong, _listed(wrong) or told
    )


def pages(
    firings: Iterable[Any] | None, messages: Iterable[Any], faults: list[Mapping[str, Any]], scale: Scale,
    lost: Mapping[str, int],
) -> list[Verdict]:  # fmt: skip
    """Each alert that fired or was sent has a fault that explains it, and each fault that shall be told was told."""
    fired = [(one.alert, one.labels, one.began) for one in firings or () if one.alert not in ALWAYS]
    sent = [(one.alert, one.labels, one.at) for one in messages if one.is_firing and one.alert not in ALWAYS]
    false = [
        f"{alert} {dict(labels)}"
        for alert, labels, at in fired
        if not _is_explained((alert, labels, at), faults, scale)
    ]
    # A group that is told of anew holds what already fired; how long it may have waited is in the routes.
    false += [f"sent: {alert} {dict(labels)}" for alert, labels, at in sent
              if not any((alert, labels) == (other, others) and began <= at + scale.interval for other, others, began in fired)]  # fmt: skip
    owed = [(fault, page) for fault in faults for page in EXPECTED[fault["what"]].must]
    untold = [f"{page.alert} for {fault['what']} at {fault['to']}" for fault, page in owed
              if not (_came(page, fault, fired, scale, 0.0) and _came(page, fault, sent, scale, 120.0))]  # fmt: skip
    untold += [f"{LOST.alert} for {rows} rows at {life}" for life, rows in lost.items()
               if rows and _is_due(life, faults, scale)
               and not any(alert == LOST.alert and labels.get("instance") == life for alert, labels, _ in fired)]  # fmt: skip
    has_watchdog = any(one.alert in ALWAYS for one in messages)
    return [
        Verdict("no false page", firings is not None and not false, _listed(false) or f"{len(fired)} alerts fired, each with its fault"),
        Verdict("every fault that shall be told is told", not untold, _listed(untold) or f"{len(owed)} pages owed, all came"),
        Verdict("the watchdog is heard", has_watchdog, "by the dead-man receiver"),
    ]  # fmt: skip


def _is_explained(
    one: tuple[str, Mapping[str, str], float], faults: Iterable[Mapping[str, Any]], scale: Scale
) -> bool:
    alert, labels, at = one
    return any(
        _matches(page, fault, alert, labels)
        and _is_in_time(page, fault, at, scale, 0.0)
        and _lasted(page, fault, scale)
        for fault in faults
        for page in (*EXPECTED[fault["what"]].must, *EXPECTED[fault["what"]].may)
    )


def _came(page: Page, fault: Mapping[str, Any], came: Iterable[Any], scale: Scale, sending: float) -> bool:
    return any(
        _matches(page, fault, alert, labels) and _is_in_time(page, fault, at, scale, sending)
        for alert, labels, at in came
    )


def _is_due(life: str, faults: Iterable[Mapping[str, Any]], scale: Scale) -> bool:
    """Whether rows that a pod lost must have been told: workers were killed, each long enough before the pod ended."""
    faults = list(faults)
    killed = [fault["over"] for fault in faults if fault["what"] == "kill a worker" and fault["to"] == life]
    ended = [fault["began"] for fault in faults if fault["what"] == "redeploy" and fault["to"] == life]
    return bool(killed) and all(end - over > 2 * scale.hold(300.0) for over in killed for end in ended)


def _matches(page: Page, fault: Mapping[str, Any], alert: str, labels: Mapping[str, str]) -> bool:
    wanted = {name: text.format(pod=fault["to"]) for name, text in page.labels.items()}
    return page.alert == alert and wanted.items() <= labels.items()


def _is_in_time(page: Page, fault: Mapping[str, Any], at: float, scale: Scale, sending: float) -> bool:
    slack = 10 * scale.interval
    return bool(
        fault["began"] - scale.interval <= at <= fault["over"] + scale.seconds(page.tail + sending) + slack
    )


def _lasted(page: Page, fault: Mapping[str, Any], scale: Scale) -> bool:
    needed = scale.seconds(page.lasting) - 3 * scale.interval if page.lasting else 0.0
    return bool(fault["over"] - fault["began"] >= needed)


def growth(use: Mapping[str, list[memory.Use]], settled_from: float) -> list[Verdict]:
    """Memory, files and threads of every process that lived long enough are flat once it is warm."""
    fat, crowded, told = [], [], []
    for name, uses in use.items():
        found = memory.summary(uses, max(settled_from, uses[0].at + 60.0))
        if found is None:
            continue
        first, last = found["first_and_last_quarter"]
        middle, lower, upper = found["slope"]
        if found["seconds"] >= SLOPE_SECONDS:
            told.append(f"{name} {middle:+,} ({lower:+,} to {upper:+,})")
            if lower > SLOPE_LIMIT:
                fat.append(f"{name}: {lower:,} to {upper:,} KiB an hour")
        if last - first > RISE_LIMIT:
            fat.append(f"{name}: from {first:,} to {last:,} KiB")
        crowded += [
            f"{name}: {what} from {found[what][0]} to {found[what][1]}"
            for what in ("files", "threads")
            if found[what][1] > found[what][0] + EXTRA_FILES
        ]
    return [
        Verdict(
            "memory is flat", not fat, _listed(fat) or f"KiB an hour: {'; '.join(told) or 'too short to say'}"
        ),
        Verdict("files and threads are flat", not crowded, _listed(crowded) or f"{len(use)} processes"),
    ]


def directories(disks: Iterable[list[Any]]) -> Verdict:
    """Directories stay small."""
    disks = list(disks)
    most_files = max((files for _, _, files, _ in disks), default=0)
    most_bytes = max((size for _, _, _, size in disks), default=0)
    held = most_files <= DIRECTORY_LIMIT[0] and most_bytes <= DIRECTORY_LIMIT[1]
    return Verdict(
        "directories stay small", held, f"at most {most_files} files, {most_bytes / 2**20:.1f} MiB"
    )


def own(lives: Iterable[Mapping[str, Any]], logs: Iterable[Mapping[str, Any]]) -> Verdict:
    """Nothing of ours failed inside: no error was caught, no counts were set aside, no row was dropped."""
    wrong = []
    for life in lives:
        wrong += [
            f"{life['life']}: {life['own'].get(what)} {what}"
            for what in ("internal_errors", "set_aside", "in_progress")
            if life["own"].get(what, 1)
        ]
        wrong += [
            f"{life['life']} {key}: {one['dropped']} rows dropped"
            for key, one in life["counted"].items()
            if one["dropped"]
        ]
    wrong += [
        f"{log['of']}: {line}"
        for log in logs
        for line in log["says"]
        if line.startswith(("Traceback", "Fatal"))
    ]
    return Verdict(
        "nothing fails inside", not wrong, _listed(wrong) or "no error, nothing set aside or dropped"
    )


def _listed(these: Iterable[Any]) -> str:
    return "; ".join(str(each) for each in list(these)[:12])
