"""A model without a profile and several workers: one of them learns it, and all count into its bins."""

import os
import signal
import sys
import time

import pytest

from mlexporter import catalogue

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="who holds a lock is told by the kernel's files"),
]

N_WORKERS = 3
WARMUP_ROWS = 400


def begin(gunicorn, shared, *, preload=None, **environment):
    """Return a server whose workers learn."""
    return gunicorn(
        "-w", str(N_WORKERS), *filter(None, [preload]), MLEXPORTER_DIR=str(shared), PROFILE="warmup",
        MLEXPORTER_WARMUP_ROWS=str(WARMUP_ROWS), **environment,
    )  # fmt: skip


def ids(shared, kind):
    """Return the names of the files of one kind in a directory."""
    return sorted(path.name for path in shared.glob(f"shared-{kind}-*"))


def learned(tools, server):
    """Return the id of the profile that every one of many scrapes tells, once they do."""

    def told():
        found = set()
        for _ in range(4 * N_WORKERS):
            samples = server.scrape().of(catalogue.PROFILE_INFO, model_version="1")
            found |= {dict(labels)["profile_id"] for labels in samples} or {None}
        return len(found) == 1 and found.pop()

    return tools.until(told, told=server.said)


def until_all_have_rows(tools, server, n_calls):
    """Call ``/hundred`` until every worker has had so many calls; return how many calls that were."""
    calls = dict.fromkeys(server.pids(N_WORKERS), 0)
    while min(calls.values()) < n_calls:
        for pid in tools.ask(server, "/hundred", 6):
            calls[pid] += 1
    return sum(calls.values())


def test_one_learns_for_all(tools, gunicorn, reader, tmp_path):
    """All are full at about the same time; one profile comes of it, and outlives whoever learned it."""
    shared = tmp_path / "shared"
    server = begin(gunicorn, shared, LEARN_SECONDS="0.5")
    n_calls = until_all_have_rows(tools, server, WARMUP_ROWS // 100 + 1)
    name = learned(tools, server)
    assert ids(shared, "profile") == [f"shared-profile-{name}"]
    assert len(ids(shared, "learned")) == 1

    time.sleep(1.5)  # every worker has adopted it, and counted what waited
    before = server.scrape().bins()
    assert len(set(before.values())) == 1
    assert server.scrape().counted()[1] == 100 * n_calls
    tools.ask(server, "/predict", 60)
    expected = {feature: n_rows + 60 for feature, n_rows in before.items()}
    after = tools.until(lambda: (scrape := server.scrape()).bins() == expected and scrape, told=server.said)
    assert after.value(catalogue.PROFILE_LOADED, model_version="1") == 1

    for victim in server.pids(N_WORKERS):
        os.kill(victim, signal.SIGKILL)
    server.pids(N_WORKERS, "/who")
    server.pids(N_WORKERS, "/predict")  # each worker that is new has the profile from its first row on
    n_rows = server.scrape().counted()[1]
    beside = reader(shared)
    tools.until(lambda: "serving" in beside.said())
    waited = n_rows - 100 * n_calls - 60
    binned = {after.bins()["age"] + waited}
    assert waited >= N_WORKERS
    for each in (server, beside):
        tools.until(lambda each=each: set(each.scrape().bins().values()) == binned, told=each.said)
        assert each.scrape().counted()[1] == n_rows
        assert each.scrape().total(catalogue.INTERNAL_ERRORS) == 0
    assert learned(tools, server) == learned(tools, beside) == name
    assert len(ids(shared, "profile")) == len(ids(shared, "learned")) == 1


def test_a_learner_that_is_killed_is_replaced(tools, gunicorn, tmp_path):
    """It dies while it learns; one that has its rows learns instead, and there is one profile."""
    shared = tmp_path / "shared"
    server = begin(gunicorn, shared, LEARN_SECONDS="1.5")
    until_all_have_rows(tools, server, WARMUP_ROWS // 100)

    def learner():
        (lock,) = list(shared.glob("lock-learner-*")) or [shared / "none"]
        return tools.holder(lock)

    victim = tools.until(learner)
    assert ids(shared, "learned") == []
    os.kill(victim, signal.SIGKILL)
    name = learned(tools, server)

    assert ids(shared, "profile") == [f"shared-profile-{name}"]
    assert len(ids(shared, "learned")) == 1


@pytest.mark.parametrize("seconds", ["0", "0.7"], ids=["before", "while"])
def test_a_preloading_master_may_learn(tools, gunicorn, tmp_path, seconds):
    """Workers are forked before, or while, their master learns from what it predicts at import."""
    shared = tmp_path / "shared"
    server = begin(
        gunicorn, shared, LEARN_SECONDS=seconds, PREDICT_AT_IMPORT=str(WARMUP_ROWS + 50), preload="--preload"
    )
    server.pids(N_WORKERS, "/predict")
    name = learned(tools, server)
    time.sleep(1.5)
    before = server.scrape()
    assert before.value(catalogue.WORKERS) == N_WORKERS + 1
    tools.ask(server, "/predict", 40)
    tools.until(lambda: set(server.scrape().bins().values()) == {before.bins()["age"] + 40}, told=server.said)

    assert ids(shared, "profile") == [f"shared-profile-{name}"]
    assert server.scrape().total(catalogue.INTERNAL_ERRORS) == 0


def test_what_was_learned_outlives_its_directory(tools, gunicorn, tmp_path):
    """The directory is removed: workers leave in the new one what they know, and the next ones adopt it."""
    shared = tmp_path / "shared"
    server = begin(gunicorn, shared)
    until_all_have_rows(tools, server, WARMUP_ROWS // 100 + 1)
    name = learned(tools, server)
    tools.remove(shared)
    tools.until(lambda: ids(shared, "learned") and ids(shared, "profile"))
    for victim in server.pids(N_WORKERS):
        os.kill(victim, signal.SIGKILL)
    server.pids(N_WORKERS, "/predict")

    assert learned(tools, server) == name
    assert ids(shared, "profile") == [f"shared-profile-{name}"]
