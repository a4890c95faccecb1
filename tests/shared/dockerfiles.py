"""Dockerfiles as tests read them: instructions in order, one stage after another."""

import json
import re
import shlex
from typing import NamedTuple


class Instruction(NamedTuple):
    """One instruction: its name in capitals, and the rest of its line, with continued lines joined."""

    name: str
    rest: str

    @property
    def words(self):
        """The rest as words; of an exec form its items."""
        return json.loads(self.rest) if self.rest.startswith("[") else shlex.split(self.rest)


def read_dockerfile(path):
    """Return the instructions of a Dockerfile, without comments and parser directives."""
    lines = [
        line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    ]
    text = re.sub(r"\\\n", " ", "\n".join(lines))
    return [
        Instruction(name.upper(), rest.strip())
        for name, _, rest in (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    ]


def stages_of(instructions):
    """Return the instructions of each stage, each list from its FROM on; what stands before the first is left out."""
    stages = []
    for instruction in instructions:
        if instruction.name == "FROM":
            stages.append([])
        if stages:
            stages[-1].append(instruction)
    return stages


def values_of(instructions, name):
    """Return what the instructions called ``name`` (ARG, ENV or LABEL) set: name to text, None where none is given.

    An ARG that is only named again, so that a stage knows it, keeps its text.
    """
    values = {}
    for each in instructions:
        for word in each.words if each.name == name else ():
            key, equals, value = word.partition("=")
            values[key] = value if equals else values.get(key)
    return values


def one(instructions, name):
    """Return the one instruction of this name."""
    (found,) = [each for each in instructions if each.name == name]
    return found


def copied_from_context(instructions):
    """Return what is copied from the context of the build."""
    copies = [each.words for each in instructions if each.name in {"COPY", "ADD"}]
    return {
        source
        for words in copies
        if not any(word.startswith("--from") for word in words)
        for source in [word for word in words if not word.startswith("--")][:-1]
    }
