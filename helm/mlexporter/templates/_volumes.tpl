{{- define "mlexporter.hasWindows" -}}
{{- if .Values.windows.enabled -}}yes{{- end -}}
{{- end }}

{{/* Windows on the claim of the counts: one claim less, and never two in different zones. */}}
{{- define "mlexporter.windowsBesideCounts" -}}
{{- if and .Values.windows.enabled (eq .Values.mode "standalone") -}}yes{{- end -}}
{{- end }}

{{- define "mlexporter.windowsFolder" -}}
{{- if include "mlexporter.windowsBesideCounts" . -}}
/counts/windows
{{- else -}}
/windows/mlexporter
{{- end -}}
{{- end }}

{{- define "mlexporter.countsClaim" -}}
{{- default (include "mlexporter.named" (list . "counts")) .Values.counts.persistence.existingClaim -}}
{{- end }}

{{- define "mlexporter.windowsClaim" -}}
{{- default (include "mlexporter.named" (list . "windows")) .Values.windows.persistence.existingClaim -}}
{{- end }}

{{- define "mlexporter.configurationMap" -}}
{{- default (include "mlexporter.named" (list . "configuration")) .Values.configuration.existingConfigMap -}}
{{- end }}

{{- define "mlexporter.hasProfiles" -}}
{{- with .Values.profiles -}}
{{- if or .configMaps .secrets .existingClaim .emptyDir -}}yes{{- end -}}
{{- end -}}
{{- end }}

{{/* The volumes of a pod with an exporter; their names are like no others, for they come into pods of other people. */}}
{{- define "mlexporter.volumes" -}}
- name: mlexporter-counts
  {{- if and (eq .Values.mode "standalone") .Values.counts.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "mlexporter.countsClaim" . | quote }}
  {{- else }}
  emptyDir:
    medium: Memory
    sizeLimit: {{ .Values.counts.sizeLimit | quote }}
  {{- end }}
- name: mlexporter-configuration
  configMap:
    name: {{ include "mlexporter.configurationMap" . | quote }}
{{- if and (include "mlexporter.hasWindows" .) (not (include "mlexporter.windowsBesideCounts" .)) }}
- name: mlexporter-windows
  persistentVolumeClaim:
    claimName: {{ include "mlexporter.windowsClaim" . | quote }}
{{- end }}
{{- with .Values.profiles }}
{{- if .existingClaim }}
- name: mlexporter-profiles
  persistentVolumeClaim:
    claimName: {{ .existingClaim | quote }}
    readOnly: true
{{- else if .emptyDir }}
- name: mlexporter-profiles
  emptyDir: {}
{{- else if or .configMaps .secrets }}
- name: mlexporter-profiles
  projected:
    sources:
      {{- range .configMaps }}
      - configMap:
          name: {{ . | quote }}
      {{- end }}
      {{- range .secrets }}
      - secret:
          name: {{ . | quote }}
      {{- end }}
{{- end }}
{{- end }}
{{- with .Values.webConfig.existingSecret }}
- name: mlexporter-web
  secret:
    secretName: {{ . | quote }}
{{- end }}
{{- with .Values.webConfig.certificateSecret }}
- name: mlexporter-certificates
  secret:
    secretName: {{ . | quote }}
{{- end }}
{{- end }}

{{/* What model and exporter mount. Folders, never single files: what changes in them arrives. */}}
{{- define "mlexporter.volumeMounts" -}}
{{- $mounts := list (dict "name" "mlexporter-counts" "mountPath" "/counts") (dict "name" "mlexporter-configuration" "mountPath" "/etc/mlexporter/configuration" "readOnly" true) -}}
{{- if and (include "mlexporter.hasWindows" .root) (not (include "mlexporter.windowsBesideCounts" .root)) -}}
{{- $mounts = append $mounts (dict "name" "mlexporter-windows" "mountPath" "/windows") -}}
{{- end -}}
{{- if and (include "mlexporter.hasProfiles" .root) (or (not .isExporter) (eq .root.Values.mode "standalone")) -}}
{{- $mounts = append $mounts (dict "name" "mlexporter-profiles" "mountPath" "/profiles" "readOnly" true) -}}
{{- end -}}
{{- if .isExporter -}}
{{- if .root.Values.webConfig.existingSecret -}}
{{- $mounts = append $mounts (dict "name" "mlexporter-web" "mountPath" "/etc/mlexporter/web" "readOnly" true) -}}
{{- end -}}
{{- if .root.Values.webConfig.certificateSecret -}}
{{- $mounts = append $mounts (dict "name" "mlexporter-certificates" "mountPath" "/etc/mlexporter/certificates" "readOnly" true) -}}
{{- end -}}
{{- end -}}
{{- toYaml $mounts -}}
{{- end }}
