"""The table of settings, and the record that they are parsed into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from mlexporter.settings.parsers import (
    Directory,
    OneOf,
    Whole,
    boolean,
    duration_text,
    host_name,
    names_of,
    parse_duration,
    positive,
    positive_or_none,
    ratio,
    toml_file,
    web_file,
    window_names,
)

ENVIRONMENT_PREFIX: Final = "MLEXPORTER_"

NO_DIRECTORY: Final = "off"
"""The value of ``dir`` with which each process counts alone."""


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
    Setting("disabled", "0", boolean, "Makes the decorator return the function itself."),
    Setting("config", "", toml_file,
            "TOML file with settings, options of alerts, objectives and thresholds of models."),
    Setting("strict", "0", boolean, "Raises where a bad environment would only degrade; for tests and CI."),
    Setting("host", "127.0.0.1", host_name, "Address that serve() binds."),
    Setting("port", "9469", Whole(0, 65535), "Port that serve() binds; 0 lets the system choose."),
    Setting("dir", "", Directory("the same for all workers, or off for none", NO_DIRECTORY),
            "Directory in which the workers of a server count together; empty finds one, off uses none."),
    Setting("windows", "1h,6h,24h", window_names, "Lengths over which drift is measured."),
    Setting("evaluation_interval", "15", positive, "Seconds between two evaluations of drift."),
    Setting("required_observations", "100", Whole(1, 10**9), "Rows of a feature before its scores are published."),
    Setting("measures", "default", OneOf("default", "all"), "all publishes every drift measure."),
    Setting("series_budget", "10000", Whole(0, 10**7), "Series of single bins that are exposed at most."),
    Setting("minimum_bin_rows", "20", Whole(1, 10**6), "Training rows behind every published edge, value or category."),
    Setting("buffer_rows", "4096", Whole(1, 65536), "Rows buffered before they are counted into bins."),
    Setting("buffer_limit_rows", "16384", Whole(1, 10**7), "Rows buffered at most before rows are dropped and counted; never less than twice buffer_rows."),
    Setting("warmup_rows", "5000", Whole(100, 10**6), "Rows from which profile='warmup' learns."),
    Setting("profile_limit_bytes", str(64 * 2**20), Whole(1024, 2**31), "Largest profile file that is read."),
    Setting("connection_limit", "512", Whole(8, 65536), "Connections that serve() holds at most."),
    Setting("header_timeout", "5", positive, "Seconds that a client has to send its request."),
    Setting("snapshot_dir", "", Directory("such as /var/lib/NAME/windows"),
            "Directory on a disk that keeps the windows over restarts and reboots; empty keeps them in memory only."),
    Setting("baseline", "auto", OneOf("auto", "off", "on"),
            "auto learns a baseline from serving where the profile knows no noise, on also where it does; off watches nothing."),
    Setting("baseline_block", "1h", duration_text, "Length of the blocks of serving that a baseline is learned from."),
    Setting("baseline_blocks", "168", Whole(24, 10_000),
            "Blocks that are kept, newest first; once there are so many a baseline is learned."),
    Setting("fleet", "0", boolean,
            "Exposes what the recording rules of a fleet compute from: weights, bounds and critical values."),
    Setting("spans", "auto", OneOf("auto", "off"),
            "auto begins a span for each call where the application has an OpenTelemetry tracer."),
    Setting("push", "off", OneOf("off", "on"),
            "on pushes all series over OTLP, to where the OTEL_EXPORTER_OTLP_* variables say."),
    Setting("events_ratio", "0", ratio,
            "Share of the calls, 0 to 1, sent as prediction events with values of their rows; 0 sends none."),
    Setting("events_redact", "", names_of,
            "Names of features and outputs, or patterns such as email*, whose values no event holds."),
    Setting("events_per_second", "20", positive, "Prediction events a second that a process makes at most."),
    Setting("latency_objective", "", positive_or_none,
            "Seconds that become a bucket bound of the duration histogram."),
    Setting("web_config", "", web_file,
            "Web configuration file of Prometheus exporters: TLS and authentication of what serve() serves."),
    Setting("reload_endpoint", "0", boolean, "Lets POST /-/reload read the configuration file at once."),
    Setting("log_format", "text", OneOf("text", "logfmt", "json"), "How `mlexporter serve` writes its log."),
    Setting("log_level", "warning", OneOf("debug", "info", "warning", "error"),
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


if set(Settings._fields) != {setting.name for setting in SETTINGS}:
    raise RuntimeError("SETTINGS and Settings do not name the same fields")
