"""Asks a Prometheus what a Grafana would ask for a dashboard: variables chosen in order, then every query.

One difference: Grafana moves both ends of a range to multiples of the step, and here the last point is now.
"""

import http.client
import json
import math
import re
import urllib.parse
from dataclasses import dataclass, field

from dashboard_parts import annotations_of, data_panels, name_of, variables_of, with_variables
from mlexporter.demo.programs import HOST

ANSWER_SECONDS = 60.0
ALL_POINTS = 1500
"""Points over the width of a screen, where a panel does not say how many it wants."""

NICE_SECONDS = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1200,
    1800,
    3600,
    7200,
    10800,
    21600,
    43200,
    86400,
)
_LABEL_VALUES = re.compile(r"label_values\((.+),\s*(\w+)\s*\)", re.DOTALL)
_RESULT = re.compile(r"query_result\((.+)\)", re.DOTALL)
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


class RefusedError(Exception):
    """Says what Prometheus did not like about a query."""


@dataclass(frozen=True)
class Question:
    """One query of a dashboard.

    Attributes:
        where: Title of the panel, or ``annotation NAME``.
        ref: Its name in the panel.
        text: PromQL with variables.
        is_instant: Whether it is asked at the end of the range only.
        least_step: Seconds between two points at least.
        points: Points at most.
    """

    where: str
    ref: str
    text: str
    is_instant: bool
    least_step: float
    points: int


@dataclass
class Asking:
    """One who looks at a dashboard.

    Attributes:
        port: That of Prometheus.
        now: End of the time range, Unix seconds.
        seconds: Length of the time range.
        scrape_seconds: The interval that the data source knows.
        wishes: Variable to the value that is wanted where it can be chosen; else the first is.
        chosen: Variable to the text that stands for it in queries.
    """

    port: int
    now: float
    seconds: int = 86_400
    scrape_seconds: float = 15.0
    wishes: dict = field(default_factory=dict)
    chosen: dict = field(default_factory=dict)

    def choose(self, dashboard):
        """Choose all variables in order, as Grafana does without a click; return what each could be."""
        self.chosen = {}
        found = {}
        for variable in variables_of(dashboard):
            values = self._values(variable)
            found[variable["name"]] = values
            self.chosen[variable["name"]] = self._choice(variable, values)
        return found

    def answer(self, question, **parameters):
        """Return the data of an answer: series with values that are no NaN, of which none may be left.

        Raises:
            RefusedError: Prometheus refused the query.
        """
        data = self.ask(question, **parameters)
        kept = []
        for each in data["result"]:
            values = each["values"] if "values" in each else [each["value"]]
            if any(value != "NaN" for _, value in values):
                kept.append(each["metric"])
        return kept

    def ask(self, question, **parameters):
        """Return ``data`` of the answer as it came."""
        step = self.step(question)
        text = self.filled(question.text, step)
        if question.is_instant:
            return self._get("query", query=text, time=self.now, **parameters)
        begins = self.now - math.floor(self.seconds / step) * step
        return self._get("query_range", query=text, start=begins, end=self.now, step=step, **parameters)

    def number(self, text):
        """Return the one number that an expression is now; 0 where it is nothing."""
        found = self._get("query", query=text, time=self.now)["result"]
        return float(found[0]["value"][1]) if found else 0.0

    def step(self, question):
        """Return the seconds between two points that Grafana would take."""
        wanted = max(self.seconds / question.points, question.least_step, self.scrape_seconds)
        return next((step for step in NICE_SECONDS if step >= wanted), NICE_SECONDS[-1])

    def filled(self, text, step=60.0):
        """Return a text with all variables replaced, Grafana's own included."""
        own = {
            "__interval": step, "__interval_ms": step * 1000, "__range_s": self.seconds,
            "__range_ms": self.seconds * 1000, "__range": self.seconds,
            "__rate_interval": max(step + self.scrape_seconds, 4 * self.scrape_seconds),
        }  # fmt: skip

        def value(name):
            if name in own:
                return f"{own[name]:.0f}" + ("" if name.endswith(("_ms", "_s")) else "s")
            return self.chosen[name]

        return with_variables(text, value)

    def _values(self, variable):
        if variable["type"] == "datasource":
            return ["one"]
        if variable["type"] in ("custom", "interval"):
            return [part.split(":")[-1].strip() for part in variable["query"].split(",")]
        text = self.filled(variable["query"]["query"])
        labels = _LABEL_VALUES.fullmatch(text)
        if labels:
            values = self.label_values(labels[1], labels[2])
        else:
            values = [
                _as_text(each)
                for each in self._get("query", query=_RESULT.fullmatch(text)[1], time=self.now)["result"]
            ]
        if variable.get("regex"):
            matches = (re.search(variable["regex"].strip("/"), value) for value in values)
            values = [match[1] for match in matches if match]
        unique = list(dict.fromkeys(values))
        return sorted(unique, key=_in_order) if variable.get("sort") else unique

    def label_values(self, series, label):
        """Return the values of a label of the series that a selector meets in the time range."""
        return self._get(
            f"label/{label}/values", **{"match[]": series, "start": self.now - self.seconds, "end": self.now}
        )

    def _choice(self, variable, values):
        wish = self.wishes.get(variable["name"])
        current = variable.get("current", {}).get("value")
        if wish in values:
            return _escaped(wish)
        if variable.get("includeAll"):
            return variable["allValue"]
        if current in values:
            return _escaped(current)
        return _escaped(values[0]) if values else ""

    def _get(self, path, **parameters):
        connection = http.client.HTTPConnection(HOST, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if answer["status"] != "success":
            raise RefusedError(f"{answer.get('error')}: {parameters}")
        return answer["data"]


def questions_of(dashboard):
    """Return every query of panels and annotations."""
    found = []
    for panel in data_panels(dashboard):
        points = panel.get("maxDataPoints") or ALL_POINTS * panel["gridPos"]["w"] // 24
        least_step = _seconds(panel.get("interval") or "0s")
        found += [
            Question(
                name_of(panel),
                target["refId"],
                target["expr"],
                bool(target.get("instant")),
                least_step,
                points,
            )
            for target in panel.get("targets", [])
        ]
    for mark in annotations_of(dashboard):
        step = _seconds(mark.get("step") or "60s")
        found.append(Question(f"annotation {mark['name']}", "Anno", mark["expr"], False, step, ALL_POINTS))
    return found


def _seconds(text):
    number, unit = re.fullmatch(r"(\d+)(\w+)", text).groups()
    return int(number) * _UNITS[unit]


def _as_text(series):
    labels = ",".join(f'{name}="{value}"' for name, value in series["metric"].items() if name != "__name__")
    return f"{series['metric'].get('__name__', '')}{{{labels}}} {series['value'][1]} {series['value'][0] * 1000:.0f}"


def _in_order(text):
    number = re.match(r"\d+", text)
    return (int(number[0]) if number else math.inf, text)


def _escaped(value):
    return value.replace("\\", "\\\\").replace('"', '\\"')
