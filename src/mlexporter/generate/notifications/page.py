"""The HTML page of a mail, made for a phone: one column, large type, links that a thumb can hit."""

from __future__ import annotations

from typing import Final

_BAR: Final = (
    '{{ if eq .Status "resolved" }}#1a7f37'
    '{{ else if eq .CommonLabels.severity "critical" }}#c4162a'
    '{{ else if eq .CommonLabels.severity "info" }}#0b5cad{{ else }}#b35900{{ end }}'
)

_QUIET_LINK: Final = "display:inline-block;padding:12px 20px 12px 0;color:#0b5cad"

EMAIL_PAGE: Final = f"""\
{{{{- "" }}}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{{{{ template "mlexporter.plain.title" . }}}}</title>
</head>
<body style="margin:0;padding:0;background:#f2f4f7">
<div style="max-width:600px;margin:0 auto;background:#ffffff;color:#1c2127;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:anywhere">
<div style="background:{_BAR};color:#ffffff;padding:10px 16px;font-size:14px;font-weight:600">{{{{ template "mlexporter.state" . }}}}</div>
<div style="padding:16px">
<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">{{{{ template "mlexporter.pager.title" . }}}}</h1>
{{{{ template "mlexporter.email.sections" . }}}}
<p style="margin:20px 0 0;padding-top:4px;border-top:1px solid #d9dee4">{{{{ if eq .Status "firing" }}}}<a href="{{{{ template "mlexporter.silence" . }}}}" style="{_QUIET_LINK}">Silence this topic</a>{{{{ end }}}}<a href="{{{{ .ExternalURL }}}}" style="{_QUIET_LINK}">All alerts</a></p>
</div>
</div>
</body>
</html>
"""
