"""What npm installs: exact versions, no registry named, and a script that is idempotent and never half done."""

import json
import os
import shutil
import subprocess

import pytest

NPM = """#!/bin/sh
[ -z "$MEANWHILE" ] || { other=$MEANWHILE; MEANWHILE= "$other" >/dev/null; }
[ "$STATUS" != refused ] || { echo "this package is not served"; exit 1; }
mkdir -p node_modules/.bin
printf '#!/bin/sh\\nexit %s\\n' "$STATUS" >node_modules/.bin/tsc
chmod 755 node_modules/.bin/tsc
"""
WITHOUT_NPM = (
    "cat",
    "cksum",
    "cp",
    "dirname",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "tail",
    "tr",
    "uname",
)


@pytest.fixture
def locks(root):
    """The lock files of npm in the repository, read; those of what is installed are not in it."""
    named = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*package-lock.json"],
        capture_output=True, text=True, check=False, cwd=root,
    ).stdout.split()  # fmt: skip
    assert named
    return {name: (root / name).read_text(encoding="utf-8") for name in named}


# Where npm writes down what packages say of themselves; it is read by people only.
SAID_BY_PACKAGES = {"funding", "deprecated"}


def addresses(value):
    """Return the addresses that npm would ask something of, in what a lock file holds."""
    if isinstance(value, dict):
        return [
            each
            for key, inner in value.items()
            if key not in SAID_BY_PACKAGES
            for each in addresses([key, inner])
        ]
    if isinstance(value, list):
        return [each for inner in value for each in addresses(inner)]
    return [value] if isinstance(value, str) and "://" in value else []


def complaints(lock, package):
    """Return what is wrong with a lock file, both as text."""
    wrong = ["names an address"] if addresses(json.loads(lock)) else []
    packages = json.loads(lock)["packages"]
    asked = json.loads(package)
    wanted = {
        key: asked[key] for key in ("dependencies", "devDependencies", "optionalDependencies") if key in asked
    }
    if any(packages[""].get(key) != value for key, value in wanted.items()):
        wrong.append("is not of this package.json")
    for name, version in (pair for section in wanted.values() for pair in section.items()):
        if not version.rpartition("@")[2].replace(".", "").isdecimal():
            wrong.append(f"{name} has no exact version")
    for name, locked in packages.items():
        if "resolved" in locked and not locked.get("link"):
            wrong.append(f"{name} says where it was downloaded")
        if name and not locked.get("link") and "integrity" not in locked:
            wrong.append(f"{name} has no checksum")
    return wrong


class TestLockFiles:
    """``package-lock.json`` beside each ``package.json``."""

    def test_versions_are_exact_and_no_registry_is_named(self, root, locks):
        """It installs the same from whatever registry npm was told to use."""
        for name, lock in locks.items():
            package = (root / name).with_name("package.json").read_text(encoding="utf-8")
            assert complaints(lock, package) == [], name

    def test_planted_mistakes_are_found(self):
        """One of each."""
        package = {"devDependencies": {"typescript": "^5.9.3"}}
        lock = {
            "packages": {
                "": {"devDependencies": {"typescript": "5.9.3"}},
                "node_modules/typescript": {
                    "version": "5.9.3",
                    "resolved": "https://example.org/t.tgz",
                    "funding": {"url": "https://example.org/thanks"},
                },
            }
        }
        assert complaints(json.dumps(lock), json.dumps(package)) == [
            "names an address",
            "is not of this package.json",
            "typescript has no exact version",
            "node_modules/typescript says where it was downloaded",
            "node_modules/typescript has no checksum",
        ]

    def test_an_address_is_found_wherever_npm_would_ask_it(self):
        """A version may be one, and so may be a key; what packages say of themselves is not asked."""
        assert addresses({"packages": {"node_modules/a": {"version": "git+ssh://git@example.org/a.git"}}})
        assert addresses({"dependencies": {"https://example.org/a.tgz": "1"}})
        assert (
            addresses([{"funding": ["https://example.org"], "deprecated": "see https://example.org"}]) == []
        )


@pytest.fixture
def install(root, tmp_path):
    """Return what runs the script with a made npm, whose compiler exits with a status, or with no npm at all."""
    fake, bare = tmp_path / "fake", tmp_path / "bare"
    for folder in (fake, bare):
        folder.mkdir()
    for name, text in (("npm", NPM), ("node", "#!/bin/sh\n")):
        (fake / name).write_text(text, encoding="utf-8")
        (fake / name).chmod(0o755)
    for name in WITHOUT_NPM:
        (bare / name).symlink_to(shutil.which(name))

    def run(*arguments, status="0", has_npm=True, meanwhile=""):
        environment = {
            "PATH": f"{fake}{os.pathsep}{os.environ['PATH']}" if has_npm else str(bare),
            "STATUS": status, "MEANWHILE": meanwhile, "MLEXPORTER_CACHE": str(tmp_path / "cache"),
        }  # fmt: skip
        return subprocess.run(
            [run.script, *arguments], capture_output=True, text=True, check=False, env=environment
        )

    run.script, run.cache = root / "scripts" / "install-grafana-schema", tmp_path / "cache" / "npm"
    return run


class TestInstallGrafanaSchema:
    """``scripts/install-grafana-schema``."""

    def test_installs_once_and_prints_the_folder(self, install):
        """What is there is found without npm too."""
        assert install("--where").returncode == 1
        first = install()
        assert first.returncode == 0, first.stderr
        second = install(has_npm=False)
        assert (second.returncode, second.stderr) == (0, "")
        assert second.stdout == first.stdout == install("--where").stdout
        assert os.access(f"{first.stdout.strip()}/node_modules/.bin/tsc", os.X_OK)
        assert len(list(install.cache.iterdir())) == 1

    @pytest.mark.parametrize(("status", "told"), [("1", "does not start here"), ("refused", "is not served")])
    def test_what_fails_leaves_nothing(self, install, status, told):
        """What npm refuses, and a compiler that does not start: the next run starts over."""
        broken = install(status=status)
        assert (broken.returncode, broken.stdout) == (1, "")
        assert told in broken.stderr
        assert install("--where").returncode == 1
        assert list(install.cache.iterdir()) == []
        assert install().returncode == 0

    def test_a_folder_of_a_killed_run_is_not_taken_for_whole(self, install):
        """What was being installed has another name until it is done."""
        (install.cache / ".installing.dead" / "made").mkdir(parents=True)
        assert install("--where").returncode == 1

    def test_two_runs_at_once_are_one(self, install):
        """A second run begins and ends while the first installs; the first takes what it finds."""
        both = install(meanwhile=str(install.script))
        assert both.returncode == 0, both.stderr
        (folder,) = install.cache.iterdir()
        assert both.stdout.strip() == str(folder)
        assert "made" not in {path.name for path in folder.iterdir()}

    def test_another_lock_file_is_another_folder(self, root, install, tmp_path):
        """Old types are never taken for new ones."""
        copied = tmp_path / "copy"
        (copied / "scripts").mkdir(parents=True)
        shutil.copy(install.script, copied / "scripts")
        shutil.copytree(root / "scripts" / "shared", copied / "scripts" / "shared")
        schema = "tests/integration/dashboards/schema"
        shutil.copytree(root / schema, copied / schema)
        first = install().stdout
        install.script = copied / "scripts" / "install-grafana-schema"
        assert install("--where").stdout == first
        with (copied / schema / "package-lock.json").open("a", encoding="utf-8") as lock:
            lock.write("\n")
        assert install("--where").returncode == 1

    def test_without_npm_it_says_what_to_install(self, install):
        """Exit 3 is what the Makefile and the tests take for: do without, or fail in CI."""
        done = install(has_npm=False)
        assert (done.returncode, done.stdout) == (3, "")
        assert "there is no npm" in done.stderr
        assert not install.cache.exists()
