from mlexporter.demo.alertmanager import alertmanager_configuration


def test_every_alert_is_a_notification_of_its_own_and_resolved_is_sent():
    """Grouping by everything switches grouping off."""
    configuration = alertmanager_configuration("http://127.0.0.1:1/")
    assert configuration["route"]["group_by"] == ["..."]
    assert configuration["route"]["group_wait"] == "0s"
    assert configuration["receivers"][0]["webhook_configs"] == [
        {"url": "http://127.0.0.1:1/", "send_resolved": True}
    ]
    assert configuration["route"]["receiver"] == configuration["receivers"][0]["name"]
