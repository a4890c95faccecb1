"""``Moment``: when something was written, told so that another process, or another boot, can age it.

The clock of windows begins anew with each boot, and the wall clock may be set at any time. Within
one boot ages are differences of the former; across boots the latter is all there is.
"""

from __future__ import annotations

import functools
import math
import os
from typing import Any, Final, NamedTuple

_BOOT_ID_FILE: Final = "/proc/sys/kernel/random/boot_id"
_CLOCK_OFFSETS_LINK: Final = "/proc/self/ns/time"


class Moment(NamedTuple):
    """One moment on two clocks.

    Attributes:
        now: Seconds of the window clock, which is only known within ``boot_id``.
        wall: Unix seconds.
        boot_id: Names the life of the window clock.
        factor: Seconds of the window clock in a real second.
    """

    now: float
    wall: float
    boot_id: str
    factor: float = 1.0

    def seconds_since(self, earlier: Moment) -> float:
        """Return the age of ``earlier`` in seconds of the window clock, never below 0.

        Of another boot the wall clocks tell; where they went back in between, no time has passed.
        """
        if self.boot_id == earlier.boot_id:
            return max(0.0, self.now - earlier.now)
        return max(0.0, self.wall - earlier.wall) * self.factor

    def to_json(self) -> list[Any]:
        """Return the moment as a list for JSON."""
        return [self.now, self.wall, self.boot_id, self.factor]

    @classmethod
    def from_json(cls, content: Any) -> Moment:
        """Return what ``to_json`` made.

        Raises:
            ValueError: it is something else, or not finite.
        """
        try:
            now, wall, boot_id, factor = content
            found = cls(float(now), float(wall), str(boot_id), float(factor))
        except (TypeError, ValueError):
            raise ValueError(f"{content!r} is no moment") from None
        if not all(map(math.isfinite, (found.now, found.wall, found.factor))):
            raise ValueError(f"{content!r} is no moment: numbers must be finite")
        return found


@functools.cache
def boot_id() -> str:
    """Return what names this boot of the machine, as this process sees its clock.

    Containers with clocks of their own (time namespaces) are told apart. Where the system does not
    tell, each process is a boot of its own, and the wall clock ages what the others wrote.
    """
    try:
        with open(_BOOT_ID_FILE, encoding="ascii") as file:  # noqa: PTH123 - pathlib takes long to load
            boot = file.read().strip()
    except (OSError, ValueError):
        boot = ""
    if not boot:
        return os.urandom(16).hex()
    try:
        return f"{boot} {os.readlink(_CLOCK_OFFSETS_LINK)}"  # noqa: PTH115 - pathlib takes longer to load
    except OSError:
        return boot
