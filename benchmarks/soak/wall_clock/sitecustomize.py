"""Makes the wall clock of a process wrong by what a file says; monotonic clocks stay what they are.

Python imports this at its start where this folder is on the path. Not libfaketime: its 0.9.10 fails every
``time.sleep`` of Python 3.11 once monotonic clocks are left alone, and moves those of windows where they are not.

Environment: WALL_CLOCK_OFFSET, a file of eight bytes, a float of seconds; it may change at any time.
"""

import mmap
import os
import struct
import time

if "WALL_CLOCK_OFFSET" in os.environ:
    _DOUBLE = struct.Struct("d")
    _right = time.time_ns
    with open(os.environ["WALL_CLOCK_OFFSET"], "rb") as _file:  # noqa: PTH123 - pathlib is not wanted at every start
        _offset = mmap.mmap(_file.fileno(), _DOUBLE.size, prot=mmap.PROT_READ)

    def _wrong_ns() -> int:
        return _right() + round(_DOUBLE.unpack_from(_offset)[0] * 1e9)

    time.time_ns = _wrong_ns
    time.time = lambda: _wrong_ns() / 1e9
