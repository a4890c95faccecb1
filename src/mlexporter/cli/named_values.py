"""Values of options that stand for pairs, such as ``NAME=COLUMN``."""

from __future__ import annotations

import click


def pairs_of_text(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, str]:
    """Return what each ``NAME=TEXT`` says; for ``callback`` of an option that may come several times."""
    del context
    pairs = {}
    for value in values:
        name, separator, text = value.rpartition("=")
        if not separator or not name or not text:
            raise click.BadParameter(f"{value!r}: {parameter.metavar} is needed", param=parameter)
        pairs[name] = text
    return pairs
