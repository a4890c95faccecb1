"""What is on the list of a user never gets out, in whatever container it comes and however it is called."""

import asyncio
import collections
import dataclasses
import json
import keyword
import string

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

from examples import examples
from mlexporter.app.event_sender import _record_of
from mlexporter.instrument.current_trace import CurrentTrace
from mlexporter.instrument.event_choice import Redaction
from mlexporter.instrument.event_queue import EventQueue
from mlexporter.instrument.events import Events
from mlexporter.instrument.monitor import Monitor
from mlexporter.instrument.selection import Selection
from mlexporter.records import ModelKey
from mlexporter.state.exporter_counts import ExporterCounter
from mlexporter.state.model import ModelState

# Letters that stand nowhere else in a record: whatever of them is found has leaked.
ALPHABET = "ΩЖ字ßþ"
LONGEST = 4
OPEN = st.dictionaries(
    st.text(string.ascii_lowercase, min_size=1, max_size=8),
    st.integers(0, 9) | st.floats(0, 1) | st.text(string.digits),
    max_size=5,
)
SECRETS = st.text(ALPHABET, min_size=LONGEST, max_size=400)
NAMES = st.sampled_from(["email", "Email", "EMAIL_OF_HIM", "email2", "e-mail", "name", "\uff45mail"])
PATTERNS = ("email*", "e-mail", "NAME")


def nested(secret):
    return st.sampled_from(
        [secret, [secret], {"deep": secret}, (secret, 1), np.array([secret]), secret.encode(), {secret},
         Talkative(secret), np.str_(secret)]
    )  # fmt: skip


class Talkative:
    """Tells its secret in every way that Python knows."""

    def __init__(self, secret):
        self.secret = secret

    def __str__(self):
        return self.secret

    __repr__ = __str__

    def __format__(self, _):
        return self.secret


@st.composite
def rows(draw):
    """Return an open row, a secret, and the row with the secret under names that are on the list."""
    secret = draw(SECRETS)
    hidden = {
        name: draw(nested(secret)) for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    }
    opened = {k: v for k, v in draw(OPEN).items() if not k.startswith(("email", "name"))}
    places = draw(st.permutations([*opened.items(), *hidden.items()]))
    return secret, dict(places)


def contained(row):
    """Return what makes of a row any container that says its names."""
    makers = [dict, lambda row: [row], collections.OrderedDict]
    if all(name.isidentifier() and name.isascii() and not keyword.iskeyword(name) for name in row):
        makers.append(lambda row: dataclasses.make_dataclass("Row", list(row))(**row))
    if all(isinstance(value, str | int | float) for value in row.values()):
        makers += [lambda row: pd.DataFrame([row]), pd.Series]
    return st.sampled_from(makers)


class Application:
    """An application whose exporter of logs keeps all in memory."""

    def __init__(self, redact, **selection):
        counter = ExporterCounter()
        key, chosen = ModelKey("m", "1"), Selection(**selection)
        state = ModelState(
            key, latency_bounds=(1.0,), buffer_rows=256, buffer_limit_rows=4096, wall_clock=lambda: 1.0,
            counter=counter, strict=True,
        )  # fmt: skip
        self.queue = EventQueue(1e9, counter.on_event)
        events = Events(
            key, chosen, ratio=1.0, redaction=Redaction(redact), queue=self.queue, trace=CurrentTrace(),
            on_error=counter.on_error, strict=True,
        )  # fmt: skip
        self.monitor = Monitor(state, selection=chosen, strict=True, on_error=counter.on_error, events=events)
        self.exporter = InMemoryLogRecordExporter()
        self.provider = LoggerProvider(shutdown_on_exit=False)
        self.provider.add_log_record_processor(SimpleLogRecordProcessor(self.exporter))

    def sent(self):
        """Return all that leaves, and all that waited, as text."""
        logger, waited = self.provider.get_logger("mlexporter"), []
        while (event := self.queue.take(0.0)) is not None:
            waited.append(repr(event))
            logger.emit(_record_of(event))
        records = [
            json.dumps(json.loads(each.to_json()), ensure_ascii=False)
            for each in self.exporter.get_finished_logs()
        ]
        assert len(records) == len(waited)
        return records, waited


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), found=rows(), fails=st.booleans(), is_async=st.booleans())
def test_no_part_of_what_is_kept_back_is_found_in_any_record(data, found, fails, is_async):
    """Of features, outputs and the id; calls that fail with it in their message; records by hand."""
    secret, row = found
    container = data.draw(contained(row))(row)
    name = data.draw(st.sampled_from([name for name in row if Redaction(PATTERNS).hides(name)]))
    application = Application(PATTERNS, id=name)
    answer = {"score": 0.7, name: row[name]}

    def predict(row):
        if fails:
            raise ValueError(secret)
        return answer

    async def awaited(row):
        return predict(row)

    try:
        if is_async:
            asyncio.run(application.monitor.wrap(awaited)(container))
        else:
            application.monitor.wrap(predict)(container)
    except ValueError:
        assert fails
    application.monitor.record(container, answer, id=secret, error=ValueError(secret) if fails else None)
    records, waited = application.sent()

    assert len(records) == 2
    for text in (*records, *waited):
        leaked = {letter for letter in ALPHABET if letter in text}
        assert leaked == set()
        assert not any(secret[place : place + LONGEST] in text for place in range(len(secret) - LONGEST + 1))
    assert sum(text.count("redacted") for text in records) >= 2


@settings(max_examples=examples(50), deadline=None)
@given(secret=SECRETS, n=st.integers(1, 6))
def test_values_without_names_are_not_sent_where_there_is_a_list(secret, n):
    """A position cannot be found on a list."""
    application = Application(PATTERNS)
    application.monitor.record([secret] * n, 0.7)
    application.monitor.record([[secret] * n], 0.7)
    records, _ = application.sent()

    assert all(set(ALPHABET).isdisjoint(text) for text in records)


def test_what_is_not_on_the_list_is_found():
    """The check can fail."""
    application = Application(PATTERNS)
    application.monitor.record({"town": ALPHABET}, 0.7)
    (record,), _ = application.sent()

    assert ALPHABET in record
