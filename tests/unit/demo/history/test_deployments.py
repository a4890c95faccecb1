import pytest

from mlexporter.demo.history.deployments import NEVER, Serving, deployments_of, serving_at, starts_of
from mlexporter.demo.history.releases import Release
from mlexporter.demo.history.steps import Stretch

STRETCHES = [Stretch(0, 1000, 100, 100, 7200), Stretch(1000, 1200, 50, 50, 7200)]
RELEASES = (
    Release("1", (1,), None, 0),
    Release("2", (2,), 310, 610),
    Release("3", (3,), 1110, None),
)


@pytest.fixture(params=[0, 1])
def pod(request):
    return request.param


@pytest.fixture
def deployments(pod):
    return deployments_of(RELEASES, STRETCHES, pod)


def test_releases_come_with_a_scrape_and_one_later_to_the_second_pod(deployments, pod):
    """The first version is there from the beginning in both."""
    tried = [each.tried for each in deployments]
    serves = [each.serves for each in deployments]
    assert tried == ([NEVER, 400, 1150] if pod == 0 else [NEVER, 500, NEVER])
    assert serves == ([0, 700, NEVER] if pod == 0 else [0, 800, NEVER])


def test_a_canary_serves_beside_the_primary_until_it_takes_over():
    """As places in the list of releases."""
    first = deployments_of(RELEASES, STRETCHES, 0)
    assert serving_at(first, 0) == Serving(0, None)
    assert serving_at(first, 400) == Serving(0, 1)
    assert serving_at(first, 700) == Serving(1, None)
    assert serving_at(first, 1199) == Serving(1, 2)


def test_a_process_begins_anew_for_releases_and_restarts(deployments, pod):
    """At scrapes; not at the very first one."""
    starts = starts_of(deployments, (0, 120, 5000), STRETCHES)
    assert starts == ({200, 400, 700, 1150} if pod == 0 else {200, 500, 800})
