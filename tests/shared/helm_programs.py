"""Helm 4 and Helm 3, each on its own: nothing of the machine's user is read or written."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

from real_programs import folder_of, missing

RELEASE = "ml"
PROGRAMS = {"helm-4": "helm", "helm-3": "helm-3"}
_SECONDS = 120


class HelmFailed(Exception):  # noqa: N818 - what tests ask for
    """Helm ended with another status than 0; the text is what it said."""


def helm_program(name):
    """Return the path of a program that scripts/install-helm provides; skips without, fails in CI."""
    folder = folder_of("install-helm")
    return Path(folder) / name if folder else missing("helm is not there; scripts/install-helm provides it")


@dataclass(frozen=True)
class Helm:
    """One version of Helm; ``home`` is a folder of its own, ``kubeconfig`` says where the cluster is, if anywhere."""

    program: Path
    home: Path
    kubeconfig: Path | None = None

    @property
    def is_3(self):
        """Whether it is Helm 3."""
        return self.program.name == "helm-3"

    def run(self, *arguments):
        """Return what Helm printed.

        Raises:
            HelmFailed: it failed.
        """
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "KUBECONFIG": str(self.kubeconfig or os.devnull),
        }
        done = subprocess.run(
            [self.program, *map(str, arguments)],
            capture_output=True, text=True, check=False, env=environment, timeout=_SECONDS,
        )  # fmt: skip
        if done.returncode:
            raise HelmFailed(done.stdout + done.stderr)
        return done.stdout

    def render(self, chart, *arguments, namespace="models"):
        """Return the YAML of a release of the chart."""
        return self.run("template", RELEASE, chart, "--namespace", namespace, *arguments)


def objects_of(text):
    """Return the objects of YAML that Helm printed, without the empty ones."""
    return [each for each in yaml.load_all(text, yaml.CSafeLoader) if each]


def named(objects):
    """Return objects by ``Kind/name``; two of one name are a mistake."""
    found = {f"{each['kind']}/{each['metadata']['name']}": each for each in objects}
    assert len(found) == len(objects), sorted(
        f"{each['kind']}/{each['metadata']['name']}" for each in objects
    )
    return found
