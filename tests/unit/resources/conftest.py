"""A kernel's files as a test wants them, and graphics cards that are not there."""

import sys
import types

import pytest

from mlexporter.resources import container, graphics

PID = 4711


class Kernel:
    """Control groups in a folder: the same files that the kernel shows, written by a test."""

    def __init__(self, folder):
        self.proc = folder / "proc"
        self.cgroup = folder / "cgroup"
        self._mounts = ["22 1 0:21 / /proc rw,relatime - proc proc rw"]
        self.write(self.proc / "self" / "mountinfo", "\n".join(self._mounts))

    def write(self, path, text):
        """Write a file and the folders above it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")

    def belongs(self, *lines, pid=PID):
        """Say which groups a process is in."""
        self.write(self.proc / str(pid) / "cgroup", "\n".join(lines))

    def mount(self, kind="cgroup2", *, root="/", point="", options="rw"):
        """Show control groups from ``root`` on in the folder ``point``."""
        place = str(self.cgroup / point).replace(" ", "\\040")
        number = 30 + len(self._mounts)
        self._mounts.append(
            f"{number} 1 0:{number} {root} {place} rw,nosuid shared:4 - {kind} {kind} {options}"
        )
        self.write(self.proc / "self" / "mountinfo", "\n".join(self._mounts))

    def tell(self, group, **files):
        """Write files of a group; an underscore in a name is the dot in the file's."""
        for name, text in files.items():
            self.write(self.cgroup / group / name.replace("_", ".", 1), text)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Return a kernel without any control group; processes are found in it, not in /proc."""
    found = Kernel(tmp_path)
    monkeypatch.setattr(container, "PROC", found.proc)
    return found


@pytest.fixture
def told():
    """Return what is told of a container, by name without its beginning, and by label."""

    def read(*pids):
        samples = container.container_samples(pids or (PID,))
        begin = "mlexporter_container_"
        return {" ".join((s.metric.removeprefix(begin), *s.labels)): s.value for s in samples}

    return read


class NVMLError(Exception):
    """What the binding raises."""


class Cards(types.ModuleType):
    """A binding of NVML that knows the cards it is given: dicts of what each answers."""

    NVMLError = NVMLError

    def __init__(self, *cards):
        super().__init__("pynvml")
        self.cards = cards
        self.openings = 0

    def nvmlInit(self):  # noqa: N802 - the names of the binding
        """Fail without a driver, as the binding does."""
        self.openings += 1
        if not self.cards:
            raise NVMLError("NVML Shared Library Not Found")

    def nvmlDeviceGetCount(self):  # noqa: N802
        """Return how many cards there are."""
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index):  # noqa: N802
        """Return one card."""
        return self.cards[index]

    def __getattr__(self, name):
        def answer(card):
            if name not in card:
                raise NVMLError(f"{name}: Not Supported")
            return card[name]

        return answer


def card(number, **answers):
    """Return a card that answers everything but what is given as None."""
    usual = {
        "nvmlDeviceGetUUID": f"GPU-{number}",
        "nvmlDeviceGetName": "NVIDIA H100 80GB HBM3",
        "nvmlDeviceGetUtilizationRates": types.SimpleNamespace(gpu=75, memory=10),
        "nvmlDeviceGetMemoryInfo": types.SimpleNamespace(total=85_899_345_920, used=1_073_741_824, free=0),
        "nvmlDeviceGetPowerUsage": 312_500,
    } | answers
    return {name: answer for name, answer in usual.items() if answer is not None}


@pytest.fixture
def install(monkeypatch):
    """Return a function that installs cards, each given by what it answers otherwise than usual."""

    def place(*answers):
        binding = Cards(*(card(number, **each) for number, each in enumerate(answers)))
        monkeypatch.setitem(sys.modules, "pynvml", binding)
        monkeypatch.setattr(graphics, "_opened", {})
        return binding

    return place
