"""The chart as a package: the same content whenever it is made, all of it, and installed as the folder is."""

import tarfile

import pytest

from chart_renders import CHART, VALUES
from helm_programs import PROGRAMS

WITHIN = "mlexporter/"
NOT_INSTALLED = ("ci/", ".helmignore")


def contents(package):
    """Return the content of each file of a package."""
    with tarfile.open(package) as archive:
        return {
            member.name: archive.extractfile(member).read()
            for member in archive.getmembers()
            if member.isfile()
        }


def packed(helm, folder):
    """Return the path of a package that Helm makes of the chart in a folder."""
    helm.run("package", CHART, "--destination", folder)
    (package,) = folder.glob("*.tgz")
    return package


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_package_has_the_same_content_every_time(helms, tmp_path_factory, name):
    """And the content of the folder: no file is forgotten, and none is there that only its makers need."""
    first, second = (contents(packed(helms[name], tmp_path_factory.mktemp("package"))) for _ in range(2))
    files = {str(path.relative_to(CHART)) for path in CHART.rglob("*") if path.is_file()}
    needed = {each for each in files if not each.startswith(NOT_INSTALLED)}

    assert first == second
    assert {each.removeprefix(WITHIN) for each in first} - {"ci", ".helmignore"} >= needed
    assert {each.removeprefix(WITHIN) for each in first} <= files


@pytest.mark.parametrize("values", ["default", "sidecar"])
def test_a_package_renders_what_the_folder_renders(helms, renders, tmp_path, values):
    """So what is tested of the folder holds for what people install."""
    helm = helms["helm-4"]
    package = packed(helm, tmp_path)

    assert helm.render(package, *VALUES[values], "--kube-version", "1.37.0") == renders.text(values)
