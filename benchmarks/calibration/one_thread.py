"""Import it before numpy: pieces share the cores, and threads of libraries would get into each other's way."""

from __future__ import annotations

import os
from typing import Final

VARIABLES: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

for _name in VARIABLES:
    os.environ[_name] = "1"
