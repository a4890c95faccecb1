"""Where the real programs are that tests start; what is not there skips on a laptop and fails in CI."""

import os
import subprocess
from pathlib import Path

import pytest

from mlexporter.demo.programs import find_program

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


def missing(reason):
    """Skip the test, or fail where CI is set: there everything has to be."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def folder_of(script):
    """Return the folder in which ``script`` has put its programs, or an empty text."""
    asked = subprocess.run([SCRIPTS / script, "--where"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() if asked.returncode == 0 else ""


def program_of(script, *names):
    """Return the path of a program that ``script`` provides under one of ``names``."""
    folder = folder_of(script)
    found = find_program(names, folder) if folder else None
    return found or missing(f"{names[0]} is not there; scripts/{script} provides it")
