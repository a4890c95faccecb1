"""How many samples a query of a dashboard touches that shows a day, told from how many series its selectors meet.

Prometheus reads each sample of the range once for each selector, whatever the step, and then looks at those of the
window at each point. ``stats=all`` of its API tells only the latter, and counts what ``@ end()`` pins at each point.
"""

import re

import promql_parser as promql

from dashboard_queries import selectors_in
from grafana_asking import Asking
from wide_fleet import CHOSEN, SCRAPE_SECONDS, step_of

DAY = 86_400
_SIGNS = (
    (promql.MatchOp.Equal, "="),
    (promql.MatchOp.NotEqual, "!="),
    (promql.MatchOp.Re, "=~"),
    (promql.MatchOp.NotRe, "!~"),
)


class DayOfQueries:
    """Weighs queries over a day.

    Args:
        port: That of a Prometheus that has the series.
        now: Unix seconds, when they are there.
        chosen: Variables that are chosen otherwise than in ``CHOSEN``.
    """

    def __init__(self, port, now, **chosen):
        self._asking = Asking(port, now, seconds=DAY, scrape_seconds=SCRAPE_SECONDS, chosen=CHOSEN | chosen)
        self._counts = {}

    def samples_touched(self, question):
        """Return how many samples a query reads, and looks at, all of its selectors together."""
        step = self._asking.step(question)
        points = 1 if question.is_instant else DAY / step
        tree = promql.parse(self._asking.filled(question.text, step))
        return sum(self._of_selector(selector, above, points) for selector, above in selectors_in(tree))

    def _of_selector(self, selector, above, points):
        ranges = [node.range.total_seconds() for node in above if hasattr(node, "range")]
        own_points = (
            1 if selector.at is not None or any(getattr(node, "at", None) for node in above) else points
        )
        every = step_of(selector.name)
        in_window = max(sum(ranges) / every, 1)
        is_read_over_all = own_points > 1
        read = DAY / every + in_window if is_read_over_all else in_window
        return self._series(selector) * (read + own_points * in_window * (0.5 if ranges else 1.0))

    def _series(self, selector):
        matchers = ",".join(
            f"{each.name}{_sign(each)}{_quoted(each.value)}" for each in selector.matchers.matchers
        )
        text = f"count({selector.name}{{{matchers}}})"
        if text not in self._counts:
            self._counts[text] = self._asking.number(text)
        return self._counts[text]


def _quoted(value):
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def _sign(matcher):
    return next(sign for operator, sign in _SIGNS if operator == matcher.op)
