{{/* The chart's name, as in labels. */}}
{{- define "mlexporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{/* What all names begin with. */}}
{{- define "mlexporter.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/*
The name with an ending, which is never what is cut off: (list $ "ending"). A name that is cut gets six characters of its
checksum, so that releases whose long names begin alike have objects of their own.
*/}}
{{- define "mlexporter.named" -}}
{{- $name := include "mlexporter.fullname" (index . 0) -}}
{{- $ending := index . 1 -}}
{{- if gt (add (len $name) (len $ending)) 62 -}}
{{- $name = printf "%s-%s" ($name | trunc (int (sub 55 (len $ending))) | trimSuffix "-") (sha256sum $name | trunc 6) -}}
{{- end -}}
{{- printf "%s-%s" $name $ending -}}
{{- end }}

{{- define "mlexporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end }}

{{- define "mlexporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mlexporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "mlexporter.image" -}}
{{- $image := .Values.image -}}
{{- $name := $image.repository -}}
{{- if $image.registry -}}
{{- $name = printf "%s/%s" (trimSuffix "/" $image.registry) $name -}}
{{- end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $name $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end }}

{{/* What never changes in the life of a release: selectors of a Deployment cannot. */}}
{{- define "mlexporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "mlexporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Labels of the pods that Service, monitor and NetworkPolicy look for. */}}
{{- define "mlexporter.podSelector" -}}
{{- if eq .Values.mode "none" -}}
{{- toYaml .Values.attach.podLabels -}}
{{- else -}}
{{- include "mlexporter.selectorLabels" . -}}
{{- end -}}
{{- end }}

{{/* Labels of an object; the chart's own win: (list $ (dict of more labels)). */}}
{{- define "mlexporter.labels" -}}
{{- $root := index . 0 -}}
{{- $own := include "mlexporter.selectorLabels" $root | fromYaml -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" $root.Release.Service -}}
{{- $_ := set $own "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_") -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") -}}
{{- $labels := dict -}}
{{- range $each := list (default dict $root.Values.commonLabels) (default dict (index . 1)) $own -}}
{{- range $name, $value := $each -}}
{{- $_ := set $labels $name (toString $value) -}}
{{- end -}}
{{- end -}}
{{- toYaml $labels -}}
{{- end }}

{{/* Labels of the pods; those of the selector win. */}}
{{- define "mlexporter.podLabels" -}}
{{- toYaml (mergeOverwrite (deepCopy (default dict .Values.commonLabels)) (default dict .Values.podLabels) (include "mlexporter.selectorLabels" . | fromYaml)) -}}
{{- end }}

{{/* Metadata of an object: (dict "root" $ "name" … "namespace" … "labels" … "annotations" …), the last three if wanted. */}}
{{- define "mlexporter.metadata" -}}
{{- $annotations := dict -}}
{{- range $each := list (default dict .root.Values.commonAnnotations) (default dict .annotations) -}}
{{- range $name, $value := $each -}}
{{- $_ := set $annotations $name (toString $value) -}}
{{- end -}}
{{- end -}}
name: {{ default (include "mlexporter.fullname" .root) .name | quote }}
namespace: {{ default (include "mlexporter.namespace" .root) .namespace | quote }}
labels:
  {{- include "mlexporter.labels" (list .root (default dict .labels)) | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
