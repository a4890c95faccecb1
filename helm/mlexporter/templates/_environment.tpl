{{/*
A setting as text: numbers without an exponent, lists with commas, and what YAML makes of on and off as it was
written: (list value whether-it-is-such-a-word).
*/}}
{{- define "mlexporter.settingText" -}}
{{- $value := index . 0 -}}
{{- if kindIs "bool" $value -}}
{{- ternary (ternary "on" "1" (index . 1)) (ternary "off" "0" (index . 1)) $value -}}
{{- else if kindIs "slice" $value -}}
{{- join "," $value -}}
{{- else if kindIs "string" $value -}}
{{- $value -}}
{{- else -}}
{{- toJson $value -}}
{{- end -}}
{{- end }}

{{/* Variables that model and exporter share, as a list. What is disabled is the model alone: an exporter reads on. */}}
{{- define "mlexporter.environment" -}}
{{- $root := .root -}}
{{- $facts := $root.Files.Get "files/facts.yaml" | fromYaml -}}
{{- $found := dict "MLEXPORTER_DIR" "/counts" "MLEXPORTER_CONFIG" (printf "/etc/mlexporter/configuration/%s" $root.Values.configuration.key) -}}
{{- if include "mlexporter.hasWindows" $root -}}
{{- $_ := set $found "MLEXPORTER_SNAPSHOT_DIR" (include "mlexporter.windowsFolder" $root) -}}
{{- end -}}
{{- if $root.Values.prometheusRule.fleet -}}
{{- $_ := set $found "MLEXPORTER_FLEET" "1" -}}
{{- end -}}
{{- range $name, $value := $root.Values.settings -}}
{{- if not (kindIs "invalid" $value) -}}
{{- $_ := set $found (printf "MLEXPORTER_%s" (upper $name)) (include "mlexporter.settingText" (list $value (has $name $facts.onOrOff))) -}}
{{- end -}}
{{- end -}}
{{- if .isExporter -}}
{{- $_ := unset $found "MLEXPORTER_DISABLED" -}}
{{- $_ := set $found "MLEXPORTER_LOG_FORMAT" $root.Values.exporter.logFormat -}}
{{- $_ := set $found "MLEXPORTER_LOG_LEVEL" $root.Values.exporter.logLevel -}}
{{- if $root.Values.webConfig.existingSecret -}}
{{- $_ := set $found "MLEXPORTER_WEB_CONFIG" (printf "/etc/mlexporter/web/%s" $root.Values.webConfig.key) -}}
{{- end -}}
{{- else -}}
{{- /* The exporter pushes for all; a worker that pushed too would only stand by. */ -}}
{{- $_ := unset $found "MLEXPORTER_PUSH" -}}
{{- end -}}
{{- $list := list -}}
{{- range $name := keys $found | sortAlpha -}}
{{- if not (has $name (default list $.except)) -}}
{{- $list = append $list (dict "name" $name "value" (get $found $name)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $list -}}
{{- end }}

{{/* The names of a list of variables or volumes, as a list; one that is there twice is refused: (list list "where"). */}}
{{- define "mlexporter.namesOf" -}}
{{- $where := index . 1 -}}
{{- $names := list -}}
{{- range index . 0 -}}
{{- if has .name $names -}}
{{- fail (printf "%s: %s is there twice, which server-side apply refuses; leave one out" $where .name) -}}
{{- end -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- toYaml $names -}}
{{- end }}
