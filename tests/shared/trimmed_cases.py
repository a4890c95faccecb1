"""Test files of promtool, cut so that each case evaluates only the rules that it is about.

Promtool evaluates every rule of every file at every step of every case: 70 alerts where one is looked at. Alerts
do not read each other, so a case says the same with its own alert and the recorded series that it reads.
"""

import re
from pathlib import Path

import yaml

_NAME = re.compile(r"[a-z_]+:[a-zA-Z0-9_]+:[a-zA-Z0-9_]+")
_ALERT = re.compile(r'alertname="(\w+)"')


def write_trimmed(path, folder):
    """Write the cases of a test file into ``folder``, with their rules; return the paths of the test files."""
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules = {
        name: yaml.safe_load((path.parent / name).read_text(encoding="utf-8"))["groups"]
        for name in whole["rule_files"]
    }
    by_wanted = {}
    for case in whole["tests"]:
        by_wanted.setdefault(_wanted(case, rules), []).append(case)
    return [
        _write(Path(folder) / f"{path.stem}-{number}", whole, rules, wanted, cases)
        for number, (wanted, cases) in enumerate(by_wanted.items())
    ]


def _wanted(case, rules):
    """Return the names of the rules that a case asks for, and of those that these read."""
    asked = "\n".join(test["expr"] for test in case.get("promql_expr_test", ()))
    alerts = {test["alertname"] for test in case.get("alert_rule_test", ())} | set(_ALERT.findall(asked))
    wanted, reading = set(alerts), set(_NAME.findall(asked))
    read_by = {}
    for groups in rules.values():
        for group in groups:
            for rule in group["rules"]:
                texts = [rule["expr"], *rule.get("annotations", {}).values()]
                read_by.setdefault(rule.get("alert") or rule["record"], set()).update(
                    _NAME.findall("\n".join(texts))
                )
    reading |= set().union(*(read_by.get(alert, set()) for alert in alerts))
    while reading:
        wanted |= reading
        reading = set().union(*(read_by.get(name, set()) for name in reading)) - wanted
    return frozenset(wanted)


def _write(folder, whole, rules, wanted, cases):
    folder.mkdir(parents=True)
    names, order = [], []
    for name, groups in rules.items():
        left = [
            {
                **group,
                "rules": [rule for rule in group["rules"] if (rule.get("alert") or rule["record"]) in wanted],
            }
            for group in groups
        ]
        left = [group for group in left if group["rules"]]
        if left:
            (folder / Path(name).name).write_text(yaml.safe_dump({"groups": left}), encoding="utf-8")
            names.append(Path(name).name)
            order += [group["name"] for group in left]
    # Else promtool takes groups in an order of chance, and what reads a recorded series sees that of a minute before.
    test = {**whole, "rule_files": names, "tests": cases, "group_eval_order": order}
    path = folder / "cases.yaml"
    path.write_text(yaml.safe_dump(test, sort_keys=False), encoding="utf-8")
    return path
