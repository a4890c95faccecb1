"""Recorded series of vLLM and of NVIDIA Triton in our names, units and labels.

The only file that names series of others. An engine exports what it likes, in microseconds, under names
that change with its versions; dashboards and alerts read what is recorded here and know of no engine.

- Names begin with ``engine``, not with ``model``: where a monitored function calls an engine, both count
  the same request, and a sum over both would count it twice.
- Old and new names of one thing meet pod by pod, so that a fleet may be half upgraded, and a pod that
  exports both for a while is counted once.
- vLLM calls the model ``model_name``; Triton, also when it runs vLLM inside, says ``model`` and ``version``.

docs/tutorials/serving-engines.md says which versions were read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from mlexporter import catalogue
from mlexporter.catalogue import Kind, Metric
from mlexporter.generate.options import RuleOptions
from mlexporter.generate.promql import Matcher, largest, recorded_name, select_name, total
from mlexporter.generate.rules import Group, Recording
from mlexporter.settings import parse_duration


class Foreign(NamedTuple):
    """A series of an engine: its name (counters with ``_total``), kind and labels."""

    name: str
    kind: Kind
    labels: tuple[str, ...]


_VLLM_LABELS: Final = ("model_name", "engine", "model", "version")
_TRITON_LABELS: Final = ("model", "version", "gpu_uuid")
_CARD_LABELS: Final = ("gpu_uuid",)

_VLLM_FINISHED: Final = Foreign("vllm:request_success_total", "counter", (*_VLLM_LABELS, "finished_reason"))
_VLLM_DURATION: Final = Foreign("vllm:e2e_request_latency_seconds", "histogram", _VLLM_LABELS)
_VLLM_QUEUE_TIME: Final = Foreign("vllm:request_queue_time_seconds", "histogram", _VLLM_LABELS)
_VLLM_RUNNING: Final = Foreign("vllm:num_requests_running", "gauge", _VLLM_LABELS)
_VLLM_WAITING: Final = Foreign("vllm:num_requests_waiting", "gauge", _VLLM_LABELS)
_VLLM_INPUT_TOKENS: Final = Foreign("vllm:prompt_tokens_total", "counter", _VLLM_LABELS)
_VLLM_OUTPUT_TOKENS: Final = Foreign("vllm:generation_tokens_total", "counter", _VLLM_LABELS)
_VLLM_FIRST_TOKEN: Final = Foreign("vllm:time_to_first_token_seconds", "histogram", _VLLM_LABELS)
_VLLM_PER_TOKEN: Final = (
    # Once a request, as the GenAI conventions define it; since autumn 2025.
    Foreign("vllm:request_time_per_output_token_seconds", "histogram", _VLLM_LABELS),
    # Once a step of the output: since 0.10.2, and its name before, hidden in 0.12 and removed in 2026.
    Foreign("vllm:inter_token_latency_seconds", "histogram", _VLLM_LABELS),
    Foreign("vllm:time_per_output_token_seconds", "histogram", _VLLM_LABELS),
)
# Renamed in 0.9.2, hidden in 0.11, removed in 0.12. They say percent and are between 0 and 1.
_VLLM_CACHE_USAGE: Final = (
    Foreign("vllm:kv_cache_usage_perc", "gauge", _VLLM_LABELS),
    Foreign("vllm:gpu_cache_usage_perc", "gauge", _VLLM_LABELS),
)
_VLLM_CACHE_HITS: Final = (
    Foreign("vllm:prefix_cache_hits_total", "counter", _VLLM_LABELS),
    Foreign("vllm:gpu_prefix_cache_hits_total", "counter", _VLLM_LABELS),
)
_VLLM_CACHE_QUERIES: Final = (
    Foreign("vllm:prefix_cache_queries_total", "counter", _VLLM_LABELS),
    Foreign("vllm:gpu_prefix_cache_queries_total", "counter", _VLLM_LABELS),
)

_TRITON_SUCCESS: Final = Foreign("nv_inference_request_success", "counter", _TRITON_LABELS)
# The reason came with 2.49 (24.08).
_TRITON_FAILURE: Final = Foreign("nv_inference_request_failure", "counter", (*_TRITON_LABELS, "reason"))
_TRITON_DURATION: Final = Foreign("nv_inference_request_duration_us", "counter", _TRITON_LABELS)
_TRITON_QUEUE_TIME: Final = Foreign("nv_inference_queue_duration_us", "counter", _TRITON_LABELS)
# Since 2.38 (23.09).
_TRITON_PENDING: Final = Foreign("nv_inference_pending_request_count", "gauge", _TRITON_LABELS)
_TRITON_ROWS: Final = Foreign("nv_inference_count", "counter", _TRITON_LABELS)
_TRITON_EXECUTIONS: Final = Foreign("nv_inference_exec_count", "counter", _TRITON_LABELS)
# Since 2.52 (24.11), and only with --metrics-config histogram_latencies=true.
_TRITON_FIRST_RESPONSE: Final = Foreign(
    "nv_inference_first_response_histogram_ms", "histogram", _TRITON_LABELS
)
_TRITON_CARDS: Final = (
    (catalogue.GPU_UTILIZATION, Foreign("nv_gpu_utilization", "gauge", _CARD_LABELS)),
    (catalogue.GPU_MEMORY_USAGE, Foreign("nv_gpu_memory_used_bytes", "gauge", _CARD_LABELS)),
    (catalogue.GPU_MEMORY_LIMIT, Foreign("nv_gpu_memory_total_bytes", "gauge", _CARD_LABELS)),
    (catalogue.GPU_POWER, Foreign("nv_gpu_power_usage", "gauge", _CARD_LABELS)),
)

FOREIGN_SERIES: Final = (
    _VLLM_FINISHED, _VLLM_DURATION, _VLLM_QUEUE_TIME, _VLLM_RUNNING, _VLLM_WAITING, _VLLM_INPUT_TOKENS,
    _VLLM_OUTPUT_TOKENS, _VLLM_FIRST_TOKEN, *_VLLM_PER_TOKEN, *_VLLM_CACHE_USAGE, *_VLLM_CACHE_HITS,
    *_VLLM_CACHE_QUERIES, _TRITON_SUCCESS, _TRITON_FAILURE, _TRITON_DURATION, _TRITON_QUEUE_TIME,
    _TRITON_PENDING, _TRITON_ROWS, _TRITON_EXECUTIONS, _TRITON_FIRST_RESPONSE,
    *(series for _, series in _TRITON_CARDS),
)  # fmt: skip
"""Every series of an engine that a rule reads."""

LEVEL: Final = "engine"
"""What every name begins with; the cards of a server have a level of their own."""

REQUEST_RATE: Final = recorded_name(LEVEL, catalogue.PREDICTION_REQUESTS, "rate5m")
CACHE_USAGE: Final = f"{LEVEL}:kv_cache_usage_ratio:max"
CACHE_HITS: Final = f"{LEVEL}:prefix_cache_hit_ratio:rate5m"

_MODEL: Final = ("model_name", "model_version")
_BUCKET: Final = (*_MODEL, "le")
_WINDOW_SECONDS: Final = parse_duration("5m")
_MICROSECONDS: Final = "1e6"


def engine_groups(options: RuleOptions) -> tuple[Group, ...]:
    """Return the recording rules: requests of both engines, generation of vLLM, cards of Triton."""
    return (
        Group("mlexporter-engine-requests", (*_requests(options), *_durations(options), *_load(options))),
        Group("mlexporter-engine-generation", (*_generation(options), *_cache(options))),
        Group("mlexporter-engine-cards", _cards(options)),
    )


def _requests(options: RuleOptions) -> tuple[Recording, ...]:
    labels = (*_MODEL, "status")
    finished = _labelled(_rate(_VLLM_FINISHED, options), "status", "ok", "finished_reason", ".*")
    finished = _labelled(finished, "status", "cancelled", "finished_reason", "abort")
    finished = _labelled(finished, "status", "error", "finished_reason", "error")
    success = _labelled(_rate(_TRITON_SUCCESS, options), "status", "ok", "model", ".*")
    failure = _labelled(_rate(_TRITON_FAILURE, options), "status", "error", "model", ".*")
    failure = _labelled(failure, "status", "cancelled", "reason", "CANCELED")
    errors = total(_MODEL, f"{REQUEST_RATE}{{{Matcher('status', '=', 'error')}}}")
    return (
        # Requests a second that ended, by how; vLLM aborts where the client goes away.
        Recording(
            REQUEST_RATE,
            _either(
                *(total(labels, _named(part)) for part in (finished, f"({_first_of(success, failure)})"))
            ),
        ),
        # Absent where nothing ended, and for a vLLM that does not count errors.
        Recording(
            recorded_name(LEVEL, catalogue.PREDICTION_REQUESTS, "error_ratio_rate5m"),
            _share(errors, total(_MODEL, REQUEST_RATE)),
        ),
    )


def _durations(options: RuleOptions) -> tuple[Recording, ...]:
    duration, successes = catalogue.PREDICTION_DURATION, _summed(_TRITON_SUCCESS, options)

    def mean(of_vllm: Foreign, of_triton: Foreign) -> str:
        vllm = _share(_summed(of_vllm, options, "_sum"), _summed(of_vllm, options, "_count"))
        triton = _share(_summed(of_triton, options), successes)
        return f"(\n{vllm}\n)\nor\n(\n{triton}\n  / {_MICROSECONDS}\n)"

    return (
        # From arrival to the last token, in seconds; Triton has no buckets of it.
        Recording(
            _part_name(duration, "bucket"),
            total(_BUCKET, _named(_rate(_VLLM_DURATION, options, "_bucket"))),
        ),
        # The same as a mean, of both engines; Triton counts requests that succeeded.
        Recording(recorded_name(LEVEL, duration, "mean5m"), mean(_VLLM_DURATION, _TRITON_DURATION)),
        # The part of it in which a request waited to be executed.
        Recording(recorded_name(LEVEL, duration, "queue_mean5m"), mean(_VLLM_QUEUE_TIME, _TRITON_QUEUE_TIME)),
    )


def _load(options: RuleOptions) -> tuple[Recording, ...]:
    rows = _summed(_TRITON_ROWS, options)
    in_progress = catalogue.PREDICTIONS_IN_PROGRESS
    return (
        # Requests that are executed now; Triton does not tell.
        Recording(recorded_name(LEVEL, in_progress, "running"), _added(_VLLM_RUNNING, options)),
        # Requests that wait to be executed.
        Recording(
            recorded_name(LEVEL, in_progress, "waiting"),
            _either(_added(_VLLM_WAITING, options), _added(_TRITON_PENDING, options)),
        ),
        # Rows a second that a backend executed; answers from the response cache are not among them.
        Recording(recorded_name(LEVEL, catalogue.PREDICTIONS, "rate5m"), rows),
        # Rows in one execution: what the dynamic batcher achieves.
        Recording(
            recorded_name(LEVEL, catalogue.PREDICTION_BATCH_ROWS, "mean5m"),
            _share(rows, _summed(_TRITON_EXECUTIONS, options)),
        ),
    )


def _generation(options: RuleOptions) -> tuple[Recording, ...]:
    label = "gen_ai_token_type"
    tokens = (
        total((*_MODEL, label), _named(_labelled(_rate(series, options), label, direction, "model", ".*")))
        for series, direction in ((_VLLM_INPUT_TOKENS, "input"), (_VLLM_OUTPUT_TOKENS, "output"))
    )
    first_token = total(_BUCKET, _named(_rate(_VLLM_FIRST_TOKEN, options, "_bucket")))
    first_response = total(_BUCKET, _named(_in_seconds(_rate(_TRITON_FIRST_RESPONSE, options, "_bucket"))))
    per_token = _first_histogram_of(*(_rate(series, options, "_bucket") for series in _VLLM_PER_TOKEN))
    return (
        # Tokens a second, read and written.
        Recording(_part_name(catalogue.GENERATION_TOKENS, "sum"), _either(*tokens)),
        # Seconds from arrival to the first token; of Triton to the first response, if it is asked for it.
        Recording(
            _part_name(catalogue.TIME_TO_FIRST_TOKEN, "bucket"),
            _first_histogram_of(first_token, first_response),
        ),
        # Seconds a token after the first one.
        Recording(
            _part_name(catalogue.TIME_PER_OUTPUT_TOKEN, "bucket"),
            total(_BUCKET, _named(per_token)),
        ),
    )


def _cache(options: RuleOptions) -> tuple[Recording, ...]:
    def summed(names: Sequence[Foreign]) -> str:
        return total(_MODEL, _named(_first_of(*(_rate(series, options) for series in names))))

    usage = _first_of(*(select_name(series.name, options) for series in _VLLM_CACHE_USAGE))
    return (
        # How full the fullest pod is, between 0 and 1: near 1 requests wait or are started again.
        Recording(CACHE_USAGE, largest(_MODEL, _named(usage))),
        # Share of the tokens of prompts that need no computing again.
        Recording(CACHE_HITS, _share(summed(_VLLM_CACHE_HITS), summed(_VLLM_CACHE_QUERIES))),
    )


def _cards(options: RuleOptions) -> tuple[Recording, ...]:
    # Two servers on one card tell the same of it: the largest, not the sum.
    return tuple(
        Recording(
            recorded_name(f"{LEVEL}_card", metric, "max"),
            largest(
                ("hw_id",), _labelled(select_name(series.name, options), "hw_id", "$1", "gpu_uuid", "(.+)")
            ),
        )
        for metric, series in _TRITON_CARDS
    )


def _part_name(metric: Metric, part: str) -> str:
    return f"{LEVEL}:{metric.name}_{part}:rate5m"


def _rate(series: Foreign, options: RuleOptions, part: str = "") -> str:
    return f"rate({select_name(series.name + part, options)}[{options.range(_WINDOW_SECONDS)}])"


def _summed(series: Foreign, options: RuleOptions, part: str = "") -> str:
    return total(_MODEL, _named(_rate(series, options, part)))


def _added(series: Foreign, options: RuleOptions) -> str:
    return total(_MODEL, _named(select_name(series.name, options)))


def _share(part: str, whole: str) -> str:
    # Nothing by nothing would be NaN, which looks like a value.
    return f"{part}\n  / ({whole} > 0)"


def _either(*expressions: str) -> str:
    return "\nor\n".join(expressions)


def _first_of(*expressions: str) -> str:
    return "\n  or ".join(expressions)


def _first_histogram_of(*buckets: str) -> str:
    # Two histograms may differ in bounds: who has one bucket of the first has none of the second.
    return "\n  or ignoring (le) ".join(buckets)


def _named(expression: str) -> str:
    # Triton's labels are called model and version; where there are none, ours stay as they are.
    return (
        f'label_replace(label_replace(\n  {expression},\n  "model_name", "$1", "model", "(.+)"), '
        '"model_version", "$1", "version", "(.+)")'
    )


def _in_seconds(buckets: str) -> str:
    # A bound is text. Zeros before it, then the point three digits to the left: 20 is 00020 is 0.020.
    padded = _labelled(buckets, "le", "000$1", "le", "([0-9].*)")
    return _labelled(padded, "le", "$1.$2$3", "le", r"0*([0-9]+)([0-9]{3})(?:\\.([0-9]+))?")


def _labelled(expression: str, label: str, value: str, source: str, pattern: str) -> str:
    return f'label_replace({expression}, "{label}", "{value}", "{source}", "{pattern}")'
