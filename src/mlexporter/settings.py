"""One table of settings: name, type, default and meaning; read once, by ``app`` and ``cli`` only.

Each setting is also the environment variable ``MLEXPORTER_<NAME>``, and a key of ``[settings]`` in the
configuration file. Everybody else is handed a ``Settings`` and never looks at the environment.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from mlexporter.errors import SettingError

ENVIRONMENT_PREFIX: Final = "MLEXPORTER_"

NO_DIRECTORY: Final = "off"
"""The value of ``dir`` with which each process counts alone."""

DURATION_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DIGITS: Final = 9
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"", "0", "false", "no", "off"})


def parse_duration(text: str) -> float:
    """Return the seconds of one Prometheus duration such as ``1h`` or ``90s``.

    Raises:
        ValueError: it is not a positive number followed by one of s, m, h, d, w.
    """
    number, unit = text[:-1], text[-1:]
    if unit not in DURATION_UNITS or not number.isdecimal() or len(number) > _DIGITS or int(number) == 0:
        raise ValueError("a whole number above 0 followed by s, m, h, d or w is needed, such as 1h")
    return float(int(number) * DURATION_UNITS[unit])


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ValueError("1 or 0 is needed (also true, false, yes, no, on, off)")


def _whole(minimum: int, maximum: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError("a whole number is needed") from None
        if not minimum <= number <= maximum:
            raise ValueError(f"a whole number from {minimum} to {maximum} is needed")
        return number

    return parse


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _positive(text: str) -> float:
    number = _number(text)
    if not (math.isfinite(number) and number > 0):
        raise ValueError("a number above 0 is needed")
    return number


def _ratio(text: str) -> float:
    number = _number(text)
    if not 0 <= number <= 1:
        raise ValueError("a number from 0 to 1 is needed, such as 0.01; 0 is off")
    return number


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _windows(text: str) -> tuple[str, ...]:
    names = _names(text)
    lengths = [parse_duration(name) for name in names]
    if not names:
        raise ValueError("at least one duration is needed, such as 1h,6h,24h")
    if len(set(lengths)) != len(lengths):
        raise ValueError("two windows of one length make no sense; leave one out")
    return tuple(sorted(names, key=parse_duration))


def _duration(text: str) -> str:
    parse_duration(text)
    return text


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError("one of " + ", ".join(choices) + " is needed")
        return text

    return parse


def _host(text: str) -> str:
    if not text or any(character.isspace() or character == "/" for character in text):
        raise ValueError("a host name or an address is needed, such as 127.0.0.1 or 0.0.0.0")
    return text


def _directory(way_out: str, *words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

        if text not in {"", *words} and not (Path(text).is_absolute() and text.isprintable()):
            raise ValueError(f"an absolute path is needed, {way_out}")
        return text

    return parse


def _file(text: str) -> str:
    if not text:
        return ""
    from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

    if not text.isprintable():
        raise ValueError("the path of a TOML file is needed, such as /etc/mlexporter.toml")
    return str(
        Path(text).absolute()
    )  # the working directory may change later; links are followed at each read


def _web_file(text: str) -> str:
    if not text:
        return ""
    from pathlib import Path  # noqa: PLC0415 - needed only where the setting is given

    if not text.isprintable():
        raise ValueError("the path of a web configuration file is needed, such as /etc/mlexporter/web.yml")
    return str(Path(text).absolute())  # as above


class Setting(NamedTuple):
    """One row of the table: the field of ``Settings``, its default as text, parser and meaning."""

    name: str
    default: str
    parse: Callable[[str], Any]
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable."""
        return ENVIRONMENT_PREFIX + self.name.upper()


SETTINGS: Final = (
    Setting("disabled", "0", _boolean, "Makes the decorator return the function itself."),
    Setting("config", "", _file,
            "TOML file with settings, options of alerts, objectives and thresholds of models."),
    Setting("strict", "0", _boolean, "Raises where a bad environment would only degrade; for tests and CI."),
    Setting("host", "127.0.0.1", _host, "Address that serve() binds."),
    Setting("port", "9469", _whole(0, 65535), "Port that serve() binds; 0 lets the system choose."),
    Setting("dir", "", _directory("the same for all workers, or off for none", NO_DIRECTORY),
            "Directory in which the workers of a server count together; empty finds one, off uses none."),
    Setting("windows", "1h,6h,24h", _windows, "Lengths over which drift is measured."),
    Setting("evaluation_interval", "15", _positive, "Seconds between two evaluations of drift."),
    Setting("required_observations", "100", _whole(1, 10**9), "Rows of a feature before its scores are published."),
    Setting("measures", "default", _one_of("default", "all"), "all publishes every drift measure."),
    Setting("series_budget", "10000", _whole(0, 10**7), "Series of single bins that are exposed at most."),
    Setting("minimum_bin_rows", "20", _whole(1, 10**6), "Training rows behind every published edge, value or category."),
    Setting("buffer_rows", "4096", _whole(1, 65536), "Rows buffered before they are counted into bins."),
    Setting("buffer_limit_rows", "16384", _whole(1, 10**7), "Rows buffered at most before rows are dropped and counted; never less than twice buffer_rows."),
    Setting("warmup_rows", "5000", _whole(100, 10**6), "Rows from which profile='warmup' learns."),
    Setting("profile_limit_bytes", str(64 * 2**20), _whole(1024, 2**31), "Largest profile file that is read."),
    Setting("connection_limit", "512", _whole(8, 65536), "Connections that serve() holds at most."),
    Setting("header_timeout", "5", _positive, "Seconds that a client has to send its request."),
    Setting("snapshot_dir", "", _directory("such as /var/lib/NAME/windows"),
            "Directory on a disk that keeps the windows over restarts and reboots; empty keeps them in memory only."),
    Setting("baseline", "auto", _one_of("auto", "off", "on"),
            "auto learns a baseline from serving where the profile knows no noise, on also where it does; off watches nothing."),
    Setting("baseline_block", "1h", _duration, "Length of the blocks of serving that a baseline is learned from."),
    Setting("baseline_blocks", "168", _whole(24, 10_000),
            "Blocks that are kept, newest first; once there are so many a baseline is learned."),
    Setting("fleet", "0", _boolean,
            "Exposes what the recording rules of a fleet compute from: weights, bounds and critical values."),
    Setting("spans", "auto", _one_of("auto", "off"),
            "auto begins a span for each call where the application has an OpenTelemetry tracer."),
    Setting("push", "off", _one_of("off", "on"),
            "on pushes all series over OTLP, to where the OTEL_EXPORTER_OTLP_* variables say."),
    Setting("events_ratio", "0", _ratio,
            "Share of the calls, 0 to 1, sent as prediction events with values of their rows; 0 sends none."),
    Setting("events_redact", "", _names,
            "Names of features and outputs, or patterns such as email*, whose values no event holds."),
    Setting("events_per_second", "20", _positive, "Prediction events a second that a process makes at most."),
    Setting("latency_objective", "", lambda text: _positive(text) if text else None,
            "Seconds that become a bucket bound of the duration histogram."),
    Setting("web_config", "", _web_file,
            "Web configuration file of Prometheus exporters: TLS and authentication of what serve() serves."),
    Setting("reload_endpoint", "0", _boolean, "Lets POST /-/reload read the configuration file at once."),
    Setting("log_format", "text", _one_of("text", "logfmt", "json"), "How `mlexporter serve` writes its log."),
    Setting("log_level", "warning", _one_of("debug", "info", "warning", "error"),
            "What `mlexporter serve` writes into its log."),
)  # fmt: skip
"""Every setting."""


class Settings(NamedTuple):
    """The parsed settings; fields are those of ``SETTINGS``, in seconds and rows."""

    disabled: bool = False
    config: str = ""
    strict: bool = False
    host: str = "127.0.0.1"
    port: int = 9469
    dir: str = ""
    windows: tuple[str, ...] = ("1h", "6h", "24h")
    evaluation_interval: float = 15.0
    required_observations: int = 100
    measures: str = "default"
    series_budget: int = 10_000
    minimum_bin_rows: int = 20
    buffer_rows: int = 4096
    buffer_limit_rows: int = 16_384
    warmup_rows: int = 5_000
    profile_limit_bytes: int = 64 * 2**20
    connection_limit: int = 512
    header_timeout: float = 5.0
    snapshot_dir: str = ""
    baseline: str = "auto"
    baseline_block: str = "1h"
    baseline_blocks: int = 168
    fleet: bool = False
    spans: str = "auto"
    push: str = "off"
    events_ratio: float = 0.0
    events_redact: tuple[str, ...] = ()
    events_per_second: float = 20.0
    latency_objective: float | None = None
    web_config: str = ""
    reload_endpoint: bool = False
    log_format: str = "text"
    log_level: str = "warning"

    @property
    def window_seconds(self) -> dict[str, float]:
        """Name and length of each window, shortest first."""
        return {name: parse_duration(name) for name in self.windows}

    @property
    def baseline_block_seconds(self) -> float:
        """Length of a block of serving."""
        return parse_duration(self.baseline_block)


def read_settings(
    environment: Mapping[str, str], *, file: Mapping[str, str] = MappingProxyType({}), **overrides: object
) -> Settings:
    """Return the settings that ``overrides``, ``environment`` and ``file`` ask for; who comes first wins.

    No file is read here: ``configuration.effective_settings`` does that, and hands on what it says.

    Args:
        environment: Usually ``os.environ``; only ``MLEXPORTER_*`` of the table is looked at.
        file: Settings of the configuration file, by name, as text that was checked.
        overrides: Fields of ``Settings`` with parsed values or text; None means not given.

    Raises:
        SettingError: a value is impossible or a name is unknown; says which and what would do.
    """
    known = {setting.name: setting for setting in SETTINGS}
    unknown = sorted(set(overrides) - set(known))
    if unknown:
        raise SettingError(f"unknown setting {unknown[0]!r}; known are: {', '.join(known)}")
    values: dict[str, object] = {}
    for name, setting in known.items():
        override = overrides.get(name)
        if override is not None:
            text = ",".join(override) if isinstance(override, tuple) else str(override)
            values[name] = _parsed(setting, text, name)
        elif setting.variable in environment:
            values[name] = _parsed(setting, environment[setting.variable], setting.variable)
        elif name in file:
            values[name] = _parsed(setting, file[name], name)
    return Settings(**values)  # type: ignore[arg-type]


def misspelt_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are nearly a setting, each with the setting that was meant."""
    names = [setting.name.upper() for setting in SETTINGS]
    found: dict[str, str] = {}
    for variable in environment:
        name = variable.removeprefix(ENVIRONMENT_PREFIX)
        if name != variable and name not in names:
            from difflib import get_close_matches  # noqa: PLC0415 - hardly ever needed

            near = get_close_matches(name, names, n=1, cutoff=0.75)
            if near:
                found[variable] = ENVIRONMENT_PREFIX + near[0]
    return found


def _parsed(setting: Setting, text: str, source: str) -> object:
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingError(f"{source}={text!r}: {error}") from None


if set(Settings._fields) != {setting.name for setting in SETTINGS}:
    raise RuntimeError("SETTINGS and Settings do not name the same fields")
