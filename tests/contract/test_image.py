"""docker/exporter: what can be held of the image without any program. The rest is in tests/integration/image."""

import os
import re
import tomllib
from importlib.metadata import distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import mlexporter
from dockerfiles import copied_from_context, one, read_dockerfile, stages_of, values_of
from mlexporter.cli import command_line
from mlexporter.settings import SETTINGS

PINNED = re.compile(r"[a-z./-]+:v?\d+\.\d+\.\d+(-[a-z0-9-]+)?")
EXTRAS = frozenset({"gpu", "otlp", "web"})


@pytest.fixture(scope="module")
def dockerfile(root):
    """The instructions of the image's Dockerfile."""
    return read_dockerfile(root / "docker/exporter/Dockerfile")


@pytest.fixture(scope="module")
def last(dockerfile):
    """The instructions of the stage that becomes the image."""
    return stages_of(dockerfile)[-1]


@pytest.fixture(scope="module")
def every_dockerfile(root):
    """The instructions of all Dockerfiles: path to list."""
    found = [path for folder in ("docker", "examples") for path in root.glob(f"{folder}/**/Dockerfile")]
    return {str(path.relative_to(root)): read_dockerfile(path) for path in found}


def locked(path):
    """Return name to version, and name to hashes, of a file with hashes."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    versions = dict(words[0].split("==") for words in lines)
    return versions, {words[0].split("==")[0]: words[1:] for words in lines}


def closure(name, extras):
    """Return the names of all that a distribution needs here, by the metadata of what is installed."""
    waiting, followed, found = [(name, frozenset(extras))], set(), set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in followed:
            continue
        followed.add((name, extras))
        for text in distribution(name).requires or ():
            requirement = Requirement(text)
            if not requirement.marker or any(
                requirement.marker.evaluate({"extra": extra}) for extra in {"", *extras}
            ):
                found.add(canonicalize_name(requirement.name))
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
    return found


class TestBase:
    """What it begins with."""

    def test_every_image_has_an_exact_version(self, every_dockerfile):
        """In every Dockerfile: a name alone, or `latest`, is whatever it was that day."""
        for name, instructions in every_dockerfile.items():
            known = values_of(instructions, "ARG")
            stages = set()
            for each in (each for each in instructions if each.name == "FROM"):
                words = [word for word in each.rest.split() if not word.startswith("--")]
                base = words[0].replace("${BASE}", known.get("BASE", ""))
                assert base in stages or PINNED.fullmatch(base), (name, base)
                stages.add(words[-1])

    def test_all_have_the_same_python(self, every_dockerfile, dockerfile):
        """One base to renew, and one that is pulled once."""
        base = values_of(dockerfile, "ARG")["BASE"]
        used = {
            word
            for instructions in every_dockerfile.values()
            for each in instructions
            for word in re.findall(r"python:[\w.-]+", each.rest)
        }
        assert used == {base}

    def test_its_python_is_one_that_we_support(self, root, dockerfile):
        """As the classifiers say."""
        minor = re.search(r"python:(\d+\.\d+)\.", values_of(dockerfile, "ARG")["BASE"])[1]
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert f"Programming Language :: Python :: {minor}" in project["classifiers"]
        assert re.search(
            rf"--python-version {re.escape(minor)} ", (root / "docker/exporter/requirements.txt").read_text()
        )

    def test_the_base_is_named_once(self, dockerfile):
        """Who gives another one, by digest or from a mirror, gives it for all stages."""
        bases = [each.rest.split()[0] for each in dockerfile if each.name == "FROM"]
        assert bases == ["${BASE}", "python", "python"]


class TestContext:
    """What is sent to the builder, and copied."""

    def test_what_is_copied_is_there_and_let_through_and_nothing_else_is(self, root, every_dockerfile):
        """No build sends a virtual environment, a history or a secret along."""
        ours = {
            name: each
            for name, each in every_dockerfile.items()
            if not (root / f"{name}.dockerignore").exists()
        }
        copied = set().union(*map(copied_from_context, ours.values()))
        lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        assert lines[1] == "*"
        assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied
        assert set(ours) == {"docker/Dockerfile", "docker/exporter/Dockerfile"}
        assert all((root / source).exists() for source in copied)
        assert not any(source.startswith((".", "tests", "/")) for source in copied)

    def test_what_is_let_through_is_small_and_no_secret(self, root):
        """A context of megabytes is a mistake; keys and tokens have names that are known."""
        lines = (root / ".dockerignore").read_text(encoding="utf-8").splitlines()
        files = [
            path
            for line in lines
            if line.startswith("!")
            for path in [root / line[1:], *(root / line[1:]).rglob("*")]
            if path.is_file() and "__pycache__" not in path.parts
        ]
        assert sum(path.stat().st_size for path in files) < 8_000_000
        secret = re.compile(r"\.(pem|key|p12|env|netrc|pypirc)$|^\.|secret|token", re.IGNORECASE)
        assert [path for path in files if secret.search(path.name)] == []

    def test_what_the_package_is_built_from_is_copied(self, root, dockerfile):
        """Else the wheel cannot be built."""
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        needed = {project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "src"}
        assert needed | {"docker/exporter"} == copied_from_context(dockerfile)

    def test_nothing_is_fetched_by_address(self, every_dockerfile):
        """What comes from outside comes from a registry, by version and hash."""
        for name, instructions in every_dockerfile.items():
            assert not [each for each in instructions if each.name == "ADD"], name
            assert not [
                each
                for each in instructions
                if re.search(r"https?://|curl|wget", each.rest) and each.name == "RUN"
            ]

    def test_steps_can_be_executed(self, root):
        """Git keeps the right; an editor may lose it."""
        assert all(os.access(root / "docker/exporter" / name, os.X_OK) for name in ("install", "settle"))


class TestLocked:
    """The files with hashes."""

    @pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt"])
    def test_versions_are_those_that_are_tested_and_have_hashes(self, root, name):
        """constraints.txt is what the tests run with."""
        constraints = dict(
            line.split("==")
            for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")
        )
        tested = {canonicalize_name(key): value for key, value in constraints.items()}
        versions, hashes = locked(root / "docker/exporter" / name)
        assert versions
        assert {key: tested.get(key) for key in versions} == versions
        assert all(
            each and all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) for word in each)
            for each in hashes.values()
        )

    def test_all_that_is_needed_at_run_time_is_locked_and_nothing_else(self, root):
        """A dependency that is new fails here, not in the build of a release."""
        versions, _ = locked(root / "docker/exporter/requirements.txt")
        assert set(versions) == closure("mlexporter", EXTRAS)

    def test_what_builds_the_wheel_is_locked(self, root):
        """With all that it needs, else the build fails, which may look nothing up."""
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
        versions, _ = locked(root / "docker/exporter/requirements-build.txt")
        for text in project["build-system"]["requires"]:
            requirement = Requirement(text)
            assert requirement.specifier.contains(versions[requirement.name])
        steps = (root / "docker/exporter/install").read_text(encoding="utf-8")
        assert "pip wheel --quiet --no-deps --no-index --no-build-isolation" in steps
        installs = re.findall(r"^pip .*install .*$", steps, re.MULTILINE)
        assert all("--require-hashes" in line or "--no-index" in line for line in installs)
        assert len(installs) == 3

    def test_the_document_of_what_is_installed_follows_the_same_extras(self, root):
        """And the command that renews the locked file names them."""
        described = (root / "docker/exporter/describe.py").read_text(encoding="utf-8")
        assert f"EXTRAS = {tuple(sorted(EXTRAS))}".replace("'", '"') in described
        header = (root / "docker/exporter/requirements.txt").read_text(encoding="utf-8")
        assert set(re.findall(r"--extra (\w+)", header)) == EXTRAS


class TestImage:
    """What an engine reads in it."""

    def test_it_is_nobody_by_number(self, last):
        """Kubernetes cannot see that a name is not root."""
        assert one(last, "USER").rest == "65532:65532"
        after = [each.name for each in last][[each.name for each in last].index("USER") + 1 :]
        assert not {"RUN", "COPY", "ADD", "USER"} & set(after)

    @pytest.mark.parametrize("name", ["ENTRYPOINT", "CMD"])
    def test_its_command_is_a_list(self, last, name):
        """A shell in between would get the signals, and be one."""
        assert one(last, name).rest.startswith("[")

    def test_its_command_is_one_of_ours(self, last):
        """With options that it has; all that is given is what the documents say."""
        assert one(last, "ENTRYPOINT").words == ["mlexporter"]
        name, *arguments = one(last, "CMD").words
        assert [name, *arguments] == ["serve", "--dir", "/counts", "--host", "0.0.0.0"]
        command = command_line.get_command(None, name)
        assert "/counts" in command.make_context(name, arguments).params.values()

    def test_its_health_is_asked_by_a_command_of_ours(self, last):
        """In exec form, with times that are given: an engine's own start period is none."""
        rest = one(last, "HEALTHCHECK").rest
        options, _, command = rest.partition("CMD ")
        assert command == '["mlexporter", "health"]'
        assert command_line.get_command(None, "health") is not None
        assert re.findall(r"--([a-z-]+)=", options) == ["interval", "timeout", "start-period", "retries"]

    def test_its_port_is_that_of_the_settings(self, last):
        """EXPOSE only says it; the server decides."""
        (port,) = [setting.default for setting in SETTINGS if setting.name == "port"]
        assert one(last, "EXPOSE").rest == str(port)

    def test_it_ends_by_the_signal_that_is_handled(self, last):
        """The engine's default, said."""
        assert one(last, "STOPSIGNAL").rest == "SIGTERM"

    def test_nothing_is_set_that_opens_a_model_of_others(self, last):
        """Images are made from this one: what is for the reader alone stands in its command."""
        variables = values_of(last, "ENV")
        assert not [name for name in variables if name.startswith("MLEXPORTER_")]
        assert variables["PATH"].startswith("/opt/mlexporter/bin:")
        assert "VOLUME" not in {each.name for each in last}

    def test_its_labels_are_those_of_the_project(self, root, dockerfile, last):
        """Names are the standard's; the version is the package's."""
        labels, given = values_of(last, "LABEL"), values_of(dockerfile, "ARG")
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert all(name.startswith("org.opencontainers.image.") for name in labels)
        assert labels["org.opencontainers.image.licenses"] == project["license"]
        assert project["description"].startswith(labels["org.opencontainers.image.description"])
        assert labels["org.opencontainers.image.version"] == "${VERSION}"
        assert given["VERSION"] == mlexporter.__version__
        assert {"revision", "created", "version", "base.name"} <= {
            name.removeprefix("org.opencontainers.image.") for name in labels
        }

    def test_times_are_not_those_of_the_build_where_one_is_asked_for(self, dockerfile):
        """The one argument that makes layers alike."""
        assert values_of(dockerfile, "ARG")["SOURCE_DATE_EPOCH"] is None

    def test_the_documents_name_what_it_is(self, root):
        """Port, user, folder and the document of what is installed."""
        text = (root / "docs/tutorials/image.md").read_text(encoding="utf-8")
        for word in (
            "9469",
            "65532",
            "/counts",
            "/usr/share/doc/mlexporter/sbom.cdx.json",
            "docker/exporter/Dockerfile",
            "no container engine",
        ):
            assert word in text
