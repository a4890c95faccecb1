"""What an alert says of what changed lately, as promtool fills it in; of series that are not there it is silent."""

import subprocess

import pytest
import yaml

from mlexporter.generate.annotations import changed
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.rule_files import RECORDING_FILE, rule_files

KEPT = {"mlexporter-service", "mlexporter-changes"}
POD = 'job="m", instance="{pod}", model_name="fares", model_version="{version}", variant="primary"'
EVENTFUL = {
    'ml_prediction_requests_total{{{pod}, status="ok"}}': {"3": "0+60x180", "4": "_x120 0+60x60"},
    'ml_profile_info{{{pod}, profile_id="p{version}", profile_version="1", profile="ab"}}': {
        "3": "1x180",
        "4": "_x119 1x61",
    },
    "ml_profile_created_timestamp_seconds{{{pod}}}": {"3": "-90000x180", "4": "_x119 3600x61"},
    "ml_model_loaded_timestamp_seconds{{{pod}}}": {"3": "-90000x180", "4": "_x119 7200x61"},
}


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ({}, ""),
        (
            EVENTFUL,
            (
                "Version 4 (primary) began to take calls 59m 0s ago. Version 4 (primary) began to use profile p4 1h 1m 0s ago. "
                "The profile of version 4 was learned 2h 0m 0s ago. The newest worker of version 4 started 1h 0m 0s ago. "
                "It takes 14.4k calls an hour, an hour ago 7.2k."
            ),
        ),
    ],
    ids=["nothing is known", "a release an hour ago"],
)
def test_it_tells_what_is_known(promtool, tmp_path, series, said):
    """Version, profile, workers and traffic; of two pods; shorter where a series is absent."""
    recording = yaml.safe_load(rule_files()[RECORDING_FILE])
    recording["groups"] = [group for group in recording["groups"] if group["name"] in KEPT]
    rule = {
        "alert": "A",
        "expr": 'up{model_name="fares"} == 1',
        "annotations": {"changed": changed(RuleOptions())},
    }
    recording["groups"].append({"name": "alert", "rules": [rule]})
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(recording, width=100_000), encoding="utf-8")
    inputs = [{"series": 'up{model_name="fares"}', "values": "1x180"}]
    for name, values in series.items():
        for version, text in values.items():
            for pod in ("pod-1", "pod-2"):
                labels = POD.format(pod=pod, version=version)
                inputs.append({"series": name.format(pod=labels, version=version), "values": text})
    alert = {"exp_labels": {"model_name": "fares"}, "exp_annotations": {"changed": said}}
    test = {
        "interval": "1m", "input_series": inputs,
        "alert_rule_test": [{"eval_time": "3h", "alertname": "A", "exp_alerts": [alert]}],
    }  # fmt: skip
    content = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    done = subprocess.run(
        [promtool, "test", "rules", str(tmp_path / "test.yaml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
