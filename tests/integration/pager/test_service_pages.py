"""From a cause to a page and back, for what the service of a model does: errors, latency, traffic, versions."""

import pytest

pytestmark = pytest.mark.integration

FAILURE = ValueError("a message that must not leave the process")


def labels(name, version="1"):
    return {"model_name": name, "model_version": version, "variant": "primary"}


def test_errors_of_one_pod_of_two_page_and_resolve(pager, pod):
    """The budget is that of the model, whichever pod burns it; when it is well again, the page ends."""
    well, ill = (pod().monitor(model="broken", version="1") for _ in range(2))

    def call(error):
        for _ in range(40):
            well.record({"distance": 1.0}, 2.5)
            ill.record({"distance": 1.0}, 2.5, error=error)

    since = pager.mark()
    fired = pager.wait(
        "MLPredictionErrorBudgetBurnFast", firing=True, since=since, meanwhile=lambda: call(FAILURE),
        **labels("broken"),
    )  # fmt: skip
    assert (fired.labels["severity"], fired.labels["component"]) == ("critical", "slo")
    assert str(FAILURE) not in fired.description

    since = pager.mark()
    pager.wait(
        "MLPredictionErrorBudgetBurnFast", firing=False, since=since, meanwhile=lambda: call(None),
        **labels("broken"),
    )  # fmt: skip


def test_slow_calls_page_and_resolve(pager, pod):
    """The threshold of latency is a bound of the histogram by itself, however odd it is."""
    slow = pod(latency_objective=0.123).monitor(model="slow", version="1")

    def call(seconds):
        for _ in range(40):
            slow.record({"distance": 1.0}, 2.5, duration_seconds=seconds)

    since = pager.mark()
    pager.wait(
        "MLPredictionLatencyBudgetBurnFast", firing=True, since=since, meanwhile=lambda: call(0.2),
        **labels("slow"),
    )  # fmt: skip

    since = pager.mark()
    pager.wait(
        "MLPredictionLatencyBudgetBurnFast", firing=False, since=since, meanwhile=lambda: call(0.1),
        **labels("slow"),
    )  # fmt: skip


def test_silence_at_a_time_that_had_traffic_yesterday_pages_and_resolves(pager, pod):
    """A day is 48 seconds here; the exporter is up all the time, and only calls fail to come."""
    quiet = pod().monitor(model="quiet", version="1")

    def call():
        for _ in range(40):
            quiet.record({"distance": 1.0}, 2.5)

    since = pager.mark()
    begun = 'count_over_time(count(ml_predictions_total{model_name="quiet"} > 200)[1m:200ms])'
    pager.until(f"{begun} > 50", meanwhile=call)
    assert not pager.came(since, alertname="MLModelNoPredictions", model_name="quiet")
    pager.wait("MLModelNoPredictions", firing=True, since=since, seconds=120.0, model_name="quiet")

    since = pager.mark()
    pager.wait("MLModelNoPredictions", firing=False, since=since, meanwhile=call, model_name="quiet")


def test_a_model_that_is_gone_after_a_restart_is_told(pager, pod):
    """Its series existed an hour ago; the exporter is back without it. An hour later nobody asks any more."""
    serving = pod()
    serving.monitor(model="forgotten", version="1").record({"distance": 1.0}, 2.5)
    pager.until('ml_model_info{model_name="forgotten"} offset 2s')
    since = pager.mark()
    serving.restart()
    serving.monitor(model="remembered", version="1").record({"distance": 1.0}, 2.5)
    pager.wait("MLModelDisappeared", firing=True, since=since, model_name="forgotten")
    pager.wait("MLModelDisappeared", firing=False, since=since, model_name="forgotten")
    assert not pager.came(since, alertname="MLModelDisappeared", model_name="remembered")


def test_a_roll_out_that_does_not_end_is_told_and_ends(pager, pod):
    """Two versions at once are a roll-out; three for two hours are an accident."""
    serving = pod()
    versions = [serving.monitor(model="rolled", version=str(number)) for number in (1, 2, 3)]

    def call(chosen):
        for version in chosen:
            version.record({"distance": 1.0}, 2.5)

    since = pager.mark()
    traffic = 'count(sum by (model_version) (rate(ml_predictions_total{model_name="rolled"}[2s])) > 0)'
    pager.until(f"count_over_time(({traffic} == 2)[1m:200ms]) > 25", meanwhile=lambda: call(versions[:2]))
    assert not pager.came(since, alertname="MLUnexpectedModelVersion", model_name="rolled")
    pager.wait(
        "MLUnexpectedModelVersion", firing=True, since=since, meanwhile=lambda: call(versions),
        model_name="rolled",
    )  # fmt: skip

    since = pager.mark()
    pager.wait(
        "MLUnexpectedModelVersion", firing=False, since=since, meanwhile=lambda: call(versions[2:]),
        model_name="rolled",
    )  # fmt: skip
