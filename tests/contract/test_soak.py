"""The judge of the soak finds each planted fault, and the page of its hour is current with the JSON."""

import importlib
import json
import random
import sys

import pytest

ZERO = 1_000_000.0
"""Unix time of the begin of the load."""


@pytest.fixture
def soak(root, monkeypatch):
    """Import a module of ``benchmarks/soak``, for the time of one test."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    yield lambda name: importlib.import_module(f"soak.{name}")
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "soak":
            del sys.modules[name]


@pytest.fixture
def judge(soak):
    return soak("judge")


def fault(what, to="north-1", *, at=600.0, seconds=1.0, **more):
    """Return a fault that began ``at`` seconds after the load."""
    return {
        "what": what, "to": to, "began": ZERO + at, "over": ZERO + at + seconds,
        "began_monotonic": at, "over_monotonic": at + seconds, **more,
    }  # fmt: skip


def life(**changes):
    """Return a pod with one model: 100 calls answered, one under way when its worker was killed."""
    account = {
        "asked": [101, 501], "answered": {"ok": 90, "error": 4, "left": 6}, "answered_rows": 500,
        "left": [[100.0, 1]] * 6,
    }  # fmt: skip
    counted = {
        "calls": {"ok": 92, "error": 4, "abandoned": 5}, "rows": 501, "bins": {"distance": 499, "zone": 499},
        "lost": 2, "dropped": 0,
    }  # fmt: skip
    found = {
        "life": "north-1", "accounts": {"fares 1": account}, "counted": {"fares 1": counted},
        "unanswered": [["fares 1", 1, 599.9, 600.1, "/predict reset"]], "prometheus": {"fares 1": 101},
        "own": {"internal_errors": 0, "set_aside": 0, "in_progress": 0},
    }  # fmt: skip
    account.update(changes.pop("account", {}))
    counted.update(changes.pop("counted", {}))
    return {**found, **changes}


def held(verdicts):
    """Return what held and what did not, by name."""
    return {one.what: one.held for one in verdicts}


def missed(verdicts):
    return [one.what for one in verdicts if not one.held]


class TestCounts:
    """The ledger and the counts."""

    def test_a_right_run_holds(self, judge):
        """One call was under way at a kill, and was counted."""
        assert missed(judge.counts([life()], [fault("kill a worker")])) == []

    @pytest.mark.parametrize(
        "planted",
        [
            {"counted": {"calls": {"ok": 90, "error": 4, "abandoned": 5}}, "prometheus": {"fares 1": 99}},
            {"counted": {"calls": {"ok": 93, "error": 4, "abandoned": 5}}, "prometheus": {"fares 1": 102}},
            {"counted": {"calls": {"ok": 92, "error": 3, "abandoned": 6}}},
            {"counted": {"rows": 499, "bins": {"distance": 497, "zone": 497}}},
            {"counted": {"rows": 502, "bins": {"distance": 500, "zone": 500}}},
        ],
        ids=[
            "a call is missing",
            "a call too many",
            "an error is missing",
            "a row is missing",
            "a row too many",
        ],
    )
    def test_a_ledger_that_is_off_by_one_is_found(self, judge, planted):
        """Either way, for calls, a status and rows."""
        found = judge.counts([life(**planted)], [fault("kill a worker")])
        assert missed(found) == ["answered <= counted <= answered + under way, calls, rows and each status"]

    def test_a_row_in_no_bin_is_found(self, judge):
        """One feature has a row less than was accepted."""
        found = judge.counts(
            [life(counted={"bins": {"distance": 499, "zone": 498}})], [fault("kill a worker")]
        )
        assert missed(found) == ["accepted = binned + dropped + lost for every feature"]

    def test_a_call_that_nobody_answers_without_a_fault_is_found(self, judge):
        """The kill was another pod's."""
        found = judge.counts([life()], [fault("kill a worker", "south-1")])
        assert missed(found) == ["a call stays unanswered only when its worker is hit"]

    def test_what_prometheus_does_not_have_is_found(self, judge):
        """It has one call less."""
        found = judge.counts([life(prometheus={"fares 1": 100})], [fault("kill a worker")])
        assert missed(found) == ["Prometheus has the very counts in the end"]

    def test_no_pod_at_all_holds_nothing(self, judge):
        """Nothing compared is nothing held."""
        assert "accepted = binned + dropped + lost for every feature" in missed(judge.counts([], []))


class TestCounters:
    """What may not fall."""

    def test_a_falling_counter_is_found(self, judge):
        """In a scrape of ours, or in Prometheus; and where Prometheus did not answer."""
        assert judge.counters([], {}, [1, 1]).held
        assert not judge.counters(["it fell"], {}, [1, 1]).held
        assert not judge.counters([], {"calls of north-1": 1.0}, [1, 1]).held
        assert not judge.counters([], None, [1, 1]).held

    def test_the_looker_sees_it_fall(self, soak):
        """Between two scrapes of one pod, and where a series is gone."""
        exposition, looking = soak("exposition"), soak("looking")
        text = '# TYPE {name} counter\n{name}{{a="b"}} {value}\n'
        first, second = (exposition.Scrape(text.format(name="made_total", value=value)) for value in (5, 4))
        assert looking._fallen(first.growing, first) == []
        assert len(looking._fallen(first.growing, second)) == 1
        assert len(looking._fallen(first.growing, exposition.Scrape(""))) == 1


class TestPages:
    """What fires, and what has to."""

    def fired(self, soak, alert, at, **labels):
        """Return an alert that fired for a minute."""
        return soak("tower").Firing(alert, labels, ZERO + at, ZERO + at + 60)

    def sent(self, soak, alert, at, **labels):
        """Return a message that came."""
        return soak("tower").Message(ZERO + at, alert, True, labels)

    def judged(self, soak, firings, messages, faults, lost=None):
        """Return what does not hold of an hour."""
        watchdog = self.sent(soak, "MLWatchdog", 1)
        scale = soak("scale").scale_of(60)
        return missed(soak("judge").pages(firings, [watchdog, *messages], faults, scale, lost or {}))

    def test_a_page_with_its_fault_is_none_too_many(self, soak):
        """The exporter is gone for a minute, and that is told."""
        gone = fault("exporter gone", seconds=60)
        alert = "MLExporterDown", 620
        found = self.judged(soak, [self.fired(soak, *alert, instance="north-1")],
            [self.sent(soak, *alert, instance="north-1")], [gone],
        )  # fmt: skip
        assert found == []

    @pytest.mark.parametrize(
        ("alert", "at", "labels"),
        [
            ("MLExporterDown", 620, {"instance": "south-1"}),
            ("MLExporterDown", 900, {"instance": "north-1"}),
            ("MLExporterDown", 500, {"instance": "north-1"}),
            ("MLFeatureDrift", 620, {"model_name": "fares", "feature": "distance"}),
        ],
        ids=["another pod", "long after", "before", "another alert"],
    )
    def test_a_false_page_is_found(self, soak, alert, at, labels):
        """Of another pod, at another time, of another kind."""
        gone = fault("exporter gone", seconds=60)
        right = "MLExporterDown", 620
        found = self.judged(soak,
            [self.fired(soak, *right, instance="north-1"), self.fired(soak, alert, at, **labels)],
            [self.sent(soak, *right, instance="north-1")], [gone],
        )  # fmt: skip
        assert found == ["no false page"]

    def test_a_fault_that_was_too_short_explains_nothing(self, soak):
        """An exporter that is back after a second must page nobody."""
        killed = fault("kill the exporter", seconds=1)
        found = self.judged(soak, [self.fired(soak, "MLExporterDown", 602, instance="north-1")], [], [killed])
        assert found == ["no false page"]

    def test_a_message_without_a_firing_is_found(self, soak):
        """Alertmanager sends what Prometheus never had."""
        found = self.judged(soak, [], [self.sent(soak, "MLExporterDown", 20, instance="north-1")], [])
        assert found == ["no false page"]

    def test_a_page_that_is_owed_and_does_not_come_is_found(self, soak):
        """The true drift at the end; rows that a killed worker took along."""
        assert self.judged(soak, [], [], [fault("unit error", "callers", seconds=300)]) == [
            "every fault that shall be told is told"
        ]
        assert self.judged(soak, [], [], [fault("kill a worker")], {"north-1": 3}) == [
            "every fault that shall be told is told"
        ]

    def test_prometheus_that_was_not_asked_holds_nothing(self, soak):
        """No answer is no silence."""
        assert self.judged(soak, None, [], []) == ["no false page"]


class TestGrowth:
    """Memory, files, threads."""

    def uses(self, soak, *, leak=0.0, files=0.0):
        """An hour of one process: 80 MiB with noise, and what leaks in KiB, and files, an hour."""
        chance = random.Random(3)
        return {
            "south-1 exporter 7": [
                soak("memory").Use(
                    ZERO + at,
                    80_000 + chance.gauss(0, 300) + leak * at / 3600,
                    round(20 + files * at / 3600),
                    9,
                )
                for at in range(0, 3600, 5)
            ]
        }

    def test_what_is_flat_holds(self, soak, judge):
        """Noise alone, and a little growth."""
        assert missed(judge.growth(self.uses(soak), ZERO)) == []
        assert missed(judge.growth(self.uses(soak, leak=2000), ZERO)) == []

    def test_a_leak_is_found(self, soak, judge):
        """Six MiB an hour; a file descriptor a minute."""
        assert missed(judge.growth(self.uses(soak, leak=6 * 1024), ZERO)) == ["memory is flat"]
        assert missed(judge.growth(self.uses(soak, files=60), ZERO)) == ["files and threads are flat"]

    def test_a_slope_is_right_and_its_interval_holds_it(self, soak):
        """3,600 KiB an hour under noise."""
        points = [(use.at, use.kibibytes) for use in self.uses(soak, leak=3600)["south-1 exporter 7"]]
        found = soak("memory").slope(points)
        assert found.lower < 3600 < found.upper
        assert found.upper - found.lower < 400


def test_a_fault_that_was_left_out_or_did_not_end_is_found(judge):
    """A run without a kill, and a pod that did not come back."""
    planned = [("kill a worker", "north"), ("redeploy", "north")]
    done = [fault("kill a worker"), fault("redeploy", failed="it did not come back")]
    assert len(missed(judge.schedule(planned, done))) == 1
    assert len(missed(judge.schedule(planned, done[:1]))) == 1


def test_a_directory_that_grows_is_found(judge):
    """Too many files, too many bytes."""
    assert judge.directories([[ZERO, "counts", 20, 1000]]).held
    assert not judge.directories([[ZERO, "counts", 2000, 1000]]).held
    assert not judge.directories([[ZERO, "counts", 20, 10**9]]).held


def test_an_error_inside_is_found(judge):
    """Errors that were caught, rows that were dropped, and a traceback in a log."""
    assert judge.own([life()], []).held
    assert not judge.own([life(own={"internal_errors": 1, "set_aside": 0, "in_progress": 0})], []).held
    assert not judge.own([life(counted={"dropped": 1})], []).held
    assert not judge.own(
        [life()], [{"of": "north-1 server", "says": ["Traceback (most recent call last):"]}]
    ).held


def test_every_fault_is_expected_and_every_alert_exists(soak, root):
    """The table of pages knows each fault, and names alerts that ship."""
    expected, faults = soak("expected"), soak("faults")
    assert set(expected.EXPECTED) == {*faults.FAULTS, "unit error"}
    assert set(soak("scale").OFTEN) == set(faults.FAULTS)
    rules = (root / "alerts" / "rules.yaml").read_text()
    for expectation in expected.EXPECTED.values():
        for page in (*expectation.must, *expectation.may):
            assert f"alert: {page.alert}\n" in rules


def test_a_seed_gives_one_schedule(soak):
    """The same seed the same, another one another; a redeploy never comes first."""
    schedule, counts = soak("faults").schedule, soak("scale").OFTEN
    one, same, other = (schedule(counts, random.Random(seed)) for seed in (1, 1, 2))
    assert one == same != other
    assert sum(counts.values()) == len(one)


def test_the_page_is_current_with_the_json(root, soak):
    """docs/explanation/soak-results.md and its picture are written from benchmarks/soak/results.json; all held."""
    results = json.loads((root / "benchmarks" / "soak" / "results.json").read_text(encoding="utf-8"))
    page = root / "docs" / "explanation" / "soak-results.md"
    assert page.read_text(encoding="utf-8") == soak("page").document(results)
    picture = root / "docs" / "images" / soak("page").PICTURE
    assert picture.read_text(encoding="utf-8") == soak("picture").picture(results)
    assert results["scale"]["minutes"] >= 60
    assert [one["what"] for one in results["verdicts"] if not one["held"]] == []
