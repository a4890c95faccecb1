"""Pieces of templates that say what happened: which alerts, of what, how bad, since when, what to open.

Every line begins with an action that trims, so that only what is printed on purpose is in a message.
"""

from __future__ import annotations

from typing import Final

from mlexporter.generate.notifications.markup import Markup
from mlexporter.generate.notifications.phrases import PREDICATES

ITEMS: Final = 8
"""How many things are named before *and 4 more*."""

CLAUSES: Final = 2
"""How many alerts of different names the head of a message tells."""

SECTIONS: Final = 4
"""How many alerts of different names are told in one message."""

DAY: Final = "Mon 2 Jan"
DATE: Final = f"{DAY} 15:04"
"""How Go writes a moment; always in UTC, which is said behind it."""

_NEWLINE: Final = '{{ "\\n" }}'
_ADDRESS: Final = '"^https?://[^\\\\s]+$"'

_KEY: Final = ' | reReplaceAll "[^0-9A-Za-z_]" "_" | printf ";%s;"'
_PREDICATES: Final = "|".join(PREDICATES)

# What an alert is about, beside its model; $by is what a message does not have in common.
_SUBJECT: Final = (
    "(or {0}.Labels.feature {0}.Labels.output {0}.Labels.slice {0}.Labels.group "
    "{0}.Labels.metric {0}.Labels.instance "
    '(index {0}.Labels $by) "")'
)


# How many times its threshold: alerts on drift say it in their description, and nowhere else.
SCORE_PATTERN: Final = "(?s)^(?:.*?at least ([0-9]+[.][0-9]) times as far.*|.*)$"


def _subject(alert: str) -> str:
    return _SUBJECT.format(alert)


def _score(alert: str) -> str:
    return f'(reReplaceAll "{SCORE_PATTERN}" "${{1}}" {alert}.Annotations.description)'


_ABOUT: Final = """\
{{- $about := .Alerts.Firing }}{{ if eq .Status "resolved" }}{{ $about = .Alerts.Resolved }}{{ end }}
{{- $by := "model_version" }}{{ if not .CommonLabels.model_name }}{{ $by = "model_name" }}{{ end }}
{{- $seen := "" }}{{ $told := "" }}{{ $names := "" }}
"""

_EACH_NAME: Final = f"""\
{{{{- range $about }}}}{{{{ $key := .Labels.alertname{_KEY} }}}}
{{{{- if not (match $key $seen) }}}}{{{{ $seen = print $seen $key }}}}
"""

# The alerts of one name: the worst, the first and the last moment, how many things there are.
_SURVEY: Final = f"""\
{{{{- $name := .Labels.alertname }}}}{{{{ $worst := . }}}}{{{{ $since := .StartsAt }}}}{{{{ $until := .EndsAt }}}}
{{{{- $subjects := "" }}}}{{{{ $count := "" }}}}{{{{ $score := {_score("")} }}}}
{{{{- range $about }}}}{{{{ if eq .Labels.alertname $name }}}}
{{{{- if .StartsAt.Before $since }}}}{{{{ $since = .StartsAt }}}}{{{{ end }}}}
{{{{- if .EndsAt.After $until }}}}{{{{ $until = .EndsAt }}}}{{{{ end }}}}
{{{{- $found := {_score("")} }}}}{{{{ if gt (printf "%12s" $found) (printf "%12s" $score) }}}}{{{{ $worst = . }}}}{{{{ $score = $found }}}}{{{{ end }}}}
{{{{- $subject := {_subject("")}{_KEY} }}}}
{{{{- if not (match $subject $subjects) }}}}{{{{ $subjects = print $subjects $subject }}}}{{{{ $count = print $count "." }}}}{{{{ end }}}}
{{{{- end }}}}{{{{ end }}}}
{{{{- $many := gt (len $count) 1 }}}}{{{{ $subject := {_subject("$worst")} }}}}
{{{{- $kind := "" }}}}
{{{{- if $worst.Labels.feature }}}}{{{{ $kind = "feature" }}}}{{{{ else if $worst.Labels.output }}}}{{{{ $kind = "output" }}}}
{{{{- else if $worst.Labels.slice }}}}{{{{ $kind = "slice" }}}}
{{{{- else if $worst.Labels.group }}}}{{{{ $kind = "group" }}}}{{{{ else if $worst.Labels.metric }}}}{{{{ $kind = "metric" }}}}
{{{{- else if $worst.Labels.instance }}}}{{{{ $kind = "exporter" }}}}{{{{ else if eq $by "model_name" }}}}{{{{ $kind = "model" }}}}
{{{{- else }}}}{{{{ $kind = "version" }}}}{{{{ end }}}}
{{{{- if eq $kind "metric" }}}}{{{{ $subject = reReplaceAll "^ml_(.+?)(_ratio)?$" "${{1}}" $subject }}}}{{{{ end }}}}
"""

_PHRASE: Final = '{{ template "mlexporter.phrase" $worst }}'


def clause(markup: Markup) -> str:
    """Return what prints the alerts of one name in a few words; ``SURVEY`` stands before it."""
    worst = f", worst {markup.value('$subject', 60)} {markup.value('.', 12)}x"
    alone = f", {markup.value('.', 12)}x its threshold"
    return f"""\
{{{{- if match "^({_PREDICATES})$" $name }}}}
{{{{- if $many }}}}{{{{ len $count }}}} {{{{ $kind }}}}s {_PHRASE}{{{{ with $score }}}}{worst}{{{{ end }}}}
{{{{- else if eq $subject "prediction" }}}}{{{{ "the prediction " }}}}{_PHRASE}{{{{ with $score }}}}{alone}{{{{ end }}}}
{{{{- else }}}}{{{{ $kind }}}} {markup.value("$subject", 60)} {_PHRASE}{{{{ with $score }}}}{alone}{{{{ end }}}}
{{{{- end }}}}
{{{{- else }}}}{_PHRASE}{{{{ if $many }}}} ({{{{ len $count }}}} {{{{ $kind }}}}s){{{{ end }}}}
{{{{- end }}}}
"""


def where(markup: Markup) -> str:
    """Return what prints of which model or target a message is."""
    labels = ".CommonLabels"
    name, version = markup.value(f"{labels}.model_name", 60), markup.value(f"{labels}.model_version", 40)
    instance, job = markup.value(f"{labels}.instance", 60), markup.value(f"{labels}.job", 60)
    return f"""\
{{{{- if {labels}.model_name }}}}{name}{{{{ if {labels}.model_version }}}} {version}{{{{ end }}}}
{{{{- if {labels}.variant }}}} ({markup.value(f"{labels}.variant", 40)}){{{{ end }}}}
{{{{- else if {labels}.instance }}}}{instance}
{{{{- else if {labels}.job }}}}job {job}
{{{{- else }}}}{{{{ "mlexporter" }}}}{{{{ end }}}}
"""


def title(markup: Markup) -> str:
    """Return what prints the head of a message, without its state."""
    return f"""\
{_ABOUT}{where(markup)}{{{{- ":" }}}}
{_EACH_NAME}{{{{- if ge (len $told) {CLAUSES} }}}}{{{{ $names = print $names "." }}}}{{{{ else }}}}
{_SURVEY}{{{{- if $told }}}};{{{{ end }}}}{{{{ $told = print $told "." }}}}{{{{ " " }}}}
{clause(markup)}{{{{- end }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- if $names }}}}; {{{{ len $names }}}} other {{{{ if eq (len $names) 1 }}}}alert{{{{ else }}}}alerts{{{{ end }}}}{{{{ end }}}}
"""


def sections(markup: Markup) -> str:
    """Return what tells alerts in full, the alerts of each name in a section of their own."""
    before, after = markup.head
    return f"""\
{_ABOUT}
{{{{- range $about }}}}{{{{ $key := .Labels.alertname{_KEY} }}}}{{{{ if not (match $key $names) }}}}{{{{ $names = print $names $key }}}}{{{{ $told = print $told "." }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- $heads := gt (len $told) 1 }}}}{{{{ $told = "" }}}}{{{{ $left := "" }}}}{{{{ $status := .Status }}}}{{{{ $changed := "" }}}}
{_EACH_NAME}{{{{- if ge (len $told) {SECTIONS} }}}}{{{{ $left = print $left "." }}}}{{{{ else }}}}{{{{ $told = print $told "." }}}}
{_SURVEY}{{{{- if $heads }}}}{before}
{clause(markup)}{{{{- "" }}}}{after}{{{{ end }}}}
{_told(markup)}{{{{- end }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- if $left }}}}{markup.quiet[0]}And {{{{ len $left }}}} other {{{{ if eq (len $left) 1 }}}}alert{{{{ else }}}}alerts{{{{ end }}}} of this topic.{markup.quiet[1]}{{{{ end }}}}
{{{{- if eq .Status "firing" }}}}
{_already_over(markup)}{{{{- end }}}}
"""


def _told(markup: Markup) -> str:
    """Return the inside of a section: what, what else, since when, links."""
    paragraph, quiet, links = markup.paragraph, markup.quiet, markup.links
    since = f'{{{{ $since.UTC.Format "{DATE}" }}}}'
    until = (
        f'{{{{ if eq ($since.UTC.Format "{DAY}") ($until.UTC.Format "{DAY}") }}}}{{{{ $until.UTC.Format "15:04" }}}}'
        f'{{{{ else }}}}{{{{ $until.UTC.Format "{DATE}" }}}}{{{{ end }}}}'
    )
    lasted = (
        '{{ ($until.Sub $since).Round 1000000000 | printf "%s" | reReplaceAll "m0s$" "m" '
        '| reReplaceAll "(h[0-9]+m).*" "${1}" | reReplaceAll "h0m$" "h" }}'
    )
    runbook, dashboard = "$worst.Annotations.runbook_url", "$worst.Annotations.dashboard_url"
    return f"""\
{{{{- $text := or $worst.Annotations.description $worst.Annotations.summary "" }}}}
{{{{- if eq $status "firing" }}}}{{{{ if $text }}}}{paragraph[0]}{markup.value("$text", 700)}{paragraph[1]}{{{{ end }}}}
{{{{- if $many }}}}{paragraph[0]}Also{_others(markup)}{{{{- "." }}}}{paragraph[1]}{{{{ end }}}}
{{{{- "" }}}}{quiet[0]}{{{{ if $many }}}}The first since{{{{ else }}}}Since{{{{ end }}}} {since} UTC{{{{ template "mlexporter.age" $since }}}}.{quiet[1]}
{{{{- if and $worst.Annotations.changed (ne $worst.Annotations.changed $changed) }}}}{{{{ $changed = $worst.Annotations.changed }}}}
{{{{- "" }}}}{paragraph[0]}What changed: {markup.value("$changed", 400)}{paragraph[1]}{{{{ end }}}}
{{{{- else }}}}{paragraph[0]}It is over. It lasted {lasted}, from {since} to {until} UTC.{paragraph[1]}
{{{{- if $many }}}}{paragraph[0]}Beside {markup.value("$subject", 60)} also{_others(markup)}{{{{- "." }}}}{paragraph[1]}{{{{ end }}}}
{{{{- if $text }}}}{quiet[0]}At last it said: {markup.value("$text", 700)}{quiet[1]}{{{{ end }}}}
{{{{- end }}}}
{{{{- if or (match {_ADDRESS} {runbook}) (match {_ADDRESS} {dashboard}) }}}}{links[0]}
{{{{- if match {_ADDRESS} {runbook} }}}}{markup.link(runbook, "Runbook")}{{{{ end }}}}
{{{{- if match {_ADDRESS} {dashboard} }}}}{markup.link(dashboard, "Dashboard")}{{{{ end }}}}
{{{{- "" }}}}{links[1]}{{{{ end }}}}
{{{{- if and {runbook} (not (match {_ADDRESS} {runbook})) }}}}{quiet[0]}Runbook: {markup.value(runbook, 200)}{quiet[1]}{{{{ end }}}}
"""


def _others(markup: Markup) -> str:
    """Return the list of things beside the worst, each with its own worst score, and how many are left."""
    return f"""\
{{{{- $listed := {_subject("$worst")}{_KEY} }}}}{{{{ $shown := "" }}}}{{{{ $rest := "" }}}}
{{{{- range $about }}}}{{{{ if eq .Labels.alertname $name }}}}{{{{ $other := {_subject("")} }}}}{{{{ $key := $other{_KEY} }}}}
{{{{- if not (match $key $listed) }}}}{{{{ $listed = print $listed $key }}}}
{{{{- if ge (len $shown) {ITEMS} }}}}{{{{ $rest = print $rest "." }}}}{{{{ else }}}}{{{{ if $shown }}}},{{{{ else }}}}:{{{{ end }}}}{{{{ $shown = print $shown "." }}}}
{{{{- $score := "" }}}}{{{{ range $about }}}}{{{{ if and (eq .Labels.alertname $name) (eq {_subject("")} $other) }}}}
{{{{- $found := {_score("")} }}}}{{{{ if gt (printf "%12s" $found) (printf "%12s" $score) }}}}{{{{ $score = $found }}}}{{{{ end }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- " " }}}}{markup.value("$other", 60)}{{{{ if $score }}}} {markup.value("$score", 12)}x{{{{ end }}}}
{{{{- end }}}}{{{{ end }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- if $rest }}}} and {{{{ len $rest }}}} more{{{{ end }}}}
"""


def _already_over(markup: Markup) -> str:
    """Return what tells of alerts of a firing group that have ended."""
    before, after = markup.quiet
    return f"""\
{{{{- with .Alerts.Resolved }}}}{before}No longer firing:
{{{{- $over := "" }}}}{{{{ $shown := "" }}}}{{{{ $rest := "" }}}}
{{{{- range . }}}}{{{{ $other := or {_subject("")} .Labels.alertname }}}}{{{{ $key := $other{_KEY} }}}}
{{{{- if not (match $key $over) }}}}{{{{ $over = print $over $key }}}}
{{{{- if ge (len $shown) {ITEMS} }}}}{{{{ $rest = print $rest "." }}}}{{{{ else }}}}{{{{ if $shown }}}},{{{{ end }}}}{{{{ $shown = print $shown "." }}}}{{{{ " " }}}}{markup.value("$other", 60)}
{{{{- end }}}}{{{{ end }}}}{{{{ end }}}}
{{{{- if $rest }}}} and {{{{ len $rest }}}} more{{{{ end }}}}.{after}{{{{ end }}}}
"""
