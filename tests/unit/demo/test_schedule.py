from mlexporter.demo.faults import Fault
from mlexporter.demo.schedule import schedule_faults


def test_a_run_is_clean_then_broken_then_clean():
    """The second eighth of the run is broken, its end not included."""
    schedule = schedule_faults((Fault("distance", "unit"),), begins=1000.0, ends=1800.0)
    assert [schedule.is_on(moment) for moment in (1000, 1099, 1100, 1199, 1200, 1799)] == [
        False, False, True, True, False, False,
    ]  # fmt: skip
    assert schedule.words == "distance=unit"


def test_without_faults_nothing_is_ever_on():
    """--no-break."""
    assert not schedule_faults((), begins=0.0, ends=100.0).is_on(15.0)
