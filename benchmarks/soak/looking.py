"""Looks at exporters while the soak runs and when a pod ends, with the ledger beside it."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Final

from mlexporter import catalogue
from soak.exposition import Sample, Scrape
from soak.ledger import Account, Ledger
from soak.pod import Pod
from soak.programs import SoakError, until
from soak.rows import FEATURES, MODEL
from soak.tower import OF_THE_LIVING, Tower

_COMPLAINTS: Final = 50


class Looker:
    """Compares each scrape with the ledger before and after it, and with the scrape before."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._before: dict[str, dict[Sample, float]] = {}
        self.n_looks, self.n_compared = 0, 0
        self.complaints: list[str] = []

    def look(self, pod: Pod, *, has_room: bool) -> None:
        """Look once; ``has_room`` is False while a worker may count where no reader sees it."""
        before = self._ledger.accounts(pod.life)
        found = pod.scrape()
        if found is None:
            return
        self.n_looks += 1
        after = self._ledger.accounts(pod.life)
        seen = self._before.setdefault(pod.life, {})
        complaints = [*_fallen(seen, found), *_uneven(found)]
        for key, account in after.items():
            complaints += _out_of_bounds(
                key, before.get(key, Account()) if has_room else Account(), account, found
            )
        seen |= found.growing
        self.n_compared += len(found.growing)
        at = time.strftime("%H:%M:%S", time.gmtime())
        self.complaints += [f"{at} {pod.life}: {each}" for each in complaints][
            : _COMPLAINTS - len(self.complaints)
        ]


def _fallen(before: dict[Sample, float], found: Scrape) -> list[str]:
    return [
        f"{key[0]}{dict(key[1])} fell from {value:g} to {found.growing.get(key)}"
        for key, value in before.items()
        if key[0] not in OF_THE_LIVING and found.growing.get(key, -1.0) < value
    ]


def _uneven(found: Scrape) -> list[str]:
    complaints = []
    for version in found.by(catalogue.PREDICTIONS, "model_version", model_name=MODEL):
        rows = found.total(catalogue.PREDICTIONS, model_name=MODEL, model_version=version)
        bins = {
            found.total(catalogue.FEATURE_OBSERVATIONS, model_version=version, feature=feature)
            for feature in FEATURES
        }
        if len(bins) != 1 or max(bins) > rows:
            complaints.append(f"rows in bins {sorted(bins)} of {rows:g} accepted")
    return complaints


def _out_of_bounds(key: tuple[str, str], before: Account, after: Account, found: Scrape) -> list[str]:
    model, version = key
    calls = found.total(catalogue.PREDICTION_REQUESTS, model_name=model, model_version=version)
    rows = found.total(catalogue.PREDICTIONS, model_name=model, model_version=version)
    lower = before.answered["ok"] + before.answered["error"]
    complaints = []
    if not lower <= calls <= after.asked_calls:
        complaints.append(f"{model} {version}: {calls:g} calls, {lower} answered, {after.asked_calls} asked")
    lower_rows = before.answered_rows - sum(rows for _, rows in before.left)
    if not lower_rows <= rows <= after.asked_rows:
        complaints.append(
            f"{model} {version}: {rows:g} rows, {lower_rows} answered, {after.asked_rows} asked"
        )
    return complaints


def final_counts(
    pod: Pod, ledger: Ledger, tower: Tower, *, patience: float, interval: float
) -> dict[str, Any]:
    """Return what the ledger, the exporter and Prometheus say of a pod that gets no calls any more."""
    accounts = ledger.accounts(pod.life)
    last: list[dict[str, Any]] = []

    def is_settled() -> bool:
        found = pod.scrape()
        if found is None:
            return False
        last[:] = [{" ".join(key): _counted(found, *key) for key in accounts}, _own(found)]
        return all(_adds_up(counted) for counted in last[0].values()) and not last[1]["in_progress"]

    with contextlib.suppress(SoakError):  # the judge says what is wrong with it
        until(is_settled, seconds=patience, told=f"{pod.life} settles")
    counted, own = last or [{}, {}]
    time.sleep(2 * interval)
    expression = (
        f'sum by (model_name, model_version) ({catalogue.PREDICTION_REQUESTS.name}{{instance="{pod.life}"}})'
    )
    seen = {
        f"{labels['model_name']} {labels['model_version']}": int(value)
        for labels, value in tower.query(expression)
    }
    unanswered = [each for each in ledger.unanswered if each.key[0] == pod.life]
    return {
        "life": pod.life,
        "server": pod.kind.server,
        "accounts": {" ".join(key): _account(account) for key, account in accounts.items()},
        "unanswered": [
            [" ".join(each.key[1:]), each.rows, each.began, each.ended, each.reason] for each in unanswered
        ],
        "counted": counted,
        "own": own,
        "prometheus": seen,
    }


def _account(account: Account) -> dict[str, Any]:
    return {
        "asked": [account.asked_calls, account.asked_rows],
        "answered": dict(account.answered),
        "answered_rows": account.answered_rows,
        "left": account.left,
    }


def _counted(found: Scrape, model: str, version: str) -> dict[str, Any]:
    labels = {"model_name": model, "model_version": version}
    return {
        "calls": found.by(catalogue.PREDICTION_REQUESTS, "status", **labels),
        "rows": int(found.total(catalogue.PREDICTIONS, **labels)),
        "bins": found.by(catalogue.FEATURE_OBSERVATIONS, "feature", **labels),
        "lost": int(found.total(catalogue.ROWS_LOST, **labels)),
        "dropped": int(found.total(catalogue.DROPPED_ROWS, **labels)),
    }


def _adds_up(counted: dict[str, Any]) -> bool:
    gone = counted["lost"] + counted["dropped"]
    return all(rows + gone == counted["rows"] for rows in counted["bins"].values())


def _own(found: Scrape) -> dict[str, int]:
    return {
        "internal_errors": int(found.total(catalogue.INTERNAL_ERRORS)),
        "set_aside": int(found.total(catalogue.SLOTS_SET_ASIDE)),
        "in_progress": int(found.total(catalogue.PREDICTIONS_IN_PROGRESS)),
        "series": len(found.samples),
    }
