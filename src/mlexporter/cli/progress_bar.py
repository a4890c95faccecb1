"""A bar on a terminal that shows how far reading is."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from mlexporter.profile.options import Progress


@contextlib.contextmanager
def progress_bar(doing: str) -> Iterator[Progress | None]:
    """Give what shows a bar of rows while the block runs; only where standard error is a terminal.

    Args:
        doing: What stands before the bar, such as ``reading``.

    Yields:
        To be called with the rows that are done and all rows; None where the library for bars is not
        installed: it comes with what reads files, whose absence others tell in words.
    """
    try:
        from tqdm import tqdm  # noqa: PLC0415 - only commands that read rows need it
    except ImportError:
        yield None
        return
    with tqdm(unit="row", unit_scale=True, desc=doing, leave=False, disable=None) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show
