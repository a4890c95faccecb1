"""Small file systems in memory, which the soak mounts, fills to the last byte, and takes away again."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

_ALONE: Final = "SOAK_HAS_ITS_OWN_MOUNTS"
BALLAST: Final = "ballast"


def with_own_mounts() -> None:
    """Begin this program anew where its mounts are seen by nobody else and end with it; without rights go on."""
    unshare = shutil.which("unshare")
    if os.environ.get(_ALONE) or unshare is None:
        return
    alone = [unshare, "--mount", "--propagation", "private"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0:  # noqa: S603 - found above
        os.environ[_ALONE] = "1"
        os.execv(unshare, [*alone, sys.executable, *sys.argv])  # noqa: S606 - found above


class SmallDisk:
    """A folder that is a file system of its own, if that is allowed.

    Attributes:
        is_mounted: Whether it is; a mere folder cannot be filled without filling what others use.
    """

    def __init__(self, path: Path, *, mebibytes: int) -> None:
        path.mkdir(mode=0o700, parents=True)
        self.path = path
        command = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "tmpfs", str(path)]
        self.is_mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - no shell

    def fill(self) -> None:
        """Write until not one byte fits; call again for what was freed meanwhile."""
        with (self.path / BALLAST).open("ab", buffering=0) as file:
            for size in (4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def free(self) -> None:
        """Take away what ``fill`` wrote."""
        (self.path / BALLAST).unlink(missing_ok=True)

    def used(self) -> tuple[int, int]:
        """Return files, and bytes in them, without what ``fill`` wrote."""
        sizes = []
        for path in self.path.rglob("*"):
            with contextlib.suppress(OSError):
                if path.name != BALLAST and path.is_file():
                    sizes.append(path.stat().st_size)
        return len(sizes), sum(sizes)

    def close(self) -> None:
        """Unmount it."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.path)], capture_output=True, check=False)  # noqa: S603, S607 - no shell
            self.is_mounted = False
