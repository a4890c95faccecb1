"""Processes that a program makes by itself count together, down to the row."""

import sys

import pytest

from mlexporter import catalogue

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="families are found by the kernel's files"),
]

N_CHILDREN = 3
N_ROWS = 2000


@pytest.mark.parametrize("way", ["fork", "spawn", "forkserver", "os.fork", "thread fork"])
def test_children_and_parent_add_up(tools, start, way):
    """Parent and children, four threads each: all calls and rows; a child that ends at once may lose bins."""
    port = tools.free_port()
    server = start(["python", "family.py", way, N_CHILDREN, N_ROWS, port], port)
    total = (N_CHILDREN + 1) * N_ROWS

    def settled():
        scrape = server.scrape()
        calls, rows, bins = scrape.counted()
        assert (calls, rows) == (total, total)
        gone = scrape.total(catalogue.ROWS_LOST) + scrape.total(catalogue.DROPPED_ROWS)
        return {each + gone for each in bins} == {total} and scrape

    scrape = tools.until(settled, told=lambda: f"{server.scrape().counted()}; {server.said()}")

    assert scrape.total(catalogue.DROPPED_ROWS) == scrape.total(catalogue.INTERNAL_ERRORS) == 0
    assert scrape.value(catalogue.WORKERS) == 1
    if "fork" not in way.split(".") and " " not in way:  # multiprocessing ends its children in order
        assert scrape.total(catalogue.ROWS_LOST) == 0


def test_sixty_four_processes_add_up(tools, start):
    """Sixty-three children of multiprocessing and their parent: all calls, all rows, nothing lost."""
    port = tools.free_port()
    server = start(["python", "family.py", "fork", 63, 200, port], port)
    scrape = server.settled()

    assert scrape.counted()[:2] == (64 * 200, 64 * 200)
    assert scrape.total(catalogue.ROWS_LOST) == scrape.total(catalogue.DROPPED_ROWS) == 0
    assert scrape.total(catalogue.SLOTS_SET_ASIDE) == scrape.total(catalogue.INTERNAL_ERRORS) == 0
