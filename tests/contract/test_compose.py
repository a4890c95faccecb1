"""docker-compose.yml, what it mounts and what Grafana is provisioned with agree with each other and with what ships.

The slow half, with the real Prometheus, Alertmanager and loader of Compose, is in tests/integration/dashboards.
"""

import json
import os
import re
import shlex
import subprocess
import tomllib

import click
import pytest

from compose_stack import mounts, read, services_of
from mlexporter.cli import command_line

IMAGE = re.compile(r"[a-z./-]+:v?\d+\.\d+\.\d+(-[a-z0-9-]+)?")
FAKE = """#!/bin/sh
echo "$@" >>"$NOTES"
[ "$STATUS" = 0 ] || exit "$STATUS"
mkdir -p "$5"
touch "$5/history.json"
"""
GRAFANA_SETTINGS = {
    "analytics": {"reporting_enabled", "check_for_updates", "check_for_plugin_updates"},
    "auth": {"disable_login_form"},
    "auth.anonymous": {"enabled", "org_role"},
    "news": {"news_feed_enabled"},
    "plugins": {"preinstall_disabled"},
    "users": {"home_page"},
}
"""Sections and keys that were read in Grafana's conf/defaults.ini; a variable that is none is passed over silently."""


@pytest.fixture(scope="module")
def services(root):
    """The services of docker-compose.yml."""
    return services_of(root)


@pytest.fixture(scope="module")
def dockerfile(root):
    """The instructions of docker/Dockerfile, as words."""
    text = (root / "docker" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


class TestImages:
    """What is pulled and built."""

    def test_every_image_has_an_exact_version(self, services, dockerfile):
        """Two people see the same; `latest` is whatever it was that day."""
        images = [each["image"] for each in services.values() if "image" in each]
        images += [words[1] for words in dockerfile if words[0] == "FROM"]
        assert len(images) == 7
        assert [image for image in images if not IMAGE.fullmatch(image)] == []
        assert not any(
            IMAGE.fullmatch(loose) for loose in ("grafana/grafana", "python:3", "grafana/grafana:latest")
        )

    @pytest.mark.parametrize(
        ("image", "script"),
        [("prom/prometheus", "install-prometheus-3"), ("prom/alertmanager", "install-alertmanager")],
    )
    def test_programs_are_those_that_are_tested(self, root, services, dockerfile, image, script):
        """The slow tests run the files and flags with the same releases."""
        text = (root / "scripts" / script).read_text(encoding="utf-8")
        version = re.search(r"^version=(\S+)$", text, re.MULTILINE)[1]
        used = [each.get("image", "") for each in services.values()]
        used += [words[1] for words in dockerfile if words[0] == "FROM"]
        assert {each for each in used if each.startswith(f"{image}:")} == {f"{image}:v{version}"}

    def test_grafana_is_one_whose_types_are_checked(self, root, services):
        """The dashboards hold against the published types of this very line of releases."""
        packages = json.loads((root / "tests/integration/dashboards/schema/package.json").read_bytes())
        line = services["grafana"]["image"].partition(":")[2].rpartition(".")[0]
        assert f"grafana-{line}" in packages["devDependencies"]

    def test_what_the_dockerfile_copies_is_there_and_let_through(self, root, dockerfile):
        """.dockerignore leaves out everything else, so that no build sends a virtual environment along."""
        copied = {
            source
            for words in dockerfile
            if words[0] == "COPY" and "--from" not in words[1]
            for source in words[1:-1]
        }
        ignored = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        # docker/exporter/Dockerfile copies more; test_image.py holds that nothing else is let through.
        assert {line.removeprefix("!") for line in ignored if line.startswith("!")} >= copied
        assert ignored[1] == "*"
        assert all((root / source).exists() for source in copied)
        assert os.access(root / "docker" / "write-history", os.X_OK)

    def test_what_the_package_is_built_from_is_copied(self, root, dockerfile):
        """Else the image cannot be built, which no test does."""
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        needed = [project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"]
        needed.append(project["tool"]["hatch"]["version"]["path"].split("/")[0])
        copied = {word for words in dockerfile if words[0] == "COPY" for word in words[1:-1]}
        assert set(needed) <= copied
        extras = re.findall(r"'\.\[(\w+)\]'", " ".join(word for words in dockerfile for word in words))
        assert set(extras) <= set(project["project"]["optional-dependencies"])
        assert extras


class TestServices:
    """Mounts, ports, commands and settings."""

    def test_everything_that_is_mounted_exists(self, root, services):
        """A source that is not there becomes an empty folder, and the service says something puzzling."""
        sources = [source for each in services.values() for source in mounts(each).values()]
        assert len(sources) == 10
        assert [source for source in sources if not (root / source).exists()] == []

    def test_ports_are_open_on_this_machine_only_and_are_in_the_tutorial(self, root, services):
        """Anybody may look without a password, so nobody else may reach it."""
        tutorial = (root / "docs/tutorials/compose.md").read_text(encoding="utf-8")
        for service in services.values():
            for port in service.get("ports", []):
                host, published, target = port.split(":")
                assert host == "127.0.0.1"
                assert target.isdecimal()
                assert f"http://localhost:{published}" in tutorial

    def test_services_wait_for_what_they_need(self, services):
        """Prometheus must not start on half a history."""
        assert services["prometheus"]["depends_on"] == {
            "history": {"condition": "service_completed_successfully"}
        }
        assert "history:/history" in services["prometheus"]["volumes"] + services["history"]["volumes"]
        assert services["grafana"]["depends_on"] == ["prometheus"]
        for name in ("fastapi", "flask"):
            assert services[f"traffic-{name}"]["depends_on"] == {name: {"condition": "service_healthy"}}
        assert services["fastapi"]["depends_on"] == services["batch"]["depends_on"] == ["exporter"]

    def test_settings_of_grafana_are_grafanas(self, services):
        """Named as its documentation says: GF, section, key, with underscores for dots and hyphens."""
        known = {
            f"GF_{section}_{key}".upper().replace(".", "_").replace("-", "_")
            for section, keys in GRAFANA_SETTINGS.items()
            for key in keys
        }
        assert set(services["grafana"]["environment"]) == known
        assert all(isinstance(value, str) for value in services["grafana"]["environment"].values())

    def test_prometheus_has_the_flags_that_the_history_tells(self, services):
        """By default Prometheus removes what is older than two weeks, and looks back five minutes for a sample."""
        from mlexporter.demo.history.past_prometheus import FLAGS

        assert set(FLAGS) <= set(services["prometheus"]["command"])
        (lookback,) = [flag for flag in FLAGS if "lookback" in flag]
        assert lookback in services["rules"]["command"]
        assert lookback not in services["live"]["command"]

    def test_addresses_are_those_that_are_published(self, services):
        """Links that Prometheus and Alertmanager make lead to the port that is open."""
        for service in services.values():
            links = [flag for flag in service.get("command", []) if flag.startswith("--web.external-url=")]
            published = [port.split(":")[1] for port in service.get("ports", []) if links]
            assert links == [f"--web.external-url=http://localhost:{port}/" for port in published]

    @pytest.mark.parametrize("name", ["rules", "live"])
    def test_rules_find_their_files_series_and_alertmanager(self, root, services, name):
        """Files are the committed ones, below a mount; addresses are services with their own ports."""
        sources = mounts(services[name])
        configuration = read(root / sources["/etc/prometheus/prometheus.yml"])
        for path in configuration["rule_files"]:
            folder, _, file = f"/etc/prometheus/{path}".rpartition("/")
            assert (root / sources[folder] / file).is_file()
        ((target,),) = [
            each["targets"]
            for manager in configuration["alerting"]["alertmanagers"]
            for each in manager["static_configs"]
        ]
        read_from = [
            each["url"].removeprefix("http://").partition("/")[0]
            for each in configuration.get("remote_read", [])
        ]
        for address in (target, *read_from):
            service, _, port = address.partition(":")
            assert port in {each.split(":")[2] for each in services[service]["ports"]}
            assert service in services[name]["depends_on"]

    def test_nobody_is_notified_and_no_secret_is_needed(self, root):
        """The one receiver has no channel."""
        configuration = read(root / "docker/alertmanager.yml")
        assert configuration["receivers"] == [{"name": configuration["route"]["receiver"]}]


class TestLiveModels:
    """The profile ``examples``: services that are called, and what watches them."""

    def test_without_the_profile_the_stack_is_what_it_was(self, services):
        """What starts by default needs nothing of the profile, and names the services of the history alone."""
        plain = {name for name, each in services.items() if "profiles" not in each}
        assert plain == {"history", "prometheus", "rules", "alertmanager", "grafana"}
        assert all(each["profiles"] == ["examples"] for name, each in services.items() if name not in plain)
        for name in plain:
            assert set(services[name].get("depends_on", [])) <= plain
            assert [each for each in services[name].get("volumes", []) if each.startswith("counts:")] == []

    def test_its_prometheus_scrapes_the_services_where_they_listen(self, root, services):
        """A target is a service of the stack, and the port of it that is published here too."""
        jobs = read(root / "docker/live.yml")["scrape_configs"]
        assert [each["job_name"] for each in jobs] == ["exporter", "flask"]
        for job in jobs:
            ((target,),) = [each["targets"] for each in job["static_configs"]]
            name, _, port = target.partition(":")
            assert name == job["job_name"]
            assert port in {each.split(":")[2] for each in services[name]["ports"]}

    def test_traffic_calls_the_service_whose_image_it_has(self, services):
        """Under its name, on its port, without end."""
        for name in ("fastapi", "flask"):
            traffic = services[f"traffic-{name}"]
            assert traffic["build"] == services[name]["build"]
            url = traffic["command"][traffic["command"].index("--url") + 1]
            (port,) = services[name]["ports"]
            assert url == f"http://{name}:{port.split(':')[2]}"
            assert traffic["command"][-4:-2] == ["--rows", "0"]

    def test_who_counts_together_shares_memory_as_one_user(self, root, services):
        """The volume is of the user that the Dockerfiles name, and is mounted where the images count."""
        volume = read(root / "docker-compose.yml")["volumes"]["counts"]["driver_opts"]
        assert volume["type"] == "tmpfs"
        counting = [name for name, each in services.items() if "counts:/counts" in each.get("volumes", [])]
        assert sorted(counting) == ["batch", "exporter", "fastapi"]
        for name in counting:
            dockerfile = root / services[name]["build"]["dockerfile"]
            text = dockerfile.read_text(encoding="utf-8")
            uid, gid = re.search(r"^USER (\d+):(\d+)$", text, re.MULTILINE).groups()
            assert f"uid={uid},gid={gid}" in volume["o"]
            assert "/counts" in text

    def test_grafana_has_a_source_of_its_own_for_them(self, root, services):
        """Beside the two of the history, the first of which stays what dashboards open with."""
        sources = [
            source
            for target, path in mounts(services["grafana"]).items()
            if "/datasources/" in target
            for source in read(root / path)["datasources"]
        ]
        assert [each["isDefault"] for each in sources].count(True) == 1
        assert len({each["uid"] for each in sources}) == len({each["name"] for each in sources}) == 3
        (live,) = [each for each in sources if each["url"] == "http://live:9090"]
        assert live["isDefault"] is False
        interval = read(root / "docker/live.yml")["global"]["scrape_interval"]
        assert live["jsonData"]["timeInterval"] == interval
        assert live["name"] in (root / "docs/tutorials/compose.md").read_text(encoding="utf-8")

    def test_the_commands_of_the_tutorial_are_ours(self, root, services):
        """What it tells to run stands in the images, with options that exist."""
        tutorial = (root / "docs/tutorials/compose.md").read_text(encoding="utf-8")
        runs = re.findall(r"^docker compose --profile examples run --rm (\S+) (.*)$", tutorial, re.MULTILINE)
        assert len(runs) == 2
        for name, command in runs:
            folder = (root / services[name]["build"]["dockerfile"]).parent
            program = next(word for word in command.split() if word.endswith((".py", ".sh")))
            text = (folder / program).read_text(encoding="utf-8")
            if program.endswith(".sh"):
                text += (folder / "nightly.py").read_text(encoding="utf-8")
            assert [
                word for word in command.split() if word.startswith("--") and f'"{word}"' not in text
            ] == []


class TestWithPlugin:
    """docker/with-plugin.yml, which puts the app into the Grafana of the stack."""

    @pytest.fixture
    def added(self, root):
        """What it adds to Grafana."""
        services = read(root / "docker/with-plugin.yml")["services"]
        assert list(services) == ["grafana"]
        return services["grafana"]

    def test_the_app_stands_where_grafana_looks_under_its_own_name(self, root, added):
        """The folder is the one that the build makes; the name is that of plugin.json, and of what is enabled."""
        plugin = json.loads((root / "grafana/plugin/src/plugin.json").read_bytes())
        mounted = mounts(added)
        assert mounted[f"/var/lib/grafana/plugins/{plugin['id']}"] == "./grafana/plugin/dist"
        provisioned = mounted["/etc/grafana/provisioning/plugins/mlexporter.yaml"]
        (app,) = read(root / provisioned)["apps"]
        assert app == {"type": plugin["id"], "org_id": 1, "disabled": False}
        assert added["environment"]["GF_USERS_HOME_PAGE"].startswith(f"/a/{plugin['id']}/")

    def test_the_panel_is_let_in_too(self, root, added):
        """An unsigned panel inside of an app is checked by its own name."""
        plugins = sorted((root / "grafana/plugin/src").rglob("plugin.json"))
        allowed = added["environment"]["GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS"].split(",")
        assert sorted(allowed) == sorted(json.loads(path.read_bytes())["id"] for path in plugins)
        assert len(allowed) == 2


class TestHistory:
    """docker/write-history, which the service `history` runs."""

    @pytest.fixture
    def write(self, root, tmp_path):
        """Return what runs it with a made `mlexporter`, which notes its arguments and writes a history or fails."""
        fake = tmp_path / "mlexporter"
        fake.write_text(FAKE, encoding="utf-8")
        fake.chmod(0o755)
        notes, folder = tmp_path / "notes", tmp_path / "history"
        notes.touch()
        folder.mkdir()

        def run(status=0):
            environment = {
                "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "NOTES": str(notes), "STATUS": str(status),
            }  # fmt: skip
            done = subprocess.run(
                [root / "docker" / "write-history", folder],
                capture_output=True, text=True, check=False, env=environment,
            )  # fmt: skip
            return done.returncode, notes.read_text(encoding="utf-8").splitlines()

        run.folder = folder
        return run

    def test_it_is_written_once(self, write):
        """A second start of the stack keeps what is there."""
        status, first = write()
        assert (status, len(first)) == (0, 1)
        assert write() == (0, first)

    def test_an_old_one_is_written_again(self, write):
        """Else the dashboards would be empty on the next day; until then it reaches beyond now."""
        from mlexporter.demo.history.era import era_of

        write()
        about = write.folder / "demo" / "history.json"
        ages = [era_of(9 * 86_400, now).ends - now for now in range(1_795_000_000, 1_795_007_200)]
        assert min(ages) > 180 * 60
        os.utime(about, (about.stat().st_mtime - 151 * 60,) * 2)
        assert len(write()[1]) == 2

    def test_one_that_was_interrupted_is_written_again(self, write):
        """Prometheus does not start on it: the service has failed. What a killed run leaves goes."""
        unfinished = write.folder / ".demo-unfinished-x"
        unfinished.mkdir()
        assert write(status=1)[0] == 1
        status, notes = write()
        assert (status, len(notes)) == (0, 2)
        assert not unfinished.exists()

    def test_its_command_is_one_of_ours(self, services, write):
        """With options that it has, and a folder that is the one that Prometheus reads."""
        from mlexporter.demo.history.folder import ABOUT
        from mlexporter.demo.history.past_prometheus import STORAGE

        _, (line,) = write()
        name, *arguments = shlex.split(line)
        command = command_line.get_command(None, name)
        given = command.make_context(name, arguments, parent=click.Context(command_line)).params
        assert given["history"] == "9mo"
        assert given["no_serve"]
        place = str(given["out"]).replace(str(write.folder), services["history"]["command"][1])
        assert f"--storage.tsdb.path={place}/{STORAGE}" in services["prometheus"]["command"]
        assert (given["out"] / ABOUT).is_file()
