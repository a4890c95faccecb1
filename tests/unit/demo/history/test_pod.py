import itertools
import multiprocessing
import signal

import pytest

from mlexporter import catalogue
from mlexporter.demo.history.pod import Pod, run_pod
from mlexporter.demo.late_arrival import MODEL_NAME

DOWNS = 3


def lines_of(plan):
    return [
        line
        for number in range(len(plan.chunks))
        for line in plan.path(number).read_text(encoding="utf-8").splitlines()
    ]


@pytest.fixture
def played(plan):
    """The lines of a pod that played all of its plan, and the pod."""
    pod = Pod(plan)
    for number in range(len(plan.chunks)):
        pod.play(number)
    pod.end()
    return lines_of(plan), pod


def values(lines, name, *labels):
    return [
        float(line.split()[-2])
        for line in lines
        if line.startswith(f"{name}{{") and all(label in line for label in labels)
    ]


def test_calls_are_counted_once_over_releases_and_restarts(played):
    """Each life begins at zero: what its last scrape says adds up to all calls."""
    lines, _ = played
    counted = 0.0
    for version in ("1", "2"):
        for variant in ("primary", "canary"):
            labels = (f'model_name="{MODEL_NAME}"', f'model_version="{version}"', f'variant="{variant}"')
            said = [0.0, *values(lines, catalogue.PREDICTIONS.name, *labels)]
            counted += sum(new - old if new >= old else new for old, new in itertools.pairwise(said))
    assert counted == 119


def test_a_pod_that_restarts_is_down_for_one_scrape(played, plan):
    """Its start time is the time of that scrape."""
    lines, _ = played
    ups = values(lines, "up")
    assert len(ups) == 13 + DOWNS
    assert ups.count(0.0) == DOWNS
    starts = values(lines, catalogue.PROCESS_START_TIME.name)
    assert sorted(set(starts)) == [plan.chunks[0].begins, *sorted(plan.starts)]


def test_versions_and_variants_come_and_go(played):
    """A canary beside the primary, then alone."""
    lines, _ = played
    info = [line for line in lines if line.startswith(catalogue.MODEL_INFO.name) and MODEL_NAME in line]
    seen = []
    for line in info:
        version, variant = (line.split(f'{name}="')[1][: 1 if name == "model_version" else 6]
                            for name in ("model_version", "variant"))  # fmt: skip
        if (version, variant) not in seen:
            seen.append((version, variant))
    assert seen == [("1", "primar"), ("2", "canary"), ("2", "primar")]


def test_failures_and_the_other_models_are_there(played):
    """Errors by class; the side model and the one without a profile."""
    lines, _ = played
    assert max(values(lines, catalogue.PREDICTION_ERRORS.name, "TimeoutError")) >= 1
    assert max(values(lines, catalogue.PREDICTIONS.name, "small_carrier_late")) >= 1
    assert max(values(lines, catalogue.PREDICTIONS.name, "fuel_need")) >= 10
    assert max(values(lines, catalogue.FEATURE_MISSING.name, 'feature="seats"')) == 1


def test_nothing_is_of_this_machine(played, plan):
    """Two runs write the same bytes; what is measured is written once, as made."""
    lines, pod = played
    assert pod.samples.sample_count == len(lines)
    for path in plan.folder.glob("*-windows/*"):
        path.unlink()
    again = Pod(plan)
    for number in range(len(plan.chunks)):
        again.play(number)
    again.end()
    assert lines_of(plan) == lines
    assert len(values(lines, catalogue.EVALUATION_DURATION.name)) == 13
    assert len(values(lines, f"{catalogue.OBSERVE_DURATION.name}_count")) == 13


@pytest.fixture
def line():
    """Both ends of a line to a pod; signals are as before afterwards."""
    before = signal.getsignal(signal.SIGINT)
    ours, theirs = multiprocessing.Pipe()
    yield ours, theirs
    signal.signal(signal.SIGINT, before)
    ours.close()
    theirs.close()


def test_a_pod_plays_when_it_is_told_and_says_what_it_did(line, plan):
    """A number for each chunk, then series and samples."""
    ours, theirs = line
    for number in range(len(plan.chunks)):
        ours.send(number)
    run_pod(plan, theirs)
    said = [ours.recv() for _ in range(len(plan.chunks) + 1)]
    assert said[:-1] == list(range(len(plan.chunks)))
    assert said[-1][1] == len(lines_of(plan))
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_an_error_of_a_pod_is_told_as_text(line, plan):
    """The parent says it to a person."""
    ours, theirs = line
    plan.profiles[0].with_name("none").unlink(missing_ok=True)
    ours.send(0)
    plan.folder.rename(plan.folder.with_name("gone"))
    run_pod(plan, theirs)
    assert "FileNotFoundError" in ours.recv()
