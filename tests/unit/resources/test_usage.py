import os
import subprocess
import sys
import time

from mlexporter import catalogue
from mlexporter.catalogue import CATALOGUE, metric_named
from mlexporter.records import ResourceUsage
from mlexporter.resources import own_cpu_nanoseconds, resource_usage

PROGRAM = """
import os
from mlexporter.resources import own_cpu_nanoseconds
before = own_cpu_nanoseconds()
while own_cpu_nanoseconds() < before + 200_000_000:
    pass
reading, writing = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(writing, str(own_cpu_nanoseconds()).encode())
    os._exit(0)
os.waitpid(pid, 0)
print(before, own_cpu_nanoseconds(), int(os.read(reading, 100)))
"""


def test_processor_time_grows_with_work_and_begins_anew_in_a_child():
    """It is this process's own: a forked child does not count its parent's again."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    before, after, child = map(int, done.stdout.split())

    assert after >= before + 200_000_000
    assert child < after / 2


def test_processor_time_is_user_and_system_time():
    """It lies between two readings of the system's own account."""
    earlier = time.process_time_ns()
    found = own_cpu_nanoseconds()

    assert earlier <= found <= time.process_time_ns()


def test_everything_is_gathered(install, kernel):
    """Processes, container and cards are in one record, each under names of the catalogue."""
    install({})
    kernel.mount()
    kernel.belongs("0::/", pid=os.getpid())
    kernel.tell("", memory_max="1000", memory_current="10")

    usage = resource_usage([os.getpid()], cpu_seconds=12.5)

    assert usage.process[catalogue.PROCESS_CPU.name] == 12.5
    assert set(usage.process) <= {metric.name for metric in CATALOGUE if metric.condition == "process"}
    assert [sample.value for sample in usage.container] == [1000.0, 10.0]
    for condition, samples in (("container", usage.container), ("gpu", usage.gpu)):
        assert samples
        for sample in samples:
            metric = metric_named(sample.metric)
            assert (metric.condition, len(metric.labels)) == (condition, len(sample.labels))


def test_processor_time_that_nobody_counts_is_absent(install, kernel):
    """Without an account of all workers there is no counter, rather than one that falls."""
    install()

    assert catalogue.PROCESS_CPU.name not in resource_usage([os.getpid()]).process


def test_no_worker_is_an_empty_record(install, kernel):
    """What is not known is not there."""
    install()

    assert resource_usage([]) == ResourceUsage()


def test_nothing_is_loaded_before_the_first_scrape():
    """Workers count their processor time without psutil and without a driver's library."""
    program = (
        "import sys; from mlexporter.resources import own_cpu_nanoseconds, resource_usage; own_cpu_nanoseconds();"
        "print({'psutil', 'pynvml', 'mlexporter.resources.container'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"
