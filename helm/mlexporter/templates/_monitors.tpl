{{/* Limits of a ServiceMonitor's or PodMonitor's spec. */}}
{{- define "mlexporter.scrapeLimits" -}}
{{- $scrape := .Values.scrape -}}
{{- range $name := list "sampleLimit" "labelLimit" "labelNameLengthLimit" "labelValueLengthLimit" }}
{{- with get $scrape $name }}
{{ $name }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- with $scrape.bodySizeLimit }}
bodySizeLimit: {{ . | quote }}
{{- end }}
{{- with $scrape.scrapeClass }}
scrapeClass: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The one endpoint of a ServiceMonitor or PodMonitor. */}}
{{- define "mlexporter.scrapeEndpoint" -}}
{{- $scrape := .Values.scrape -}}
path: /metrics
scheme: {{ ternary "https" "http" .Values.webConfig.tls }}
honorLabels: {{ $scrape.honorLabels }}
{{- with $scrape.interval }}
interval: {{ . }}
{{- end }}
{{- with $scrape.timeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- range $name := list "tlsConfig" "basicAuth" "authorization" "relabelings" "metricRelabelings" }}
{{- with get $scrape $name }}
{{ $name }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}
