"""Each inhibition, seen in a real Alertmanager: what is silenced, what is not, and what comes back."""

import pytest

from mlexporter.generate.notifications.inhibitions import INHIBITIONS

pytestmark = pytest.mark.integration


def model(name, severity, component, **labels):
    """Return the labels of an alert on a model; ``fares`` 3 unless ``labels`` say otherwise."""
    first = {"model_name": "fares", "model_version": "3", "variant": "primary"}
    return {"alertname": name, "severity": severity, "component": component, **first, **labels}


def target(name, severity, component="exporter", **labels):
    """Return the labels of an alert on a target."""
    first = {"job": "serving", "instance": "pod-1:9469"}
    return {"alertname": name, "severity": severity, "component": component, **first, **labels}


def bare(name, severity, component="exporter", **labels):
    """Return the labels of an alert that has neither model nor target."""
    return {"alertname": name, "severity": severity, "component": component, **labels}


def burn(what, speed, severity="critical", **labels):
    return model(f"ML{what}BudgetBurn{speed}", severity, "slo", burn_rate=speed, **labels)


NO_PREDICTIONS = bare("MLModelNoPredictions", "critical", "traffic", model_name="fares")
WATCHDOG = bare("MLWatchdog", "info")
DRIFT = model("MLFeatureDrift", "warning", "drift", feature="distance", window="1h")

# One case for each of INHIBITIONS, and more of some: the cause, what it silences, what it leaves alone.
CASES = {
    "absent": (
        bare("MLExporterAbsent", "critical"),
        [DRIFT, burn("PredictionError", "Fast"), target("MLExporterDown", "critical"), bare("MLExporterInternalErrors", "warning")],
        [WATCHDOG, {"alertname": "DiskFull", "severity": "critical"}],
    ),
    "down": (
        target("MLExporterDown", "critical"),
        [target("MLEvaluationStalled", "critical"), target("MLProfileMissing", "warning", "reference")],
        [
            WATCHDOG, DRIFT, target("MLExporterDown", "critical", instance="pod-2:9469"),
            target("MLEvaluationStalled", "critical", instance="pod-3:9469"),
            bare("MLExporterInternalErrors", "warning", job="serving"),
        ],
    ),
    "no predictions": (
        NO_PREDICTIONS,
        [
            DRIFT, model("MLFeatureGone", "critical", "data", feature="gust"),
            model("MLFeatureDrift", "warning", "drift", feature="distance", variant="canary"),
            model("MLQualityDegraded", "critical", "quality", metric="accuracy"),
        ],
        [
            model("MLFeatureDrift", "warning", "drift", feature="distance", model_name="tips"),
            burn("PredictionError", "Fast"), target("MLProfileMissing", "warning", "reference"), WATCHDOG,
        ],
    ),
    "critical": (
        model("MLImportantFeatureDrift", "critical", "drift", feature="distance", window="6h"),
        [DRIFT, model("MLFeatureDrift", "warning", "drift", feature="distance", window="24h")],
        [
            model("MLFeatureDrift", "warning", "drift", feature="hour", window="1h"),
            model("MLFeatureDrift", "warning", "drift", feature="distance", model_version="4"),
            model("MLPredictionDrift", "warning", "drift", output="prediction"),
            model("MLFeatureStuck", "warning", "data", feature="distance"),
            model("MLProfileStale", "info", "reference"), bare("MLExporterInternalErrors", "warning"), WATCHDOG,
        ],
    ),
    "critical target": (
        target("MLEvaluationStalled", "critical"),
        [target("MLExporterScrapeSlow", "warning")],
        [
            target("MLExporterScrapeSlow", "warning", instance="pod-2:9469"),
            target("MLExporterDegraded", "warning", reason="directory_full"),
            target("MLProfileMissing", "warning", "reference"), bare("MLExporterInternalErrors", "warning"),
            target("MLUnauthorisedAccess", "warning", endpoint="page"),
            model("MLExporterRowsDropped", "warning", "exporter"), WATCHDOG,
        ],
    ),
    "dataset drift": (
        model("MLDatasetDrift", "critical", "drift", window="24h"),
        [DRIFT, model("MLFeatureDrift", "warning", "drift", feature="hour", window="6h")],
        [
            model("MLFeatureDrift", "warning", "drift", feature="distance", model_version="4"),
            model("MLFeatureStuck", "warning", "data", feature="distance"),
            model("MLPredictionDrift", "warning", "drift", output="prediction"), WATCHDOG,
        ],
    ),
    "feature gone": (
        model("MLFeatureGone", "critical", "data", feature="distance"),
        [
            DRIFT, model("MLFeatureStuck", "warning", "data", feature="distance"),
            model("MLFeatureUnseenCategories", "warning", "data", feature="distance"),
        ],
        [
            model("MLFeatureDrift", "warning", "drift", feature="hour"),
            model("MLFeatureStuck", "warning", "data", feature="hour"),
            model("MLSchemaViolation", "warning", "data"), WATCHDOG,
        ],
    ),
    "feature gone, important": (
        model("MLFeatureGone", "critical", "data", feature="distance"),
        [model("MLImportantFeatureDrift", "critical", "drift", feature="distance")],
        [model("MLDatasetDrift", "critical", "drift"), WATCHDOG],
    ),
    "labels delayed": (
        model("MLLabelsDelayed", "warning", "quality"),
        [
            model("MLQualityDegraded", "critical", "quality", metric="accuracy"),
            model("MLSliceWorse", "warning", "quality", slice="night", metric="recall"),
            model("MLLabelCoverageLow", "warning", "quality"), model("MLCalibrationOff", "warning", "quality"),
        ],
        [
            model("MLEstimatedQualityDegraded", "warning", "quality", metric="f1"),
            model("MLQualityDegraded", "critical", "quality", metric="accuracy", model_name="tips"), WATCHDOG,
        ],
    ),
    "errors fast": (
        burn("PredictionError", "Fast"),
        [burn("PredictionError", "Medium")],
        [burn("PredictionLatency", "Medium"), burn("PredictionError", "Medium", variant="canary"), WATCHDOG],
    ),
    "errors fast, slow": (
        burn("PredictionError", "Fast"), [burn("PredictionError", "Slow", "warning")], [WATCHDOG],
    ),
    "errors medium": (
        burn("PredictionError", "Medium"),
        [burn("PredictionError", "Slow", "warning")],
        [burn("PredictionError", "Slow", "warning", model_version="4"), WATCHDOG],
    ),
    "latency fast": (
        burn("PredictionLatency", "Fast"),
        [burn("PredictionLatency", "Medium")],
        [burn("PredictionError", "Medium"), burn("PredictionLatency", "Medium", model_name="tips"), WATCHDOG],
    ),
    "latency medium": (
        burn("PredictionLatency", "Medium"),
        [burn("PredictionLatency", "Slow", "warning")],
        [burn("PredictionLatency", "Slow", "warning", model_name="tips"), WATCHDOG],
    ),
}  # fmt: skip


def test_there_is_a_case_for_each_rule():
    """A rule that nobody has seen work is no rule."""
    assert len([name for name in CASES if "," not in name]) == len(INHIBITIONS)


@pytest.mark.parametrize("name", CASES)
def test_the_cause_is_told_and_what_follows_is_not(office, name):
    """While the cause fires its consequences are held back, nothing else is, and afterwards all come back."""
    cause, consequences, others = CASES[name]
    others = [cause, *others]
    marked = [{**alert, "case": name} for alert in (*consequences, *others)]
    silent, loud = marked[: len(consequences)], marked[len(consequences) :]
    cause = loud[0]

    def state(alerts):
        known = office.silenced()
        return {known.get(frozenset(alert.items())) for alert in alerts}

    try:
        office.post(*silent, *loud[1:])
        office.wait_until(lambda: state((*silent, *loud[1:])) == {False}, "all told without the cause")
        office.post(cause)
        office.wait_until(lambda: state(silent) == {True}, f"{name}: consequences held back")
        assert state(loud) == {False}
        office.resolve(cause)
        office.wait_until(lambda: state(silent) == {False}, f"{name}: consequences told again")
    finally:
        office.resolve(*marked)
        office.wait_until(
            lambda: state(marked) <= {None, False}, "nothing of this case is left to silence another"
        )
