{{/*
For a parent chart that deploys the model itself, with mode: none. Each takes the context of this chart:
.Subcharts.mlexporter of the parent. docs/tutorials/kubernetes.md has an example, helm/parent-example is it.
*/}}

{{/* An item of initContainers. */}}
{{- define "mlexporter.sidecar.container" -}}
{{- $own := pick (default dict .Values.podSecurityContext) "runAsNonRoot" "runAsUser" "runAsGroup" "seccompProfile" -}}
{{- include "mlexporter.exporter" (dict "root" . "isSidecar" true "securityContext" $own) -}}
{{- end }}

{{/* Items of volumes. */}}
{{- define "mlexporter.sidecar.volumes" -}}
{{- include "mlexporter.volumes" . -}}
{{- end }}

{{/* Items of env, for each container that counts. */}}
{{- define "mlexporter.sidecar.env" -}}
{{- include "mlexporter.environment" (dict "root" . "isExporter" false) -}}
{{- end }}

{{/* Items of volumeMounts, for each container that counts. */}}
{{- define "mlexporter.sidecar.volumeMounts" -}}
{{- include "mlexporter.volumeMounts" (dict "root" . "isExporter" false) -}}
{{- end }}
