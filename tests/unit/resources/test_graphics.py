import sys

import pytest

from mlexporter import catalogue
from mlexporter.resources import graphics
from mlexporter.resources.graphics import graphics_samples


def by_metric(samples):
    """Return the values by metric and UUID."""
    return {(sample.metric, sample.labels[0]): sample.value for sample in samples}


def test_every_card_tells_its_use(install):
    """Shares between 0 and 1, bytes and watts, with UUID and name."""
    install({}, {"nvmlDeviceGetPowerUsage": 99_000})

    samples = graphics_samples()

    assert {sample.labels for sample in samples} == {
        ("GPU-0", "NVIDIA H100 80GB HBM3"),
        ("GPU-1", "NVIDIA H100 80GB HBM3"),
    }
    found = by_metric(samples)
    assert found[catalogue.GPU_UTILIZATION.name, "GPU-0"] == 0.75
    assert found[catalogue.GPU_MEMORY_USAGE.name, "GPU-0"] == 1_073_741_824.0
    assert found[catalogue.GPU_MEMORY_LIMIT.name, "GPU-0"] == 85_899_345_920.0
    assert found[catalogue.GPU_POWER.name, "GPU-0"] == 312.5
    assert found[catalogue.GPU_POWER.name, "GPU-1"] == 99.0
    assert len(samples) == 8


def test_what_a_card_does_not_tell_is_absent(install):
    """A card without a power meter, or one that is divided into instances, tells the rest."""
    install({"nvmlDeviceGetPowerUsage": None, "nvmlDeviceGetUtilizationRates": None})

    assert {sample.metric for sample in graphics_samples()} == {
        catalogue.GPU_MEMORY_USAGE.name,
        catalogue.GPU_MEMORY_LIMIT.name,
    }


def test_a_lost_card_takes_no_other_along(install):
    """A card that does not even say its name is left out."""
    install({"nvmlDeviceGetUUID": None}, {})

    assert {sample.labels[0] for sample in graphics_samples()} == {"GPU-1"}


def test_names_in_bytes_are_read(install):
    """Older bindings give bytes."""
    install({"nvmlDeviceGetUUID": b"GPU-a", "nvmlDeviceGetName": b"Tesla \xff"})

    assert {sample.labels for sample in graphics_samples()} == {("GPU-a", "Tesla \ufffd")}


def test_no_driver_is_silence_and_is_asked_once(install):
    """Without a driver nothing is told, raised or tried again at the next scrape."""
    binding = install()

    assert [graphics_samples() for _ in range(3)] == [(), (), ()]
    assert binding.openings == 1


def test_the_library_is_opened_once(install):
    """The cards of a process are found at its first scrape."""
    binding = install({})

    assert graphics_samples() == graphics_samples() != ()
    assert binding.openings == 1


def test_a_forked_child_opens_its_own(install, monkeypatch):
    """A connection to the driver belongs to the process that made it."""
    binding = install({})
    graphics_samples()
    monkeypatch.setattr(graphics.os, "getpid", lambda: -1)

    assert graphics_samples() != ()
    assert binding.openings == 2


@pytest.mark.parametrize("missing", [None, "something else"])
def test_without_the_binding_there_is_silence(monkeypatch, missing):
    """The extra is optional, and a module of that name may be anybody's."""
    monkeypatch.setitem(sys.modules, "pynvml", missing)
    monkeypatch.setattr(graphics, "_opened", {})

    assert graphics_samples() == ()


def test_the_real_binding_is_spoken_to_by_its_names():
    """Every function and field that is asked for exists in the binding that is installed."""
    binding = pytest.importorskip("pynvml")

    for name in (
        "nvmlInit", "nvmlDeviceGetCount", "nvmlDeviceGetHandleByIndex", "nvmlDeviceGetUUID", "nvmlDeviceGetName",
        "nvmlDeviceGetUtilizationRates", "nvmlDeviceGetMemoryInfo", "nvmlDeviceGetPowerUsage",
    ):  # fmt: skip
        assert callable(getattr(binding, name))
    assert {"total", "used"} <= {field for field, _ in binding.c_nvmlMemory_t._fields_}
    assert "gpu" in {field for field, _ in binding.c_nvmlUtilization_t._fields_}
    assert issubclass(binding.NVMLError_LibraryNotFound, binding.NVMLError)
