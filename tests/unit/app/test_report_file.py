from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlexporter.app.report_board import ReportBoard
from mlexporter.app.report_file import (
    KIND,
    VERSION,
    PublishedReport,
    published_from_bytes,
    published_to_bytes,
)
from mlexporter.app.shared_files import file_name
from mlexporter.records import Estimate, ModelKey, Report, SubjectScores, WindowCounts, WindowReport
from mlexporter.state.envelope import seal, unseal
from mlexporter.state.moment import Moment

KEY = ModelKey("model é", "1", "shadow")
MOMENT = Moment(500.0, 1_700_000_010.0, "boot")
CELLS = np.array([1, 2, 2**62], dtype=np.int64)


def scores(n):
    values = np.array([0.1, np.nan, -np.inf, -0.0, 5e-324][:n])
    return SubjectScores(CELLS[:n], {"severity": values, "psi": values * 3}, ("", "rows", "")[:n])


REPORT = Report(
    KEY, "0a1b2c3d", 1_700_000_000.25, 100,
    tuple(
        WindowReport(
            WindowCounts(name, 1 / 3, 2**60, CELLS, CELLS[:2], CELLS[1:], np.zeros(0, np.int64), CELLS * 2),
            scores(3), SubjectScores(CELLS[:0], {}, ()), scores(2), {"p": 5e-324, "drifted": 3.0},
            (Estimate("accuracy", "", 0.1 + 0.2, -0.0, np.inf), Estimate("recall", "é", 1 / 3, 0.0, 1.0)),
        )
        for name in ("1h", "6h")
    ),
)  # fmt: skip


class Files(dict):
    """A shared directory in memory."""

    def write_shared(self, name, data):
        """Keep it."""
        self[name] = data

    def read_shared(self, name):
        """Return it."""
        return self.get(name)


def same(first, second):
    """Whether two records hold the same, bit by bit."""
    if isinstance(first, np.ndarray):
        return first.dtype == second.dtype and first.tobytes() == second.tobytes()
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[name], second[name]) for name in first)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if hasattr(first, "__dataclass_fields__") and type(first) is type(second):
        return all(same(getattr(first, name), getattr(second, name)) for name in first.__dataclass_fields__)
    return type(first) is type(second) and first == second


def test_a_report_comes_back_bit_by_bit():
    """NaN, infinity, negative zero and the smallest float too."""
    found = published_from_bytes(published_to_bytes(PublishedReport(KEY, REPORT, False, 7, MOMENT))).report

    assert same(found, REPORT)
    assert not same(found, replace(REPORT, windows=REPORT.windows[::-1]))
    assert [type(value) for value in found.windows[0].model.values()] == [float, float]


@pytest.mark.parametrize("report", [REPORT, replace(REPORT, windows=()), None])
def test_a_publication_says_who_when_and_whether_it_failed(report):
    """Also without a report, which is how a failed evaluation is told."""
    published = PublishedReport(KEY, report, True, 7, MOMENT)

    assert same(published_from_bytes(published_to_bytes(published)), published)


def _with(content, **changed):
    first, *others = content["report"]["windows"]
    return {**content, "report": {**content["report"], "windows": [{**first, **changed}, *others]}}


@pytest.mark.parametrize(
    "change",
    [
        lambda content, parts: (7, parts),
        lambda content, parts: ({**content, "key": [1]}, parts),
        lambda content, parts: ({**content, "moment": None}, parts),
        lambda content, parts: ({**content, "report": {}}, parts),
        lambda content, parts: (content, parts[:-1]),
        lambda content, parts: (content, [parts[0][:-1], *parts[1:]]),
        lambda content, parts: (content, parts[1:] + parts[:1]),
        lambda content, parts: (_with(content, model=["p"]), parts),
        lambda content, parts: (_with(content, estimates=[["accuracy"]]), parts),
        lambda content, parts: (_with(content, estimates=[["accuracy", ""]] * 2, joints=None), parts),
    ],
)
def test_an_impossible_publication_is_refused(change):
    """ValueError, though its checksum is right."""
    content, parts = unseal(KIND, VERSION, published_to_bytes(PublishedReport(KEY, REPORT, False, 7, MOMENT)))
    with pytest.raises(ValueError, match=r"damaged|moment"):
        published_from_bytes(seal(KIND, VERSION, *change(content, parts)))


PUBLISHED = PublishedReport(KEY, REPORT, False, 7, MOMENT)


def test_a_reader_a_minute_later_sees_the_report_as_it_is():
    """Where clocks agree the time of the evaluation is the evaluator's own, to the last bit."""
    assert PUBLISHED.report_at(Moment(560.0, MOMENT.wall + 60.4, "boot")) is REPORT


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_the_age_of_a_report_survives_a_clock_that_jumps(jump):
    """A minute passed, whatever the wall clock says: the report is 70 seconds old on it."""
    later = Moment(560.0, MOMENT.wall + 60.0 + jump, "boot")
    found = PUBLISHED.report_at(later)

    assert later.wall - found.evaluated_timestamp == pytest.approx(69.75)
    assert found.windows is REPORT.windows


def test_after_a_reboot_the_wall_clock_ages_a_report():
    """There is no other clock; one that went back makes it as old as it was."""
    assert PUBLISHED.report_at(Moment(3.0, MOMENT.wall + 60.0, "next")) is REPORT
    back = Moment(3.0, MOMENT.wall - 3600.0, "next")
    assert back.wall - PUBLISHED.report_at(back).evaluated_timestamp == pytest.approx(9.75)


def test_a_fast_clock_ages_reports_in_real_seconds():
    """An hour of windows was a real minute."""
    fast = PublishedReport(KEY, REPORT, False, 7, Moment(0.0, MOMENT.wall, "demo", 60.0))

    assert fast.report_at(Moment(3600.0, MOMENT.wall + 60.0, "demo", 60.0)) is REPORT


def test_no_report_has_no_time():
    """None stays None."""
    assert PublishedReport(KEY, None, True, 7, MOMENT).report_at(MOMENT) is None


def test_the_board_numbers_what_is_published():
    """Whoever publishes goes on where the one before has ended, and readers see the newest."""
    files = Files()
    first, second, reader = ReportBoard(files), ReportBoard(files), ReportBoard(files)

    assert reader.read(KEY) is None
    assert [board.publish(KEY, REPORT, MOMENT).generation for board in (first, first, second)] == [1, 2, 3]
    assert reader.read(KEY).generation == 3
    assert reader.read(KEY) is reader.read(KEY)
    second.publish(KEY, None, MOMENT, has_failed=True)
    assert (reader.read(KEY).has_failed, reader.read(KEY).report, reader.read(KEY).generation) == (
        True,
        None,
        4,
    )


def test_the_board_takes_what_is_damaged_for_nothing():
    """The next publication mends it."""
    files = Files()
    board = ReportBoard(files)
    board.publish(KEY, REPORT, MOMENT)
    (name,) = files
    files[name] = files[name][:-1] + b"X"
    assert ReportBoard(files).read(KEY) is None
    files[name] = published_to_bytes(PublishedReport(ModelKey("other", "1"), None, False, 1, MOMENT))
    assert board.read(KEY) is None


def test_names_of_files_are_plain():
    """Whatever a model is called, and different for each."""
    names = {
        file_name("report", ModelKey(*key)) for key in [("../a", "1"), ("a", "1/"), ("a,1", ""), ("a", "1")]
    }

    assert len(names) == 4
    assert all(name.replace("-", "").isalnum() for name in names)
