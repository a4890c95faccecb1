{{/* Text of a rule with the user's selector in place of the token: (dict "text" … "token" … "selector" …). */}}
{{- define "mlexporter.selected" -}}
{{- if .selector -}}
{{- .text | replace .token .selector -}}
{{- else -}}
{{- .text | replace (printf ", %s}" .token) "}" | replace (printf "{%s}" .token) "" -}}
{{- end -}}
{{- end }}

{{/* A duration of Prometheus, such as 1h30m, in milliseconds. */}}
{{- define "mlexporter.milliseconds" -}}
{{- $sizes := dict "y" 31536000000 "w" 604800000 "d" 86400000 "h" 3600000 "m" 60000 "s" 1000 "ms" 1 -}}
{{- $total := 0 -}}
{{- range regexFindAll "[0-9]+(ms|[ywdhms])" . -1 -}}
{{- $total = add $total (mul (regexFind "[0-9]+" . | int64) (get $sizes (regexFind "[a-z]+" .))) -}}
{{- end -}}
{{- $total -}}
{{- end }}

{{/* A duration of Prometheus times a factor: (list "1h30m" 2.0). Below a minute no rate has two samples. */}}
{{- define "mlexporter.stretched" -}}
{{- $sizes := dict "d" 86400000 "h" 3600000 "m" 60000 "s" 1000 "ms" 1 -}}
{{- $total := include "mlexporter.milliseconds" (index . 0) | float64 -}}
{{- $rest := max 60000 (round (mulf $total (index . 1)) 0 | int64) -}}
{{- range $unit := list "d" "h" "m" "s" "ms" -}}
{{- $count := div $rest (get $sizes $unit) -}}
{{- if $count }}{{ $count }}{{ $unit }}{{ end -}}
{{- $rest = mod $rest (get $sizes $unit) -}}
{{- end -}}
{{- end }}

{{/* One rule as its values want it: (dict "rule" … "values" prometheusRule "tokens" …), as YAML. */}}
{{- define "mlexporter.rule" -}}
{{- $rule := deepCopy .rule -}}
{{- $values := .values -}}
{{- $tokens := .tokens -}}
{{- $plain := dict "token" $tokens.selector "selector" $values.selector -}}
{{- /* In a template of an annotation a query stands in printf, where a percent sign is doubled. */ -}}
{{- $doubled := dict "token" (replace "%" "%%" $tokens.selector) "selector" (replace "%" "%%" $values.selector) -}}
{{- $expression := include "mlexporter.selected" (merge (dict "text" $rule.expr) $plain) -}}
{{- $_ := set $rule "expr" (replace $tokens.memoryRatio (printf "%.6g" (float64 $values.memoryRatio)) $expression) -}}
{{- if $rule.alert -}}
{{- range $name := list "for" "keep_firing_for" -}}
{{- with get $rule $name -}}
{{- $_ := set $rule $name (include "mlexporter.stretched" (list . (float64 $values.forFactor))) -}}
{{- end -}}
{{- end -}}
{{- $labels := $rule.labels -}}
{{- range $name, $value := $values.alertLabels -}}
{{- $_ := set $labels $name $value -}}
{{- end -}}
{{- $annotations := dict -}}
{{- range $name, $text := $rule.annotations -}}
{{- if eq $name "runbook_url" -}}
{{- $_ := set $annotations $name (replace $tokens.runbooks $values.runbookBase $text) -}}
{{- else if eq $name "dashboard_url" -}}
{{- if $values.dashboardBase -}}
{{- $parts := splitn "?" 2 (trimPrefix $tokens.dashboards $text) -}}
{{- $address := replace "{dashboard}" $parts._0 $values.dashboardBase -}}
{{- if $parts._1 -}}
{{- $address = printf "%s%s%s" $address (ternary "&" "?" (contains "?" $address)) $parts._1 -}}
{{- end -}}
{{- $_ := set $annotations $name $address -}}
{{- end -}}
{{- else -}}
{{- $_ := set $annotations $name (include "mlexporter.selected" (merge (dict "text" (include "mlexporter.selected" (merge (dict "text" $text) $doubled))) $plain)) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $rule "annotations" $annotations -}}
{{- end -}}
{{- toYaml $rule -}}
{{- end }}

{{/* What a selector and names of alerts may not be. */}}
{{- define "mlexporter.checkRules" -}}
{{- $values := .values -}}
{{- range .facts.ownLabels -}}
{{- if regexMatch (printf `(^|,)\s*%s\s*[=!]` .) (regexReplaceAll `"([^"\\]|\\.)*"|'([^'\\]|\\.)*'` $values.selector "") -}}
{{- fail (printf "prometheusRule.selector: %s is a label of metrics of mlexporter, and the selector is also put on series without it, such as up: these rules would never fire. Select targets, by labels such as job, namespace, cluster" .) -}}
{{- end -}}
{{- end -}}
{{- if regexMatch `(^|,)\s*__name__\s*[=!]` $values.selector -}}
{{- fail "prometheusRule.selector: __name__ would change which metric a rule reads" -}}
{{- end -}}
{{- if contains "`" $values.selector -}}
{{- fail "prometheusRule.selector: a backtick would end the queries in annotations; write it as \\x60 in an expression" -}}
{{- end -}}
{{- range $name := get $values "with" -}}
{{- if has $name $values.without -}}
{{- fail (printf "prometheusRule.without: %s is asked for in prometheusRule.with and left out at the same time" $name) -}}
{{- end -}}
{{- if $values.groups -}}
{{- range $group, $alerts := $.facts.groups -}}
{{- if and (has $name $alerts) (not (has $group $values.groups)) -}}
{{- fail (printf "prometheusRule.with: %s is in the group %s, which prometheusRule.groups leaves out; add the group, or leave the alert out" $name $group) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
