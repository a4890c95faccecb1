"""docker-compose.yml as tests read it."""

import yaml


def read(path):
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def services_of(root):
    """Return the services of docker-compose.yml below the root of the repository."""
    return read(root / "docker-compose.yml")["services"]


def mounts(service):
    """Return target to source of what a service mounts from the repository; all of it has to be read-only."""
    found = {}
    for each in service.get("volumes", []):
        source, target, *mode = each.split(":")
        if source.startswith("."):
            assert mode == ["ro"], each
            found[target] = source
    return found
