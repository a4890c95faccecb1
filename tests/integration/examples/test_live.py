"""The live models of docker-compose.yml without containers: each service's own command, as a plain process."""

import re
from pathlib import Path

import pytest
import yaml

from compose_stack import mounts, read, services_of
from example_pages import instructions, last_command
from mlexporter import catalogue
from mlexporter.demo import prometheus
from mlexporter.demo.programs import free_port, get_json
from real_programs import program_of

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
TRAFFIC = ("fastapi", "flask")


@pytest.fixture
def services():
    """The services of docker-compose.yml."""
    return services_of(ROOT)


def here(words, example, addresses):
    """Return a command of a container as it is given on this machine: its own address, folder and neighbours."""
    made = []
    for word in words:
        placed = re.sub(r"^0\.0\.0\.0(?=:|$)", "127.0.0.1", word)
        placed = re.sub(r"^(127\.0\.0\.1:)?8000$", rf"\g<1>{example.port}", placed)
        placed = re.sub(r"^/counts$", str(example.clone / "counts"), placed)
        for name, port in addresses.items():
            placed = placed.replace(f"http://{name}:8000", f"http://127.0.0.1:{port}")
        made.append(placed)
    return made


def variables(dockerfile, folder):
    """Return the settings of ours that a Dockerfile sets, with paths of this machine."""
    text = " ".join(text for name, text in instructions(dockerfile) if name == "ENV")
    set_there = dict(re.findall(r"(MLEXPORTER_\w+)=(\S+)", text))
    moved = {name: value.replace("/service", str(folder)) for name, value in set_there.items()}
    return {name: value for name, value in moved.items() if value != "/counts"} | (
        {} if "MLEXPORTER_DIR" in set_there else {"MLEXPORTER_DIR": ""}
    )


def scraping(example, flask_port):
    """Write docker/live.yml and the rules with the addresses of this machine; return the file."""
    configuration = read(ROOT / "docker/live.yml")
    ports = {"exporter": example.exporter_port, "flask": flask_port}
    for job in configuration["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name']]}"]}]
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["alerting"]["alertmanagers"] = []
    path = example.clone / "prometheus.yml"
    path.write_text(yaml.safe_dump(configuration), encoding="utf-8")
    (example.clone / "alerts").symlink_to(ROOT / "alerts")
    return path


def test_what_they_count_arrives_in_prometheus(example, background, services, tools):
    """Exporter, both services, their callers, the job and Prometheus, with the commands and files of the stack."""
    fastapi, flask, batch = (example(name) for name in ("fastapi", "flask", "batch"))
    program = program_of("install-prometheus-3", *prometheus.NAMES)
    dockerfile = dict(instructions(ROOT / services["exporter"]["build"]["dockerfile"]))
    words = yaml.safe_load(dockerfile["ENTRYPOINT"]) + yaml.safe_load(dockerfile["CMD"])
    started = [background(fastapi, here(words, fastapi, {}))]
    started[0].await_page(fastapi.exporter_port, "/-/ready")
    for each, name in ((fastapi, "fastapi"), (flask, "flask")):
        file = ROOT / services[name]["build"]["dockerfile"]
        service = background(each, here(last_command(name), each, {}), **variables(file, each.folder))
        started.append(service)
        service.await_page(each.port)
    addresses = {"fastapi": fastapi.port, "flask": flask.port}
    for each, name in ((fastapi, "fastapi"), (flask, "flask")):
        started.append(background(each, here(services[f"traffic-{name}"]["command"], each, addresses)))
    job = batch.run(
        " ".join(last_command("batch")), MLEXPORTER_DIR=str(fastapi.clone / "counts"), OUT=str(batch.logs)
    )
    assert job.returncode == 0, job.stdout + job.stderr
    port = free_port()
    storage = f"--storage.tsdb.path={fastapi.logs / 'series'}"
    flags = [each for each in services["live"]["command"] if not each.startswith(("--config", "--storage"))]
    file = scraping(fastapi, flask.port)
    assert set(mounts(services["live"])) == {"/etc/prometheus/prometheus.yml", "/etc/prometheus/alerts"}
    started.append(
        background(
            fastapi,
            [program, f"--config.file={file}", storage, f"--web.listen-address=127.0.0.1:{port}", *flags],
        )
    )

    def calls():
        answer = get_json(port, f"/api/v1/query?query={catalogue.PREDICTIONS.name}") or {
            "data": {"result": []}
        }
        return {
            (each["metric"]["job"], each["metric"]["model_name"]): float(each["value"][1])
            for each in answer["data"]["result"]
        }

    wanted = {("exporter", "flight_delay"), ("exporter", "nightly_delay"), ("flask", "flight_delay")}
    tools.until(lambda: set(calls()) == wanted and min(calls().values()) > 20, lambda: f"{calls()}")
    exact = int(re.search(r"([\d,]+) flights were scored", job.stdout)[1].replace(",", ""))
    assert calls()["exporter", "nightly_delay"] == exact
    rules = [rule for group in get_json(port, "/api/v1/rules")["data"]["groups"] for rule in group["rules"]]
    assert rules
    assert [rule["name"] for rule in rules if rule.get("lastError")] == []
    for running in reversed(started):
        running.end()
