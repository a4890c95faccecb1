import pytest

GIBIBYTE = 1024**3
UNLIMITED = "9223372036854771712"
PRESSURE = (
    "some avg10={} avg60=0.30 avg300=0.42 total=1560160483\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0"
)


@pytest.fixture
def second(kernel):
    """Version 2: a container in a pod."""
    kernel.mount()
    kernel.belongs("0::/pod/model")
    return kernel


@pytest.fixture
def first(kernel):
    """Version 1: a container in a pod."""
    kernel.mount("cgroup", point="memory", options="rw,memory")
    kernel.mount("cgroup", point="cpu", options="rw,cpu,cpuacct")
    kernel.belongs("2:memory:/pod/model", "1:cpu,cpuacct:/pod/model")
    return kernel


def test_version_2_tells_everything(second, told):
    """Limit and use of memory, cores, stops by quota, kills and pressure, in base units."""
    second.tell(
        "pod/model",
        memory_max="536870912",
        memory_current="400000000",
        memory_stat="anon 290000000\ninactive_file 100000000\nactive_file 5",
        memory_events="low 0\nhigh 0\nmax 12\noom 3\noom_kill 2",
        cpu_max="150000 100000",
        cpu_stat="usage_usec 99\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500000",
        cpu_pressure=PRESSURE.format("12.50"),
        memory_pressure=PRESSURE.format("0.00"),
        io_pressure=PRESSURE.format("100.00"),
    )

    assert told() == {
        "memory_limit_bytes": 536_870_912.0,
        "memory_usage_bytes": 300_000_000.0,
        "oom_kills_total": 2.0,
        "cpu_limit_cores": 1.5,
        "cpu_throttled_seconds_total": 2.5,
        "pressure_ratio cpu": 0.125,
        "pressure_ratio memory": 0.0,
        "pressure_ratio io": 1.0,
    }


def test_version_1_tells_the_same(first, told):
    """Other files, other units, the same numbers."""
    first.tell(
        "memory/pod/model",
        memory_limit_in_bytes="536870912",
        memory_usage_in_bytes="400000000",
        memory_stat="inactive_file 7\ntotal_inactive_file 100000000",
        memory_oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 2",
    )
    first.tell(
        "cpu/pod/model",
        cpu_cfs_quota_us="150000",
        cpu_cfs_period_us="100000",
        cpu_stat="nr_periods 10\nnr_throttled 4\nthrottled_time 2500000000",
    )

    assert told() == {
        "memory_limit_bytes": 536_870_912.0,
        "memory_usage_bytes": 300_000_000.0,
        "oom_kills_total": 2.0,
        "cpu_limit_cores": 1.5,
        "cpu_throttled_seconds_total": 2.5,
    }


@pytest.mark.parametrize(
    ("own", "outer", "tightest"),
    [
        ("max", "max", None),
        (2 * GIBIBYTE, "max", (2 * GIBIBYTE, 100)),
        ("max", GIBIBYTE, (GIBIBYTE, 300)),
        (2 * GIBIBYTE, GIBIBYTE, (GIBIBYTE, 300)),
        (GIBIBYTE, 2 * GIBIBYTE, (GIBIBYTE, 100)),
        (GIBIBYTE, GIBIBYTE, (GIBIBYTE, 300)),
    ],
)
def test_the_tightest_limit_counts_with_its_own_usage(second, told, own, outer, tightest):
    """A limit around us is ours; usage is that of the same group, or their ratio says nothing."""
    second.tell("pod/model", memory_max=f"{own}", memory_current="100")
    second.tell("pod", memory_max=f"{outer}", memory_current="300")

    found = told()

    assert found.get("memory_limit_bytes") == (tightest and tightest[0])
    assert found["memory_usage_bytes"] == (tightest[1] if tightest else 100)


def test_kills_are_those_of_our_group(second, told):
    """The kernel counts a kill where its victim was, whoever set the limit."""
    second.tell("pod/model", memory_max="max", memory_events="oom_kill 1")
    second.tell("pod", memory_max="1000", memory_events="oom_kill 5")

    assert told()["oom_kills_total"] == 1.0


def test_no_limit_of_version_1_is_absent(first, told):
    """The largest number that version 1 shows is no limit, and so is a quota of -1."""
    first.tell("memory/pod/model", memory_limit_in_bytes=UNLIMITED, memory_usage_in_bytes="5")
    first.tell("memory", memory_limit_in_bytes=UNLIMITED, memory_usage_in_bytes="9")
    first.tell("cpu/pod/model", cpu_cfs_quota_us="-1", cpu_cfs_period_us="100000")

    assert told() == {"memory_usage_bytes": 5.0}


@pytest.mark.parametrize(
    ("own", "outer", "cores"),
    [
        ("max 100000", "max 100000", None),
        ("200000 100000", "max 100000", 2.0),
        ("200000 100000", "25000 50000", 0.5),
        ("max 100000", "400000 100000", 4.0),
        ("100000 0", "max 100000", None),
        ("100000", "max", None),
    ],
)
def test_the_tightest_quota_counts(second, told, own, outer, cores):
    """Cores are quota by period, each level with a period of its own; no period is no quota."""
    second.tell("pod/model", cpu_max=own)
    second.tell("pod", cpu_max=outer)

    assert told().get("cpu_limit_cores") == cores


def test_stops_of_all_levels_are_added(second, told):
    """Any of the quotas stops us; which of them is the tightest does not change the sum."""
    second.tell("pod/model", cpu_max="100000 100000", cpu_stat="throttled_usec 1000000")
    second.tell("pod", cpu_max="200000 100000", cpu_stat="throttled_usec 500000")
    before = told()["cpu_throttled_seconds_total"]
    second.tell("pod", cpu_max="50000 100000")

    assert before == told()["cpu_throttled_seconds_total"] == 1.5


def test_what_cannot_be_read_is_absent(second, told):
    """A file that is a folder cannot be read, by root neither; the others are."""
    second.tell("pod/model", memory_current="100", cpu_max="100000 100000")
    (second.cgroup / "pod/model/memory.max").mkdir()
    (second.cgroup / "pod/memory.max").mkdir()
    (second.cgroup / "pod/model/cpu.pressure").mkdir()

    assert told() == {"memory_usage_bytes": 100.0, "cpu_limit_cores": 1.0}


def test_an_unreadable_group_does_not_hide_the_limits_around_it(second, told):
    """A limit further out counts although the group itself shows nothing."""
    second.tell("pod", memory_max="1000", memory_current="10", cpu_max="100000 100000")

    assert told() == {"memory_limit_bytes": 1000.0, "memory_usage_bytes": 10.0, "cpu_limit_cores": 1.0}


def test_all_usage_counts_where_the_cache_is_not_told(second, told):
    """Without memory.stat nothing is taken off; a cache above the usage leaves nothing, never less."""
    second.tell("pod/model", memory_current="100")
    whole = told()["memory_usage_bytes"]
    second.tell("pod/model", memory_stat="inactive_file 250")

    assert (whole, told()["memory_usage_bytes"]) == (100.0, 0.0)


@pytest.mark.parametrize("text", ["", "some", "some avg10=x total=1", "full avg10=1.00", "some avg60=1.00"])
def test_pressure_that_is_not_counted_is_absent(second, told, text):
    """A kernel without pressure accounting, or a newer format, tells nothing."""
    second.tell("pod/model", cpu_pressure=text)

    assert told() == {}


def test_hybrid_limits_by_version_1_and_pressure_by_version_2(kernel, told):
    """Limits come from where the controllers are, pressure from the unified hierarchy."""
    kernel.mount("cgroup", point="memory", options="rw,memory")
    kernel.mount("cgroup", point="cpu", options="rw,cpu")
    kernel.mount(point="unified")
    kernel.belongs("2:memory:/a", "1:cpu:/", "0::/")
    kernel.tell("memory/a", memory_limit_in_bytes="1000", memory_usage_in_bytes="10")
    kernel.tell("cpu", cpu_cfs_quota_us="50000", cpu_cfs_period_us="100000")
    kernel.tell("unified", cpu_pressure=PRESSURE.format("50.00"), memory_max="7", cpu_max="1 1")

    assert told() == {
        "memory_limit_bytes": 1000.0,
        "memory_usage_bytes": 10.0,
        "cpu_limit_cores": 0.5,
        "pressure_ratio cpu": 0.5,
    }


def test_nobody_and_nothing_are_absent(kernel, told):
    """Without control groups, or without a living worker, nothing is told."""
    assert told() == {}
    kernel.mount()
    kernel.tell("", memory_max="5", memory_current="1")
    kernel.belongs("0::/")
    assert told() == {"memory_limit_bytes": 5.0, "memory_usage_bytes": 1.0}
    assert told(1) == {}
