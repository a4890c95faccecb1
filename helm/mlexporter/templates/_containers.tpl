{{/* A probe: (list $ section path). */}}
{{- define "mlexporter.probe" -}}
{{- $root := index . 0 -}}
{{- $probe := index . 1 -}}
{{- if $root.Values.webConfig.clientCertificates }}
tcpSocket:
  port: {{ $root.Values.exporter.port }}
{{- else }}
httpGet:
  path: {{ index . 2 }}
  port: {{ $root.Values.exporter.port }}
  scheme: {{ ternary "HTTPS" "HTTP" $root.Values.webConfig.tls }}
{{- end }}
{{- with $probe.initialDelaySeconds }}
initialDelaySeconds: {{ . }}
{{- end }}
periodSeconds: {{ $probe.periodSeconds }}
timeoutSeconds: {{ $probe.timeoutSeconds }}
failureThreshold: {{ $probe.failureThreshold }}
{{- end }}

{{/* The exporter: (dict "root" $ "isSidecar" true "securityContext" more of it, if wanted). */}}
{{- define "mlexporter.exporter" -}}
{{- $root := .root -}}
{{- $exporter := $root.Values.exporter -}}
{{- $given := include "mlexporter.namesOf" (list (default list $exporter.extraEnv) "exporter.extraEnv") | fromYamlArray -}}
{{- if has "MLEXPORTER_DIR" $given -}}
{{- fail "exporter.extraEnv: MLEXPORTER_DIR is where model and exporter count together; the chart sets it" -}}
{{- end -}}
{{- $probes := $exporter.probes -}}
name: mlexporter
image: {{ include "mlexporter.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
{{- if .isSidecar }}
restartPolicy: Always
{{- end }}
args:
  - serve
  - --dir
  - /counts
  - --host
  - {{ $exporter.host | quote }}
  - --port
  - {{ $exporter.port | toString | quote }}
  {{- with $exporter.extraArgs }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
env:
  {{- include "mlexporter.environment" (dict "root" $root "isExporter" true "except" $given) | nindent 2 }}
  {{- with $exporter.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $exporter.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  {{- /* Not called metrics: a PodMonitor would find a port of that name of the model too. */}}
  - name: mlexporter
    containerPort: {{ $exporter.port }}
    protocol: TCP
{{- if $probes.startup.enabled }}
startupProbe:
  {{- include "mlexporter.probe" (list $root $probes.startup "/-/healthy") | trim | nindent 2 }}
{{- end }}
{{- if $probes.liveness.enabled }}
livenessProbe:
  {{- include "mlexporter.probe" (list $root $probes.liveness "/-/healthy") | trim | nindent 2 }}
{{- end }}
{{- /* Beside a model it would take the model out of its Service: who watches must not stop what is watched. */}}
{{- if and $probes.readiness.enabled (or (not .isSidecar) $probes.inSidecar) }}
readinessProbe:
  {{- include "mlexporter.probe" (list $root $probes.readiness "/-/ready") | trim | nindent 2 }}
{{- end }}
{{- with $exporter.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml (mergeOverwrite (default dict .securityContext | deepCopy) (default dict $root.Values.securityContext)) | nindent 2 }}
volumeMounts:
  {{- include "mlexporter.volumeMounts" (dict "root" $root "isExporter" true) | nindent 2 }}
  {{- with $exporter.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* A container of the user's with what it needs to count: (dict "root" $ "container" … "where" "model.containers[0]"). */}}
{{- define "mlexporter.modelContainer" -}}
{{- $container := deepCopy .container -}}
{{- $names := include "mlexporter.namesOf" (list (default list $container.env) (printf "%s.env" .where)) | fromYamlArray -}}
{{- if has "MLEXPORTER_DIR" $names -}}
{{- fail (printf "%s.env: MLEXPORTER_DIR is where model and exporter count together, and the chart sets it; leave it out" .where) -}}
{{- end -}}
{{- $env := include "mlexporter.environment" (dict "root" .root "isExporter" false "except" $names) | fromYamlArray -}}
{{- $_ := set $container "env" (concat $env (default list $container.env)) -}}
{{- $taken := list -}}
{{- range default list $container.volumeMounts -}}
{{- $taken = append $taken .mountPath -}}
{{- end -}}
{{- $mounts := default list $container.volumeMounts -}}
{{- range include "mlexporter.volumeMounts" (dict "root" .root "isExporter" false) | fromYamlArray -}}
{{- if not (has .mountPath $taken) -}}
{{- $mounts = append $mounts . -}}
{{- end -}}
{{- end -}}
{{- $_ := set $container "volumeMounts" $mounts -}}
{{- if not $container.securityContext -}}
{{- $_ := set $container "securityContext" (dict "allowPrivilegeEscalation" false "capabilities" (dict "drop" (list "ALL"))) -}}
{{- end -}}
{{- toYaml $container -}}
{{- end }}
