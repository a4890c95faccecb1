"""What the workers use: processes by psutil, containers by the kernel's files, graphics cards by NVML.

Read at a scrape, never on the way to a prediction; psutil and NVML are loaded with the first one.
"""

from mlexporter.resources.usage import own_cpu_nanoseconds, resource_usage

__all__ = ["own_cpu_nanoseconds", "resource_usage"]
