"""Write what is installed as a CycloneDX document: each distribution with version, licence, hash, what it needs and brings along.

python describe.py SITE_PACKAGES REPORT: REPORT is what ``pip install --report`` said of what it downloaded. The same
packages give the same document: it has no time and no random number.
"""  # noqa: INP001 - scripts of the image are no package

import hashlib
import json
import sys
from collections.abc import Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = "mlexporter"
EXTRAS = ("gpu", "otlp", "web")
"""Of mlexporter, in the image."""

READ = {"nvidia-ml-py": "BSD-3-Clause", "scipy": "BSD-3-Clause"}
"""What was concluded from the licence texts in packages that do not name theirs for machines."""

NAMED = {name: name for name in ("Apache-2.0", "BSD-3-Clause", "MIT", "MPL-2.0")}
NAMED["3-Clause BSD License"] = "BSD-3-Clause"
"""What older metadata say, and the identifier of SPDX for it."""

BUNDLED = {
    "openblas": "BSD-3-Clause",
    "gfortran": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "quadmath": "LGPL-2.1-or-later",
}
"""Libraries that wheels bring along, by a part of their file's name: what the licence files of numpy and scipy say."""


def licence_of(distribution: Distribution) -> dict:
    """Return the licence of a distribution as CycloneDX has it.

    Raises:
        SystemExit: it names none that is known here.
    """
    metadata = distribution.metadata
    name = canonicalize_name(metadata["Name"])
    if name in READ:
        return {"expression": READ[name], "acknowledgement": "concluded"}
    named = metadata.get("License-Expression") or NAMED.get(metadata.get("License", ""))
    if not named:
        raise SystemExit(
            f"describe: {name} names no licence that is known; read its licence file, add it to READ"
        )
    return {"expression": named, "acknowledgement": "declared"}


def bundled(distribution: Distribution) -> list[dict]:
    """Return the shared libraries that came along in a wheel, with their hashes and licences.

    Raises:
        SystemExit: there is one that is not known here.
    """
    found = []
    for file in sorted(distribution.files or (), key=str):
        if not file.parts[0].endswith(".libs"):
            continue
        licences = [licence for part, licence in BUNDLED.items() if part in file.name]
        if len(licences) != 1:
            raise SystemExit(
                f"describe: {file} came along and is not known; find its licence, add it to BUNDLED"
            )
        found.append({
            "type": "library",
            "bom-ref": f"{reference(distribution)}#{file.name}",
            "name": file.name,
            "licenses": [{"expression": licences[0], "acknowledgement": "concluded"}],
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(file.locate().read_bytes()).hexdigest()}],
        })  # fmt: skip
    return found


def reference(distribution: Distribution) -> str:
    """Return the package URL of a distribution."""
    return f"pkg:pypi/{canonicalize_name(distribution.metadata['Name'])}@{distribution.version}"


def component(distribution: Distribution, hashes: Mapping[str, str]) -> dict:
    """Return what CycloneDX calls a component; its hash is that of the wheel that was installed."""
    metadata = distribution.metadata
    name = canonicalize_name(metadata["Name"])
    described = {
        "type": "library",
        "bom-ref": reference(distribution),
        "name": name,
        "version": distribution.version,
        "description": metadata.get("Summary", ""),
        "licenses": [licence_of(distribution)],
        "purl": reference(distribution),
    }
    if name in hashes:
        described["hashes"] = [{"alg": "SHA-256", "content": hashes[name]}]
    if libraries := bundled(distribution):
        described["components"] = libraries
    return described


def needs(installed: Mapping[str, Distribution]) -> dict[str, set[str]]:
    """Return which distribution needs which, followed from mlexporter with its extras."""
    found: dict[str, set[str]] = {}
    waiting = [(ROOT, frozenset(EXTRAS))]
    followed = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in followed:
            continue
        followed.add((name, extras))
        for text in installed[name].requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": extra}) for extra in {"", *extras}):
                continue
            needed = canonicalize_name(requirement.name)
            found.setdefault(name, set()).add(needed)
            waiting.append((needed, frozenset(requirement.extras)))
    return found


def describe(packages: Path, report: dict) -> dict:
    """Return the document."""
    installed = {
        canonicalize_name(each.metadata["Name"]): each for each in distributions(path=[str(packages)])
    }
    hashes = {
        canonicalize_name(item["metadata"]["name"]): item["download_info"]["archive_info"]["hashes"]["sha256"]
        for item in report["install"]
    }
    needed = needs(installed)
    if unneeded := set(installed) - {ROOT} - set().union(*needed.values()):
        raise SystemExit(
            f"describe: nothing needs {', '.join(sorted(unneeded))}; requirements.txt is not up to date"
        )
    components = {name: component(each, hashes) for name, each in sorted(installed.items())}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": components.pop(ROOT) | {"type": "application"}},
        "components": list(components.values()),
        "dependencies": [
            {
                "ref": reference(each),
                "dependsOn": sorted(reference(installed[other]) for other in needed.get(name, ())),
            }
            for name, each in sorted(installed.items())
        ],
    }


if __name__ == "__main__":
    document = describe(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    print(json.dumps(document, indent=2, ensure_ascii=False))  # noqa: T201 - it writes to standard output
