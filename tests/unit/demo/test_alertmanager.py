import yaml

from mlexporter.demo.alertmanager import write_configuration
from mlexporter.generate.alertmanager import alertmanager_configuration


def test_the_shipped_routes_and_inhibitions_are_used(tmp_path):
    """Chats and copies come to the receiver, at the pace of the demo; the rest is what everybody gets."""
    path = write_configuration(tmp_path / "notifications", "http://127.0.0.1:1/", 3600.0)
    written, shipped = yaml.safe_load(path.read_text(encoding="utf-8")), alertmanager_configuration()
    assert written["inhibit_rules"] == shipped["inhibit_rules"]
    receivers = {receiver["name"]: receiver for receiver in written["receivers"]}
    assert receivers.keys() == {receiver["name"] for receiver in shipped["receivers"]}
    assert receivers["ml-copy"]["webhook_configs"][0]["url"] == "http://127.0.0.1:1/copy"
    chat = receivers["ml-data-science"]["slack_configs"][0]["api_url_file"]
    assert (tmp_path / "notifications" / "secrets" / chat).read_text(
        encoding="utf-8"
    ) == "http://127.0.0.1:1/chat"
    assert (path.parent / written["templates"][0]).is_file()


def test_no_hour_is_off(tmp_path):
    """Whoever starts the demo at night wants to see it."""
    path = write_configuration(tmp_path / "notifications", "http://127.0.0.1:1/", 3600.0)
    (hours,) = yaml.safe_load(path.read_text(encoding="utf-8"))["time_intervals"]
    (times,) = hours["time_intervals"]
    assert times["times"] == [{"start_time": "00:00", "end_time": "24:00"}]
    assert times["weekdays"] == ["sunday:saturday"]
