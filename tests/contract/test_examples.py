"""The examples agree with each other, with the package and with what is said of them; the slow half runs them.

That half is tests/integration/examples.
"""

import importlib.metadata
import json
import re
import runpy
import shutil
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from compose_stack import services_of
from example_pages import EXAMPLES, IN_IMAGES, NAMES, blocks, commands, instructions, last_command
from kubernetes_schemas import VERSIONS, problems
from mlexporter.configuration.files import read_configuration
from mlexporter.settings import SETTINGS

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
LONGEST_LINES = 150
PAGES = sorted(EXAMPLES.rglob("README.md"))
PROGRAMS = sorted(EXAMPLES.rglob("*.py"))
USER = "65532"


class TestPages:
    """What a stranger reads."""

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
    def test_links_lead_somewhere(self, page):
        """Every file that a page names is there, and every page of an example has one in the table."""
        text = page.read_text(encoding="utf-8")
        links = [link for link in LINK.findall(text) if not link.startswith("http")]
        assert links
        assert [link for link in links if not (page.parent / link).exists()] == []

    def test_the_table_has_every_example(self):
        """And the documentation leads to it."""
        table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
        assert sorted(re.findall(r"^\| \[(\w+)/\]", table, re.MULTILINE)) == sorted(NAMES)
        assert {path.parent.name for path in EXAMPLES.glob("*/README.md")} == set(NAMES)
        documents = (EXAMPLES.parent / "docs" / "README.md").read_text(encoding="utf-8")
        assert "(../examples/README.md)" in documents

    @pytest.mark.parametrize("name", NAMES)
    def test_it_runs_with_four_commands_or_fewer(self, name):
        """From a clone, and the first of them installs what the others need."""
        text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
        run = text.partition("## Run it")[2].partition("\n## ")[0]
        first = blocks(run, "sh")[0].strip().splitlines()
        assert 2 <= len(first) <= 4
        assert first[0].startswith("pip install '.[demo]'")
        assert first[1].startswith(f"cd examples/{name} && ")
        assert commands(name)[: len(first)] == first

    @pytest.mark.parametrize("name", NAMES)
    def test_what_it_installs_is_there(self, name):
        """The extra exists, the file of requirements is the example's own, and what is tested meets it."""
        install = commands(name)[0].split()
        project = tomllib.loads((EXAMPLES.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert set(re.findall(r"\.\[(\w+)\]", install[2])) <= set(project["optional-dependencies"])
        if "-r" in install:
            assert EXAMPLES.parent / install[install.index("-r") + 1] == EXAMPLES / name / "requirements.txt"
        for requirement in requirements(name):
            if requirement.name != "jupyterlab":  # a browser opens it
                assert requirement.specifier.contains(importlib.metadata.version(requirement.name))

    @pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: str(path.relative_to(EXAMPLES)))
    def test_a_program_is_short_enough_to_copy(self, path):
        """Nobody copies what cannot be read at once."""
        assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_LINES


def requirements(name):
    """Return what an example's requirements.txt asks for."""
    lines = (EXAMPLES / name / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


class TestAgreement:
    """What is written in two places says the same."""

    @pytest.mark.parametrize("file", ["train.py", "traffic.py", "mlexporter.toml", "Dockerfile.dockerignore"])
    def test_services_share_what_is_not_about_the_framework(self, file):
        """Each folder stands alone, so they are copies; who changes one changes both."""
        one, other = ((EXAMPLES / name / file).read_text(encoding="utf-8") for name in ("fastapi", "flask"))
        assert one == other.replace("flask", "fastapi")

    def test_calls_before_training_are_told_what_to_do(self, tmp_path):
        """Traffic needs the flights that train.py leaves behind; without them nothing is sent, and the exit code says so."""
        copied = shutil.copy(EXAMPLES / "fastapi" / "traffic.py", tmp_path)
        with pytest.raises(SystemExit, match=r"run train\.py in this folder first"):
            runpy.run_path(copied)["flights"](1, is_broken=False)

    def test_values_of_the_chart_are_the_configuration_file(self):
        """In Kubernetes as on a desk the same is expected of the model."""
        values = yaml.safe_load((EXAMPLES / "fastapi" / "values.yaml").read_text(encoding="utf-8"))
        file = tomllib.loads((EXAMPLES / "fastapi" / "mlexporter.toml").read_text(encoding="utf-8"))
        assert values["configuration"] == file

    @pytest.mark.parametrize("name", ["fastapi", "flask"])
    def test_the_configuration_is_good_and_about_the_model(self, name):
        """Its features are those of the model, which has the name that the code gives it."""
        path = EXAMPLES / name / "mlexporter.toml"
        read_configuration(str(path))
        (model,) = tomllib.loads(path.read_text(encoding="utf-8"))["models"].items()
        train = (EXAMPLES / name / "train.py").read_text(encoding="utf-8")
        assert f'MODEL, VERSION = "{model[0]}"' in train
        features = json.loads(re.search(r"FEATURES = (\[.*\])", train)[1])
        assert set(model[1]["features"]) <= set(features)

    @pytest.mark.parametrize("name", IN_IMAGES)
    def test_code_and_training_speak_of_one_model(self, name):
        """Name and version stand in both: the folder has no module that they share."""
        lines = [
            re.findall(r"^MODEL, VERSION = .*$", path.read_text(encoding="utf-8"), re.MULTILINE)
            for path in sorted((EXAMPLES / name).glob("*.py"))
        ]
        found = [line for each in lines for line in each]
        assert len(found) == 2
        assert len(set(found)) == 1


class TestImages:
    """The Dockerfiles, which nothing builds here."""

    @pytest.mark.parametrize("name", IN_IMAGES)
    def test_it_is_like_the_image_of_the_exporter(self, name):
        """The same base, the same user, nothing but what was installed and trained, and no root in the end."""
        lines = instructions(EXAMPLES / name / "Dockerfile")
        bases = [text.split()[0] for instruction, text in lines if instruction == "FROM"]
        exporter = (EXAMPLES.parent / "docker/exporter/Dockerfile").read_text(encoding="utf-8")
        assert len(bases) == 3
        assert set(bases) == {re.search(r"^ARG BASE=(\S+)$", exporter, re.MULTILINE)[1], "packages"}
        last = lines[max(index for index, line in enumerate(lines) if line[0] == "FROM") :]
        assert ("USER", f"{USER}:{USER}") in last
        assert [text.split()[0] for each, text in last if each == "COPY"] == [
            "--from=packages",
            "--from=training",
        ]
        for _, made in (line for line in last if line[0] == "RUN"):
            assert f"-o {USER} -g {USER}" in made

    @pytest.mark.parametrize("name", IN_IMAGES)
    def test_what_it_copies_is_there_and_let_through(self, name):
        """And nothing else of the checkout is sent to the builder; not what a run has left in the folder."""
        copied = {
            source
            for instruction, text in instructions(EXAMPLES / name / "Dockerfile")
            if instruction == "COPY" and not text.startswith("--from")
            for source in text.split()[:-1]
        }
        ignored = (EXAMPLES / name / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
        folder = f"examples/{name}"
        let_through = {line.removeprefix("!") for line in ignored if line.startswith("!")}
        assert {source for source in copied if not source.startswith(folder)} | {folder} == let_through
        assert all((EXAMPLES.parent / source).exists() for source in copied)
        assert "*" in ignored
        assert "examples/*/*.joblib" in ignored

    @pytest.mark.parametrize("name", IN_IMAGES)
    def test_versions_are_those_that_are_tested(self, name):
        """Each install is held by constraints.txt, and what the example needs stands in there."""
        installs = [
            text
            for instruction, text in instructions(EXAMPLES / name / "Dockerfile")
            if instruction == "RUN" and "pip install" in text
        ]
        assert len(installs) == 2
        assert all(
            "--constraint constraints.txt --build-constraint constraints.txt" in each for each in installs
        )
        lines = (EXAMPLES.parent / "constraints.txt").read_text(encoding="utf-8").splitlines()
        held = {canonicalize_name(line.partition("==")[0]) for line in lines if "==" in line}
        assert {canonicalize_name(each.name) for each in requirements(name)} <= held

    @pytest.mark.parametrize("name", IN_IMAGES)
    def test_its_settings_are_ours(self, name):
        """A variable that is none would be passed over."""
        text = " ".join(text for each, text in instructions(EXAMPLES / name / "Dockerfile") if each == "ENV")
        named = set(re.findall(r"MLEXPORTER_(\w+)=", text))
        assert named <= {each.name.upper() for each in SETTINGS}


class TestKubernetes:
    """The job's YAML; that it fits the chart is held by the slow half."""

    @pytest.fixture
    def job(self):
        """The CronJob."""
        return yaml.safe_load((EXAMPLES / "batch" / "cronjob.yaml").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("version", VERSIONS)
    def test_kubernetes_accepts_it(self, job, version):
        """Strictly, in every version that the chart is for."""
        assert problems(job, version) == []

    def test_a_planted_fault_is_found(self, job):
        """The schemas can say no."""
        planted = json.loads(json.dumps(job))
        planted["spec"]["jobTemplate"]["spec"]["template"]["spec"]["restartPolicies"] = "Never"
        assert problems(planted, VERSIONS[0])

    def test_it_may_run_where_pod_security_is_restricted(self, job):
        """As nobody, without privileges, with a root file system that is read-only, and without a token."""
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        context = pod["securityContext"]
        assert (context["runAsNonRoot"], context["runAsUser"], context["seccompProfile"]) == (
            True, int(USER), {"type": "RuntimeDefault"},
        )  # fmt: skip
        for container in pod["initContainers"] + pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert set(container["resources"]) == {"requests", "limits"}

    def test_it_does_what_the_script_does(self, job):
        """The same two programs with the same options, in two containers."""
        pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        script = (EXAMPLES / "batch" / "nightly.sh").read_text(encoding="utf-8").replace("\\\n", " ")
        for container in pod["initContainers"] + pod["containers"]:
            words = [word for each in container["command"] for word in each.split("=")]
            program = " ".join(words[:2])
            (line,) = [each for each in script.splitlines() if program in each and not each.startswith("#")]
            said = set(line.replace('"', " ").split())
            assert [
                word for word in words if not word.startswith(("/", "nights/")) and word not in said
            ] == []


class TestNotebook:
    """drift.ipynb as it stands in git."""

    @pytest.fixture
    def notebook(self):
        """The notebook, as JSON."""
        return json.loads((EXAMPLES / "notebook" / "drift.ipynb").read_text(encoding="utf-8"))

    def test_it_has_no_outputs(self, notebook):
        """They would change with each run, and might hold what nobody meant to publish."""
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert len(code) >= 8
        assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
        assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
        assert [cell["id"] for cell in notebook["cells"] if cell["metadata"]] == []


class TestCompose:
    """docker-compose.yml runs the images of the examples with their own commands."""

    def test_each_image_is_built_by_the_dockerfile_of_the_example(self):
        """And without a command of its own a service is what the Dockerfile says."""
        services = services_of(EXAMPLES.parent)
        for name in IN_IMAGES:
            assert services[name]["build"] == {"context": ".", "dockerfile": f"examples/{name}/Dockerfile"}
            assert "command" not in services[name]
            assert services[name]["read_only"] is True
            assert last_command(name)
