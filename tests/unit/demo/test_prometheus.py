from pathlib import Path

from mlexporter.demo.prometheus import prometheus_configuration


def test_the_exporter_is_scraped_several_times_a_second():
    """Decision 33: 200 to 500 ms, and never slower than its own timeout."""
    configuration = prometheus_configuration("127.0.0.1:9469", (Path("rules.yaml"),), 9093)
    assert configuration["global"] == dict.fromkeys(
        ("scrape_interval", "scrape_timeout", "evaluation_interval"), "200ms"
    )
    assert configuration["rule_files"] == ["rules.yaml"]
    assert configuration["scrape_configs"][0]["static_configs"] == [{"targets": ["127.0.0.1:9469"]}]
    assert configuration["alerting"] == {
        "alertmanagers": [{"static_configs": [{"targets": ["127.0.0.1:9093"]}]}]
    }


def test_without_an_alertmanager_nothing_is_sent_anywhere():
    """Rules are evaluated all the same; their page shows them."""
    assert "alerting" not in prometheus_configuration("127.0.0.1:9469", (), None)
