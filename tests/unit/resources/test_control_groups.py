import pytest

from mlexporter.resources.control_groups import find_control_groups

PID = 4711


def names(kernel, group):
    """Return the levels of a group, as paths below the folder of the kernel."""
    return None if group is None else [path.relative_to(kernel.cgroup).as_posix() for path in group.levels]


def test_version_2_is_walked_up_to_the_root(kernel):
    """One hierarchy for all controllers, from the group of the process to where the mount begins."""
    kernel.mount()
    kernel.belongs("0::/user.slice/model.service")

    groups = find_control_groups([PID], kernel.proc)

    assert groups.memory == groups.cpu == groups.unified
    assert groups.memory.version == 2
    assert names(kernel, groups.memory) == ["user.slice/model.service", "user.slice", "."]


def test_a_mount_that_begins_at_the_container_ends_there(kernel):
    """What lies above the container's group cannot be seen, and its path is left out of ours."""
    kernel.mount(root="/docker/c1")
    kernel.belongs("0::/docker/c1/workers")

    assert names(kernel, find_control_groups([PID], kernel.proc).memory) == ["workers", "."]


def test_version_1_has_a_hierarchy_a_controller(kernel):
    """Controllers may share one; names of hierarchies without a controller are none."""
    kernel.mount("cgroup", point="cpu,cpuacct", options="rw,cpu,cpuacct")
    kernel.mount("cgroup", point="memory", options="rw,memory")
    kernel.belongs("5:memory:/pod/a", "3:cpu,cpuacct:/pod", "1:name=systemd:/init")

    groups = find_control_groups([PID], kernel.proc)

    assert (groups.memory.version, groups.cpu.version, groups.unified) == (1, 1, None)
    assert names(kernel, groups.memory) == ["memory/pod/a", "memory/pod", "memory"]
    assert names(kernel, groups.cpu) == ["cpu,cpuacct/pod", "cpu,cpuacct"]


def test_hybrid_takes_each_controller_where_it_is(kernel):
    """Memory by version 1, processor by version 2, as their lines say."""
    kernel.mount("cgroup", point="memory", options="rw,memory")
    kernel.mount(point="unified")
    kernel.belongs("4:memory:/a", "0::/b")

    groups = find_control_groups([PID], kernel.proc)

    assert (groups.memory.version, groups.cpu.version) == (1, 2)
    assert names(kernel, groups.memory) == ["memory/a", "memory"]
    assert names(kernel, groups.cpu) == names(kernel, groups.unified) == ["unified/b", "unified"]


@pytest.mark.parametrize(
    ("root", "path"), [("/", "/../other"), ("/docker/c1", "/../other"), ("/docker/c1", "/x")]
)
def test_a_group_that_cannot_be_seen_is_none(kernel, root, path):
    """A group outside our namespace or beside the mount: the files there speak of others."""
    kernel.mount(root=root)
    kernel.belongs(f"0::{path}")

    assert find_control_groups([PID], kernel.proc).memory is None


def test_a_mount_of_another_namespace_is_none(kernel):
    """A mount that begins above our root shows the host's groups, not ours."""
    kernel.mount(root="/../..")
    kernel.belongs("0::/")

    assert find_control_groups([PID], kernel.proc).memory is None


def test_the_first_mount_that_shows_the_group_counts(kernel):
    """A folder of another container that is mounted too is passed over."""
    kernel.mount(root="/docker/other", point="other")
    kernel.mount(root="/docker/c1", point="own")
    kernel.belongs("0::/docker/c1")

    assert names(kernel, find_control_groups([PID], kernel.proc).memory) == ["own"]


def test_the_first_living_process_is_asked(kernel):
    """Who is gone is passed over; nobody is no group."""
    kernel.mount()
    kernel.belongs("0::/a", pid=5)

    assert names(kernel, find_control_groups([4, 5], kernel.proc).memory) == ["a", "."]
    assert find_control_groups([4], kernel.proc).memory is None
    assert find_control_groups([], kernel.proc).memory is None


def test_blanks_in_a_mount_are_read(kernel):
    """The kernel writes them as octal numbers; a colon belongs to the path."""
    kernel.mount(point="my groups")
    kernel.belongs("0::/a:b")

    assert names(kernel, find_control_groups([PID], kernel.proc).cpu) == ["my groups/a:b", "my groups"]


@pytest.mark.parametrize("text", ["", "nonsense", "1 2 3 - cgroup2", "7:\n::\n0", "\x00"])
def test_rubbish_is_no_group(kernel, text):
    """A file that looks otherwise than any kernel's is no reason to fail."""
    kernel.write(kernel.proc / "self" / "mountinfo", text)
    kernel.belongs(text)

    assert find_control_groups([PID], kernel.proc).memory is None


def test_a_system_without_control_groups_has_none(tmp_path):
    """Another operating system has no such files."""
    assert find_control_groups([PID], tmp_path).memory is None
