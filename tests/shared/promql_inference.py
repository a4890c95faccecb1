"""What an expression of PromQL gives: which labels, whether one series each; and what is wrong with it."""

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import promql_parser as promql

from mlexporter.catalogue import CATALOGUE
from rule_facts import CLOSED, FEWEST, LEVELS

TARGET = frozenset({"job", "instance"})
FOREIGN = {"up": TARGET, "scrape_duration_seconds": TARGET}
ANYTHING = "what a template fills in"
"""The value of a matcher that is not known yet: possible everywhere."""

COUNTERS_ONLY = {"rate", "increase", "irate", "resets"}
LEAVES_COUNTERS = {"sum", "min", "max", "avg", "topk", "bottomk"}
SETS = {"and", "unless", "or"}
COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}


class Problem(NamedTuple):
    """One thing that is wrong: which check found it, and what it is."""

    check: str
    what: str


@dataclass(frozen=True)
class Vector:
    """What an expression gives.

    Attributes:
        labels: Labels that any series of it can have.
        sure: Labels that every series of it has.
        varying: Labels that tell its series apart; pinned ones are left out.
        is_counter: Whether its values are those of a counter as it stands.
        names: Series that decide its values.
        is_known: False where a mistake was told already, so that none follows from it.
    """

    labels: frozenset = frozenset()
    sure: frozenset = frozenset()
    varying: frozenset = frozenset()
    is_counter: bool = False
    names: frozenset = frozenset()
    is_known: bool = True

    def grouped(self, labels, *, is_counter=False):
        """Return this by some of its labels."""
        return replace(
            self, labels=labels, sure=labels & self.sure, varying=labels & self.varying, is_counter=is_counter
        )


UNKNOWN = Vector(is_known=False)


def exposed(metrics):
    """Return the labels and the kind of each series that a scrape of ``metrics`` can hold."""
    series = {}
    for metric in metrics:
        labels = TARGET | set(metric.labels)
        if metric.kind == "histogram":
            series[f"{metric.name}_bucket"] = (labels | {"le"}, "counter")
            series[f"{metric.name}_sum"] = (labels, "counter")
            series[f"{metric.name}_count"] = (labels, "counter")
        else:
            series[metric.name] = (labels, metric.kind)
    return series


@dataclass
class Inference:
    """Infers what expressions give; ``problems`` are what is wrong with them.

    Attributes:
        recorded: Recorded series: name to labels; None where its rule is wrong, which was told.
        metrics: What is scraped.
        target_labels: Labels of every target, beside job and instance.
        least_range_seconds: Shortest range that holds enough samples: four scrapes.
    """

    recorded: dict = field(default_factory=dict)
    metrics: tuple = CATALOGUE
    target_labels: frozenset = frozenset()
    least_range_seconds: float = 60.0
    problems: list = field(default_factory=list)

    def __post_init__(self):
        self.recorded, self.problems = dict(self.recorded), []
        self._scraped = {name: (labels, "gauge") for name, labels in FOREIGN.items()} | exposed(self.metrics)

    def infer(self, text):
        """Return what ``text`` gives; None for a number."""
        try:
            node = promql.parse(text)
        except ValueError as error:
            self._tell("syntax", f"does not parse: {error}")
            return UNKNOWN
        return self.of(node)

    def of(self, node):
        """Return what a parsed expression gives; None for a number."""
        name = type(node).__name__
        if name in {"NumberLiteral", "StringLiteral"}:
            return None
        if name in {"ParenExpr", "UnaryExpr"}:
            return self.of(node.expr)
        visit = {
            "VectorSelector": self._selector,
            "MatrixSelector": self._matrix,
            "SubqueryExpr": self._subquery,
            "AggregateExpr": self._aggregate,
            "Call": self._call,
            "BinaryExpr": self._binary,
        }
        return visit[name](node)

    def _tell(self, check, what):
        self.problems.append(Problem(check, what))

    def _selector(self, node):
        if not node.name:
            self._tell("nameless", "a selector without a literal name")
            return UNKNOWN
        if node.name in self.recorded:
            labels, kind = self.recorded[node.name], "gauge"
            if labels is None:
                return UNKNOWN
        elif node.name in self._scraped:
            labels, kind = self._scraped[node.name]
            labels = labels | self.target_labels
        else:
            self._tell("unknown series", f"no such series: {node.name}")
            return UNKNOWN
        matchers = node.matchers.matchers
        if not self._knows({matcher.name for matcher in matchers}, labels, node.name):
            return UNKNOWN
        self._possible(node.name, matchers)
        pinned = {matcher.name for matcher in matchers if matcher.op == promql.MatchOp.Equal}
        return Vector(
            frozenset(labels),
            frozenset(labels),
            frozenset(labels) - pinned,
            kind == "counter",
            frozenset({node.name}),
        )

    def _possible(self, name, matchers):
        metric = re.sub(r"_(bucket|sum|count)$", "", name)
        for matcher in matchers:
            values = CLOSED.get((metric, matcher.name)) or CLOSED.get((name, matcher.name))
            if values is None or matcher.value == ANYTHING:
                continue
            is_expression = matcher.op in (promql.MatchOp.Re, promql.MatchOp.NotRe)
            pattern = matcher.value if is_expression else re.escape(matcher.value)
            matched = [value for value in values if re.fullmatch(pattern, value)]
            is_negative = matcher.op in (promql.MatchOp.NotEqual, promql.MatchOp.NotRe)
            useless = "excludes nothing, or everything" if is_negative else "finds nothing"
            if not matched or (is_negative and len(matched) == len(values)):
                self._tell("impossible selector", f"{name}: {matcher.name} {matcher.value!r} {useless}")
        pinned = [matcher.name for matcher in matchers if matcher.op == promql.MatchOp.Equal]
        for label in {label for label in pinned if pinned.count(label) > 1}:
            if len({matcher.value for matcher in matchers if matcher.name == label}) > 1:
                self._tell("impossible selector", f"{name}: {label} cannot have two values")

    def _matrix(self, node):
        if node.range.total_seconds() < self.least_range_seconds:
            self._tell("short range", f"{node.range.total_seconds():g} s hold fewer than four scrapes")
        return self._selector(node.vector_selector)

    def _subquery(self, node):
        inner = self.of(node.expr)
        return replace(inner, is_counter=False) if inner else Vector()

    def _aggregate(self, node):
        inner, operator = self.of(node.expr), str(node.op)
        if node.param is not None:
            self.of(node.param)
        if inner is None or not inner.is_known:
            return UNKNOWN
        if operator in {"topk", "bottomk"}:
            return inner
        is_counter = inner.is_counter and operator in LEAVES_COUNTERS
        named = frozenset() if node.modifier is None else frozenset(node.modifier.labels)
        if not self._knows(named, inner.labels, f"what {operator} sees"):
            return UNKNOWN
        is_by = node.modifier is None or node.modifier.type == promql.AggModifierType.By
        return inner.grouped(named if is_by else inner.labels - named, is_counter=is_counter)

    def _call(self, node):
        function = node.func.name
        arguments = [self.of(argument) for argument in node.args]
        vectors = [vector for vector in arguments if vector is not None]
        if any(not vector.is_known for vector in vectors):
            return UNKNOWN
        if function in COUNTERS_ONLY and not vectors[0].is_counter:
            self._tell("rate of a gauge", f"{function}() of {sorted(vectors[0].names)}, which is no counter")
        if function in {"absent", "absent_over_time"}:
            if type(node.args[0]).__name__ not in {"VectorSelector", "MatrixSelector"}:
                self._tell("absent", f"{function}() of an expression has no labels: give it a selector")
            return Vector()
        if function == "vector":
            return Vector()
        if function == "scalar" or not vectors:
            return None
        result = replace(vectors[-1], is_counter=False)
        if function in {"label_replace", "label_join"}:
            label = frozenset({node.args[1].val})
            return replace(
                result, labels=result.labels | label, sure=result.sure | label, varying=result.varying | label
            )
        return result.grouped(result.labels - {"le"}) if function == "histogram_quantile" else result

    def _binary(self, node):
        left, right, operator = self.of(node.lhs), self.of(node.rhs), str(node.op)
        if operator in COMPARISONS:
            self._compared(left, right, operator, getattr(node.rhs, "val", None))
        if left is None or right is None:
            return left if right is None else right
        if not (left.is_known and right.is_known):
            return UNKNOWN
        names = left.names | (frozenset() if operator in SETS | COMPARISONS else right.names)
        is_counter = operator not in COMPARISONS and (left.is_counter or right.is_counter)
        result = replace(self._matched(node, left, right, operator), names=names)
        return replace(result, is_counter=is_counter and result.is_known)

    def _compared(self, left, right, operator, number):
        for side, other in ((left, right), (right, left)):
            if side is None:
                continue
            if side.is_counter:
                self._tell("raw counter", f"{operator} looks at a counter as it stands: {sorted(side.names)}")
            found = [
                name
                for name in side.names
                for level in LEVELS
                if (level == name or f":{level}" in name)
                and (name, operator, number) not in FEWEST
                and LEVELS[level] not in side.names
            ]
            if other is None and operator not in {"==", "!="} and found:
                level = next(LEVELS[part] for part in LEVELS if part == found[0] or f":{part}" in found[0])
                self._tell("fixed threshold", f"{found[0]} has a level of its own: {level}")

    def _matched(self, node, left, right, operator):
        modifier = node.modifier
        matching = None if modifier is None else modifier.matching
        if matching is None:
            if left.labels != right.labels and operator != "or":
                self._tell("never match", f"two sides of {operator}: {sorted(left.labels ^ right.labels)}")
                return UNKNOWN
            on = left.labels | right.labels
        else:
            named = frozenset(matching.labels)
            is_on = matching.type == promql.LabelModifierType.Include
            on = named if is_on else (left.labels | right.labels) - named
            if is_on and not (
                self._knows(named, left.labels, f"the left of {operator}")
                and self._knows(named, right.labels, f"the right of {operator}")
            ):
                return UNKNOWN
        if operator in SETS:
            if operator != "or":
                return left
            return replace(
                left, labels=left.labels | right.labels, sure=left.sure & right.sure,
                varying=left.varying | right.varying,
            )  # fmt: skip
        return self._joined(modifier, left, right, (operator, on))

    def _joined(self, modifier, left, right, how):
        operator, on = how
        card = None if modifier is None else modifier.card
        is_right = card == promql.VectorMatchCardinality.OneToMany
        many, one = (right, left) if is_right else (left, right)
        is_grouped = is_right or card == promql.VectorMatchCardinality.ManyToOne
        sides = (one,) if is_grouped else (left, right)
        for side in sides:
            if side.varying - on:
                self._tell(
                    "many to many", f"a side of {operator} has several series for one of {sorted(on)}: "
                    f"they differ in {sorted(side.varying - on)}",
                )  # fmt: skip
                return UNKNOWN
        if not is_grouped:
            return left.grouped(on & left.labels) if modifier is not None and modifier.matching else left
        brought = frozenset(modifier.group_labels or ())
        if brought & many.labels or brought - one.labels:
            self._tell("needless group_left", f"{sorted(brought)} are there already, or nowhere")
        return replace(many, labels=many.labels | brought, sure=many.sure | (brought & one.sure))

    def _knows(self, used, known, where):
        unknown = sorted(used - set(known))
        for label in unknown:
            self._tell("unknown label", f"{where} has no label {label}")
        return not unknown
