{{/* What the schema cannot say: values that do not go together. */}}
{{- define "mlexporter.checks" -}}
{{- $values := .Values -}}
{{- if eq $values.mode "sidecar" -}}
{{- if not $values.model.containers -}}
{{- fail "model.containers: mode sidecar needs the containers of your model; give one, or take mode standalone, or mode none for pods of your own" -}}
{{- end -}}
{{- else if $values.model.containers -}}
{{- fail (printf "model.containers: mode %s deploys no model; set mode: sidecar, or leave them out" $values.mode) -}}
{{- end -}}
{{- if and (eq $values.mode "standalone") (or (gt (int $values.model.replicas) 1) $values.model.autoscaling.enabled) -}}
{{- fail "model.replicas, model.autoscaling: mode standalone has one exporter; two over one claim would count everything twice. Set replicas: 1" -}}
{{- end -}}
{{- if ne $values.mode "sidecar" -}}
{{- if $values.model.service.enabled -}}
{{- fail (printf "model.service: mode %s deploys no model; set mode: sidecar, or model.service.enabled: false" $values.mode) -}}
{{- end -}}
{{- else -}}
{{- include "mlexporter.checkSidecar" . -}}
{{- end -}}
{{- if and $values.model.service.enabled (not $values.model.service.ports) -}}
{{- fail "model.service.ports: a Service needs a port, such as {name: http, port: 80, targetPort: 8000}" -}}
{{- end -}}
{{- if and $values.webConfig.tls (not $values.webConfig.existingSecret) -}}
{{- fail "webConfig.tls: it says that the web configuration file switches TLS on, but there is none; name its Secret in webConfig.existingSecret" -}}
{{- end -}}
{{- if and $values.webConfig.clientCertificates (not $values.webConfig.tls) -}}
{{- fail "webConfig.clientCertificates: certificates of clients need TLS; set webConfig.tls: true" -}}
{{- end -}}
{{- if and $values.webConfig.certificateSecret (not $values.webConfig.existingSecret) -}}
{{- fail "webConfig.certificateSecret: certificates are used where a web configuration file names them only, and there is none; name its Secret in webConfig.existingSecret" -}}
{{- end -}}
{{- if and $values.scrape.tlsConfig (not $values.webConfig.tls) -}}
{{- fail "scrape.tlsConfig: it is used where webConfig.tls is true only; set it, or leave this out" -}}
{{- end -}}
{{- with $values.scrape -}}
{{- if and .interval .timeout (gt (include "mlexporter.milliseconds" .timeout | int64) (include "mlexporter.milliseconds" .interval | int64)) -}}
{{- fail (printf "scrape.timeout: %s is more than scrape.interval, %s, and prometheus-operator leaves such a monitor out" .timeout .interval) -}}
{{- end -}}
{{- end -}}
{{- if and $values.scrape.basicAuth $values.scrape.authorization -}}
{{- fail "scrape.basicAuth, scrape.authorization: Prometheus takes one of them; leave one out" -}}
{{- end -}}
{{- if and $values.serviceMonitor.enabled $values.podMonitor.enabled -}}
{{- fail "serviceMonitor.enabled, podMonitor.enabled: both would scrape each pod, and sums over jobs would count twice; switch one off" -}}
{{- end -}}
{{- if and $values.serviceMonitor.enabled (not $values.service.enabled) -}}
{{- fail "serviceMonitor.enabled: a ServiceMonitor needs the Service; set service.enabled: true, or take podMonitor" -}}
{{- end -}}
{{- if and (eq $values.mode "none") (not $values.attach.podLabels) (or $values.serviceMonitor.enabled $values.podMonitor.enabled $values.networkPolicy.enabled) -}}
{{- fail "attach.podLabels: in mode none monitors and NetworkPolicy need the labels by which your pods are found" -}}
{{- end -}}
{{- if and $values.networkPolicy.enabled (ne $values.mode "standalone") (not $values.networkPolicy.extraIngress) -}}
{{- fail "networkPolicy.extraIngress: the policy holds for the model too; say who may call it, such as {from: [{namespaceSelector: {}}], ports: [{port: 8000}]}" -}}
{{- end -}}
{{- if and $values.service.nodePort (ne $values.service.type "NodePort") -}}
{{- fail (printf "service.nodePort: a Service of type %s takes none; set service.type: NodePort" $values.service.type) -}}
{{- end -}}
{{- if and $values.service.headless (ne $values.service.type "ClusterIP") -}}
{{- fail (printf "service.headless: only a Service of type ClusterIP can be; service.type is %s" $values.service.type) -}}
{{- end -}}
{{- with $values.profiles -}}
{{- if gt (add (ternary 1 0 (or .configMaps .secrets | not | not)) (ternary 1 0 (ternary true false (empty .existingClaim | not))) (ternary 1 0 .emptyDir)) 1 -}}
{{- fail "profiles: they come from one place: configMaps and secrets, or existingClaim, or emptyDir; leave the others out" -}}
{{- end -}}
{{- end -}}
{{- if and $values.configuration.existingConfigMap (or $values.configuration.models $values.configuration.alerts) -}}
{{- fail "configuration.existingConfigMap: the file comes from there, and models and alerts would be lost; leave one of both out" -}}
{{- end -}}
{{- if and (eq $values.mode "standalone") $values.windows.enabled (not $values.counts.persistence.enabled) -}}
{{- fail "windows.enabled: in mode standalone windows are on the claim of the counts, and counts.persistence.enabled is false; switch it on, or leave windows in memory" -}}
{{- end -}}
{{- if and (eq $values.mode "none") $values.windows.enabled (not $values.windows.persistence.existingClaim) -}}
{{- fail "windows.enabled: in mode none the chart makes no claim; name yours in windows.persistence.existingClaim" -}}
{{- end -}}
{{- $_ := include "mlexporter.namesOf" (list (default list $values.extraVolumes) "extraVolumes") -}}
{{- range $values.extraVolumes -}}
{{- if hasPrefix "mlexporter-" .name -}}
{{- fail (printf "extraVolumes: %s begins like the volumes of the chart; give it another name" .name) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "mlexporter.checkSidecar" -}}
{{- $values := .Values -}}
{{- $names := list "mlexporter" -}}
{{- $user := get (default dict $values.podSecurityContext) "runAsUser" -}}
{{- range $index, $container := concat $values.model.containers (default list $values.extraContainers) (default list $values.initContainers) -}}
{{- if has $container.name $names -}}
{{- fail (printf "model.containers, extraContainers, initContainers: %s is the name of two containers of the pod; mlexporter is that of the exporter" $container.name) -}}
{{- end -}}
{{- $names = append $names $container.name -}}
{{- end -}}
{{- range $index, $container := $values.model.containers -}}
{{- range default list $container.ports -}}
{{- if eq (int .containerPort) (int $values.exporter.port) -}}
{{- fail (printf "model.containers[%d].ports: %v is the port of the exporter, and the containers of a pod share theirs; change one, or set exporter.port" $index .containerPort) -}}
{{- end -}}
{{- end -}}
{{- $own := default dict $container.securityContext -}}
{{- if and (hasKey $own "runAsUser") (ne (toString $own.runAsUser) (toString $user)) -}}
{{- fail (printf "model.containers[%d].securityContext.runAsUser: it is %v, and the exporter runs as %v. They count together only as the same user: set podSecurityContext.runAsUser: %v and leave this out" $index $own.runAsUser (default "the user of its image" $user) $own.runAsUser) -}}
{{- end -}}
{{- end -}}
{{- $autoscaling := $values.model.autoscaling -}}
{{- if and $autoscaling.enabled (gt (int $autoscaling.minReplicas) (int $autoscaling.maxReplicas)) -}}
{{- fail (printf "model.autoscaling.minReplicas: %v is more than maxReplicas, %v" $autoscaling.minReplicas $autoscaling.maxReplicas) -}}
{{- end -}}
{{- if and $values.windows.enabled (or $autoscaling.enabled (gt (int $values.model.replicas) 1)) -}}
{{- fail "windows.enabled: the windows of one service are those of one pod; with several, leave them in memory, or have model.replicas: 1 and no autoscaling" -}}
{{- end -}}
{{- $budget := $values.model.podDisruptionBudget -}}
{{- if and $budget.enabled (not (kindIs "invalid" $budget.minAvailable)) (not (kindIs "invalid" $budget.maxUnavailable)) -}}
{{- fail "model.podDisruptionBudget: minAvailable and maxUnavailable exclude each other; set maxUnavailable: null" -}}
{{- end -}}
{{- end }}
