"""The examples as tests read them: the commands of their READMEs, their requirements, their Dockerfiles."""

import json
import re
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("fastapi", "flask", "batch", "notebook")
IN_IMAGES = ("fastapi", "flask", "batch")
WRITTEN = ("*.joblib", "*.profile.json", "*.jsonl", "nights", "results", "executed.ipynb", "__pycache__")
"""What an example writes when somebody runs it in the checkout: no part of a fresh copy."""
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text, language):
    """Return the blocks of a Markdown page in a language."""
    return [block for found, block in _BLOCK.findall(text) if found == language]


def commands(name, language="sh"):
    """Return the commands of an example's README, in order: one for each line that is not continued."""
    text = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    joined = "".join(blocks(text, language)).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip()]


def instructions(path):
    """Return the instructions of a Dockerfile as pairs of a name and its text."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def last_command(name):
    """Return the words of CMD in an example's Dockerfile."""
    (words,) = [
        json.loads(text)
        for instruction, text in instructions(EXAMPLES / name / "Dockerfile")
        if instruction == "CMD"
    ]
    return words
