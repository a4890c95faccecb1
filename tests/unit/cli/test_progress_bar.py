"""The bar shows how far reading is, on a terminal only, and is missed by nobody."""

import io
import sys

import pytest

from mlexporter.cli.progress_bar import progress_bar


class Terminal(io.StringIO):
    """Standard error as a terminal has it."""

    def isatty(self):
        """Return True."""
        return True


def _shown(monkeypatch, stream):
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar("reading") as show:
        show(0, 400)
        show(100, 200)
        show(200, 200)
    return stream.getvalue()


def test_a_terminal_shows_what_is_done_of_how_much(monkeypatch):
    """The words, the share of the newest total, and nothing is left when the block ends."""
    text = _shown(monkeypatch, Terminal())
    assert "reading" in text
    assert text.rpartition("\r")[2].strip() == ""


def test_a_total_that_grows_is_taken_over(monkeypatch):
    """Passes are planned on the way: the bar follows."""
    bars = []
    tqdm = pytest.importorskip("tqdm")
    monkeypatch.setattr(
        tqdm, "tqdm", lambda made=tqdm.tqdm, **options: bars.append(made(**options)) or bars[0]
    )
    _shown(monkeypatch, Terminal())
    assert (bars[0].n, bars[0].total) == (200, 200)


def test_no_terminal_no_bar(monkeypatch):
    """Logs of jobs hold no bars."""
    assert _shown(monkeypatch, io.StringIO()) == ""


def test_without_its_library_there_is_no_bar(monkeypatch):
    """The command goes on; what reads files says in words what is not installed."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with progress_bar("counting") as show:
        assert show is None
