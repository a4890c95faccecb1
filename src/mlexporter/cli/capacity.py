"""``mlexporter capacity``: what a load costs, and what to set, before anything is installed."""

from __future__ import annotations

import json
from typing import Any, Final

import click

from mlexporter.errors import ConfigurationError, MLExporterError
from mlexporter.settings import Settings, parse_duration

_DEFAULTS: Final = Settings()
_OF_A_PROFILE: Final = ("features", "categorical", "bins", "outputs")
"""What a profile says itself."""


@click.command("capacity")
@click.option(
    "--features", type=int, default=100, show_default=True, help="Monitored features of each model."
)
@click.option(
    "--categorical", type=int, default=0, show_default=True, help="How many of the features are categories."
)
@click.option("--pods", type=int, default=3, show_default=True, help="Pods, or hosts, that are scraped.")
@click.option("--workers", type=int, default=4, show_default=True, help="Processes of each pod that predict.")
@click.option("--models", type=int, default=1, show_default=True, help="Models that each pod serves.")
@click.option("--versions", type=int, default=1, show_default=True,
              help="Versions of each model that each pod serves at once.")  # fmt: skip
@click.option("--bins", type=int, default=18, show_default=True, help="Bins of each number.")
@click.option("--outputs", type=int, default=1, show_default=True,
              help="Outputs of each model; each class of a classification is one.")  # fmt: skip
@click.option("--windows", default=",".join(_DEFAULTS.windows), show_default=True, metavar="NAMES",
              help="Lengths over which drift is measured.")  # fmt: skip
@click.option("--measures", default=_DEFAULTS.measures, show_default=True, metavar="default|all",
              help="Drift measures that are published.")  # fmt: skip
@click.option("--series-budget", type=int, default=_DEFAULTS.series_budget, show_default=True,
              help="Series of single bins that a pod exposes at most.")  # fmt: skip
@click.option("--baseline", type=click.Choice(["auto", "off"]), default="auto", show_default=True,
              help="Whether a baseline is learned from serving.")  # fmt: skip
@click.option("--fleet", is_flag=True, help="Count the rules of a fleet, and what they need.")
@click.option("--gpus", type=int, default=0, show_default=True, help="Graphics cards of each pod.")
@click.option(
    "--rows-per-second", type=float, default=100.0, show_default=True, help="Rows that each pod predicts."
)
@click.option("--scrape-interval", default="30s", show_default=True, metavar="DURATION",
              help="Time between two scrapes.")  # fmt: skip
@click.option("--profile", type=click.Path(), metavar="FILE",
              help="Take features, kinds, bins, outputs and all that is learned beside them from a profile.")  # fmt: skip
@click.option("--output", type=click.Choice(["table", "json", "values"]), default="table", show_default=True,
              help="A table for people, JSON for programs, or values of the Helm chart.")  # fmt: skip
@click.pass_context
def capacity_command(
    context: click.Context, /, *, profile: str | None, output: str, windows: str, baseline: str,
    scrape_interval: str, **numbers: Any,
) -> None:  # fmt: skip
    """Tell what a load costs before anything is installed.

    Series and bytes of a scrape, memory and disk of Prometheus, memory and processor time beside the model, and
    the limits to set. Nothing is read but the profile, and nothing is asked for over the network.
    """
    from mlexporter.app.capacity.capacity import capacity  # noqa: PLC0415 - help needs none of it
    from mlexporter.app.capacity.load import Load  # noqa: PLC0415 - likewise
    from mlexporter.cli.capacity_table import capacity_document, capacity_lines, capacity_values  # noqa: PLC0415 - likewise

    reference = None if profile is None else _reference(context, profile)
    _check(numbers)
    try:
        load = Load(
            windows=tuple(part.strip() for part in windows.split(",") if part.strip()),
            baseline=baseline != "off",
            scrape_interval=_seconds(scrape_interval),
            reference=reference,
            **numbers,
        )
        found = capacity(load)
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None
    if output == "json":
        click.echo(json.dumps(capacity_document(found), indent=2))
    elif output == "values":
        click.echo(capacity_values(found), nl=False)
    else:
        for line in capacity_lines(found):
            click.echo(line)


def _reference(context: click.Context, path: str) -> Any:
    """Return the content of a profile; what it says itself may not be given beside it."""
    from mlexporter.profile import Profile  # noqa: PLC0415 - most have none

    for name in _OF_A_PROFILE:
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError(
                f"--{name} cannot be given beside --profile, which says it; leave out one of them"
            )
    try:
        return Profile.load(path).reference
    except MLExporterError as error:
        raise click.ClickException(str(error)) from None


def _check(numbers: dict[str, Any]) -> None:
    """Refuse what is out of range in words that name the option."""
    from mlexporter.app.capacity.load import RANGES  # noqa: PLC0415 - help needs none of it

    for name, (least, most) in RANGES.items():
        value = numbers[name]
        if not least <= value <= most:
            what = "too much" if value > most else "too little"
            hint = f"--{name.replace('_', '-')}"
            raise click.BadParameter(
                f"{value:,} is {what}; {least:,} to {most:,} can be asked for", param_hint=hint
            )


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r}: {error}", param_hint="--scrape-interval") from None
