"""docker-compose.yml as far as it can be tried without a container engine: its loader, its programs, its package."""

import json
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest
import yaml

from compose_stack import mounts, read, services_of
from mlexporter.demo import alertmanager, prometheus
from mlexporter.demo.programs import HOST, Child, answers, free_port, get_json
from real_programs import program_of

READY_SECONDS = 30.0
FAULTS = (
    ("an unknown key", "alertmanager", {"imag": "x"}, "services.alertmanager.imag"),
    ("no such service", "grafana", {"depends_on": ["loki"]}, 'depends on undefined service "loki"'),
    ("no such volume", "grafana", {"volumes": ["graphs:/var/lib/grafana"]}, "undefined volume graphs"),
    ("no image", "alertmanager", {"image": None}, "neither an image nor a build context"),
    ("no such condition", "grafana", {"depends_on": {"prometheus": {"condition": "ready"}}}, "condition"),
    ("a port that is none", "grafana", {"ports": ["127.0.0.1:3000:web"]}, "containerPort: web"),
    ("a wrong type", "grafana", {"environment": 7}, "environment"),
    ("no such option", "flask", {"read-only": True}, "services.flask.read-only"),
    ("a profile that is none", "flask", {"profiles": "examples"}, "services.flask.profiles"),
)


@pytest.fixture(scope="module")
def root():
    """The root of the repository."""
    return Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def services(root):
    """The services of docker-compose.yml."""
    return services_of(root)


@pytest.fixture(scope="module")
def loader():
    """Return what loads a compose file as Compose would; skips where it is not, but fails in CI."""
    program = program_of("install-compose", "compose-config")

    def load(path, *more):
        return subprocess.run(
            [program, path, *more], capture_output=True, text=True, check=False, cwd=path.parent
        )

    return load


class TestLoader:
    """The part of Docker Compose that needs no engine."""

    def test_compose_accepts_the_file(self, root, loader):
        """By its schema, and after names, paths and references were resolved."""
        done = loader(root / "docker-compose.yml")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        loaded = json.loads(done.stdout)
        examples = {name for name, each in loaded["services"].items() if each.get("profiles") == ["examples"]}
        assert set(loaded["services"]) - examples == {
            "history", "prometheus", "rules", "alertmanager", "grafana",
        }  # fmt: skip
        assert examples == {
            "fastapi", "flask", "batch", "exporter", "traffic-fastapi", "traffic-flask", "live",
        }  # fmt: skip
        build = loaded["services"]["history"]["build"]
        assert (build["context"], build["dockerfile"]) == (str(root), "docker/Dockerfile")

    def test_the_app_is_added_to_the_grafana_of_the_stack(self, root, loader):
        """Its paths are those of the first file, nothing of Grafana is lost, and its first page is the app's."""
        done = loader(root / "docker-compose.yml", root / "docker/with-plugin.yml")
        assert (done.returncode, done.stderr) == (0, "")
        before, after = (
            json.loads(each.stdout)["services"]["grafana"]
            for each in (loader(root / "docker-compose.yml"), done)
        )
        added = {each["target"]: each["source"] for each in after["volumes"]}
        assert added["/var/lib/grafana/plugins/mlexporter-app"] == str(root / "grafana/plugin/dist")
        assert {each["target"] for each in before["volumes"]} < set(added)
        assert set(before["environment"]) < set(after["environment"])
        assert after["image"] == before["image"]

    @pytest.mark.parametrize("fault", FAULTS, ids=[fault[0] for fault in FAULTS])
    def test_a_planted_fault_is_refused(self, root, loader, tmp_path, fault):
        """The loader can say no."""
        _, service, change, told = fault
        planted = read(root / "docker-compose.yml")
        changed = planted["services"][service] | change
        planted["services"][service] = {key: value for key, value in changed.items() if value is not None}
        path = tmp_path / "docker-compose.yml"
        path.write_text(yaml.safe_dump(planted), encoding="utf-8")
        done = loader(path)
        assert done.returncode == 1
        assert told in done.stderr


class TestDockerfile:
    """docker/Dockerfile, and those of the examples, which nothing builds here."""

    @pytest.mark.parametrize("name", ["fastapi", "flask", "batch"])
    def test_the_builder_reads_those_of_the_examples(self, root, name):
        """Three stages each: what is installed, what trains, and what is left of both."""
        program = program_of("install-compose", "dockerfile-stages")
        done = subprocess.run(
            [program, root / "examples" / name / "Dockerfile"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        images = [line.split()[0].partition(":")[0] for line in done.stdout.splitlines()]
        assert images == ["python", "packages", "python"]

    def test_the_builder_reads_it(self, root):
        """Every instruction is one, with arguments that it takes."""
        program = program_of("install-compose", "dockerfile-stages")
        done = subprocess.run(
            [program, root / "docker" / "Dockerfile"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        images = [line.split()[0].partition(":")[0] for line in done.stdout.splitlines()]
        assert images == ["prom/prometheus", "python"]

    @pytest.mark.parametrize("fault", ["COPI src src", "COPY src", "USER", "FROM"])
    def test_a_planted_fault_is_refused(self, root, tmp_path, fault):
        """It can say no."""
        planted = tmp_path / "Dockerfile"
        planted.write_text(
            (root / "docker" / "Dockerfile").read_text(encoding="utf-8") + f"{fault}\n", encoding="utf-8"
        )
        program = program_of("install-compose", "dockerfile-stages")
        assert subprocess.run([program, planted], capture_output=True, check=False).returncode == 1

    def test_the_package_is_built_from_what_the_dockerfile_copies(self, root, tmp_path):
        """As in the image, and nothing that the package needs is left out."""
        text = (root / "docker" / "Dockerfile").read_text(encoding="utf-8")
        checkout = tmp_path / "checkout"
        checkout.mkdir()
        for line in re.findall(r"^COPY (?!--from)(?!docker/)(.*) \S+$", text, re.MULTILINE):
            for source in line.split():
                (checkout / source).symlink_to(root / source)
        done = subprocess.run(
            [
                sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path,
                "--build-constraint", root / "constraints.txt", checkout,
            ],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (wheel,) = tmp_path.glob("*.whl")
        packed = {
            name.partition("/")[2]
            for name in zipfile.ZipFile(wheel).namelist()
            if name.startswith("mlexporter/")
        }
        package = root / "src" / "mlexporter"
        assert packed >= {
            str(path.relative_to(package))
            for path in package.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


def inside(root, service, machine):
    """Make the folder ``machine`` look like the root of a service's container; return its flags, as seen from outside."""
    for target, source in mounts(service).items():
        place = machine / target.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(root / source)
    return [re.sub("(?<==)(?=/)", str(machine), flag) for flag in service["command"]]


@pytest.fixture
def start(tmp_path):
    """Return what starts a program with flags and waits until it is ready; it ends with the test."""
    children = []

    def run(program, *flags):
        port = free_port()
        command = (program, *flags, f"--web.listen-address={HOST}:{port}")
        children.append(Child(program, command, tmp_path / f"log{len(children)}"))
        children[-1].wait_until(lambda: answers(port, "/-/ready"), seconds=READY_SECONDS)
        return children[-1], port

    yield run
    for child in children:
        child.stop()


class TestPrograms:
    """The flags and files of the services, with the releases of their images."""

    def test_prometheus_runs_with_its_flags(self, root, services, tmp_path, start):
        """It looks back as far as the history needs, and says nothing against it."""
        flags = inside(root, services["prometheus"], tmp_path)
        child, port = start(program_of("install-prometheus-3", *prometheus.NAMES), *flags)
        assert get_json(port, "/api/v1/status/flags")["data"]["query.lookback-delta"] == "2h1m"
        child.stop()
        assert [line for line in (tmp_path / "log0").read_text().splitlines() if "level=ERROR" in line] == []

    def test_rules_run_on_the_series_of_another_prometheus(self, root, services, tmp_path, start):
        """It loads our rules, knows its Alertmanager, and reads where it is told to."""
        flags = inside(root, services["rules"], tmp_path)
        child, port = start(program_of("install-prometheus-3", *prometheus.NAMES), *flags)
        groups = get_json(port, "/api/v1/rules")["data"]["groups"]
        committed = [
            group["name"]
            for name in ("recording", "rules")
            for group in read(root / "alerts" / f"{name}.yaml")["groups"]
        ]
        assert sorted(group["name"] for group in groups) == sorted(committed)
        loaded = yaml.safe_load(get_json(port, "/api/v1/status/config")["data"]["yaml"])
        assert loaded["remote_read"][0]["read_recent"]

        def managers():
            return get_json(port, "/api/v1/alertmanagers")["data"]["activeAlertmanagers"]

        child.wait_until(managers, seconds=READY_SECONDS)
        assert [each["url"] for each in managers()] == ["http://alertmanager:9093/api/v2/alerts"]

    def test_alertmanager_runs_with_its_flags_and_takes_an_alert(self, root, services, tmp_path, start):
        """Its page shows what fires; nobody is told."""
        flags = inside(root, services["alertmanager"], tmp_path)
        _, port = start(program_of("install-alertmanager", *alertmanager.NAMES), *flags)
        alert = [
            {"labels": {"alertname": "MLFeatureDrift", "model_name": "late_arrival", "component": "drift"}}
        ]
        request = urllib.request.Request(
            f"http://{HOST}:{port}/api/v2/alerts",
            data=json.dumps(alert).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10).close()
        ((group),) = get_json(port, "/api/v2/alerts/groups")
        assert group["labels"] == {"model_name": "late_arrival", "component": "drift"}
        assert group["receiver"] == {"name": "nobody"}
