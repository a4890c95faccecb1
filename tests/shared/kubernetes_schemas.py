"""What schemas say against an object: of Kubernetes 1.29 to 1.37, strictly, and of CustomResourceDefinitions, closed."""

import functools
import importlib.resources
import json
import re

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

VERSIONS = tuple(f"1.{minor}" for minor in range(29, 38))
_SCHEMAS = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"


def problems(document, version):
    """Return everything that the strict schemas of a version of Kubernetes have against an object of its own kinds."""
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", document["apiVersion"])
    return _told(_validator(version, f"{document['kind'].lower()}-{group}.json"), document)


def custom_problems(document, definition):
    """Return everything that a CustomResourceDefinition has against an object of its kind."""
    version = document["apiVersion"].partition("/")[2]
    served = {each["name"]: each["schema"]["openAPIV3Schema"] for each in definition["spec"]["versions"]}
    if version not in served:
        return [f"apiVersion: {version} is not served"]
    schema = closed(served[version])
    # What every object has, and a definition need not name.
    schema["properties"] |= {"apiVersion": {}, "kind": {}, "metadata": {}}
    return _told(Draft202012Validator(schema), document)


def closed(schema):
    """Return a schema of a definition as JSON Schema, in which a field that is not named is a mistake."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _closed_part(key, part) for key, part in schema.items()}
    if "properties" in made and "x-kubernetes-preserve-unknown-fields" not in made:
        made.setdefault("additionalProperties", False)
    if made.pop("x-kubernetes-int-or-string", False):
        made["type"] = ["integer", "string"]
    if made.pop("nullable", False) and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    if "(?i)" in made.get("pattern", ""):
        # In Go a flag may stand in the middle, and holds from there.
        made["pattern"] = "(?i)" + made["pattern"].replace("(?i)", "")
    return made


def _closed_part(key, part):
    # In these, the keys are names of fields and no words of a schema.
    if key == "properties":
        return {name: closed(each) for name, each in part.items()}
    return part if key in {"enum", "default", "required"} else closed(part)


def _told(validator, document):
    return [
        f"{'.'.join(map(str, error.path))}: {error.message}"
        for error in sorted(validator.iter_errors(document), key=str)
    ]


@functools.cache
def _validator(version, file):
    folder = _SCHEMAS / f"v{version}.0-local-strict"
    schema = json.loads((folder / file).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, registry=Resource.from_contents(schema) @ _definitions(version))


@functools.cache
def _definitions(version):
    text = (_SCHEMAS / f"v{version}.0-local-strict" / "_definitions.json").read_text(encoding="utf-8")
    return Resource.from_contents(json.loads(text)) @ Registry()
