{{/* Checks across values that the schema cannot express clearly. Messages contain no address or credential. */}}
{{- define "exporter.checks" -}}
{{- with .Values.existingConfig }}
{{- if and .secret .configMap }}
{{- fail "existingConfig: set secret or configMap, not both" }}
{{- end }}
{{- if and (or .secret .configMap) $.Values.config.printers }}
{{- fail "config.printers has no effect: existingConfig replaces config" }}
{{- end }}
{{- end }}
{{- $names := dict }}
{{- range $i, $p := .Values.config.printers }}
{{- if and $p.url $p.url_file }}
{{- fail (printf "config.printers[%d] (%s): set url or url_file, not both" $i $p.name) }}
{{- end }}
{{- if not (or $p.url $p.url_file) }}
{{- fail (printf "config.printers[%d] (%s): url or url_file is missing" $i $p.name) }}
{{- end }}
{{- if hasKey $names $p.name }}
{{- fail (printf "config.printers[%d]: duplicate name %s" $i $p.name) }}
{{- end }}
{{- $_ := set $names $p.name true }}
{{- end }}
{{- with .Values.web }}
{{- if and .tlsSecret (not .tls) }}
{{- fail "web.tls is false: set it to true with web.tlsSecret, so that the exporter is scraped over HTTPS" }}
{{- end }}
{{- if and .tls (not .existingSecret) }}
{{- fail "web.existingSecret is missing: its web configuration enables TLS" }}
{{- end }}
{{- end }}
{{- with .Values.persistence }}
{{- if and .existingClaim (not .enabled) }}
{{- fail "persistence.existingClaim has no effect: persistence.enabled is false" }}
{{- end }}
{{- if and .existingClaim (include "exporter.sharded" $) }}
{{- fail "persistence.existingClaim: shards cannot share a claim, because only one process can open the file; leave it empty, and each shard has its own claim" }}
{{- end }}
{{- end }}
{{- if and .Values.monitor.enabled .Values.monitor.tlsConfig (ne (include "exporter.scheme" .) "https") }}
{{- fail "monitor.tlsConfig has no effect: set web.tls, or monitor.scheme to https if a proxy in front of the exporter has TLS" }}
{{- end }}
{{- range $key := list "port" "scheme" "interval" "scrapeTimeout" "tlsConfig" "basicAuth" "relabelings" "metricRelabelings" }}
{{- if hasKey (default dict $.Values.monitor.endpoint) $key }}
{{- fail (printf "monitor.endpoint: %s is set by the chart; use monitor.%s, if that exists" $key $key) }}
{{- end }}
{{- end }}
{{- range $key := list "selector" "namespaceSelector" "endpoints" "podMetricsEndpoints" }}
{{- if hasKey (default dict $.Values.monitor.spec) $key }}
{{- fail (printf "monitor.spec: %s is set by the chart" $key) }}
{{- end }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.parentRefs: name the Gateway, e.g. [{name: gateway, namespace: infrastructure}]" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.hosts: name a host, e.g. [{host: printers.example}]" }}
{{- end }}
{{- if include "exporter.sharded" . }}
{{- range $route := list "ingress" "httpRoute" }}
{{- if (get $.Values $route).enabled }}
{{- fail (printf "%s.enabled: with shards, each request would reach an arbitrary shard" $route) }}
{{- end }}
{{- end }}
{{- if ne .Values.service.type "ClusterIP" }}
{{- fail (printf "service.type: the Service of shards is headless and cannot be a %s, which would reach an arbitrary shard" .Values.service.type) }}
{{- end }}
{{- if ne (int .Values.service.port) 10059 }}
{{- fail "service.port: the Service of shards is headless, so the port of the pods applies, 10059" }}
{{- end }}
{{- end }}
{{- range $value := list "commonLabels" "podLabels" }}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" }}
{{- if hasKey (default dict (get $.Values $value)) $label }}
{{- fail (printf "%s: %s is set by the chart, which selects its pods by it; change nameOverride or the release name instead" $value $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $arg := .Values.extraArgs }}
{{- $flag := index (splitList "=" $arg) 0 }}
{{- if has $flag (list "--config.file" "--web.listen-address" "--web.health-listen-address" "--web.config.file" "--web.telemetry-path" "--storage.path" "--shard.index" "--shard.total") }}
{{- fail (printf "extraArgs: %s is set by the chart" $flag) }}
{{- end }}
{{- end }}
{{- $prefix := "" }}
{{- range .Values.extraArgs }}
{{- $arg := tpl . $ }}
{{- if hasPrefix "--web.external-url=" $arg }}
{{- $prefix = trimAll "/" (urlParse (trimPrefix "--web.external-url=" $arg)).path }}
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
{{- $arg := tpl . $ }}
{{- if hasPrefix "--web.route-prefix=" $arg }}
{{- $prefix = trimAll "/" (trimPrefix "--web.route-prefix=" $arg) }}
{{- end }}
{{- end }}
{{- if and $prefix .Values.monitor.enabled (not (get (default dict .Values.monitor.endpoint) "path")) }}
{{- fail (printf "monitor.endpoint.path: with these extraArgs the metrics are at /%s/metrics; set it to that, or add --web.route-prefix=/ if the proxy strips /%s" $prefix $prefix) }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if or (has .name (list "GOMEMLIMIT" "MEMORY_LIMIT_MIB")) (hasPrefix "OE_EXPORTER_SHARD_" .name) (hasPrefix "OE_EXPORTER_STORAGE_" .name) }}
{{- fail (printf "extraEnv: %s is set by the chart" .name) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "exporter.ownConfig" -}}
{{- if not (or .Values.existingConfig.secret .Values.existingConfig.configMap) }}true{{ end -}}
{{- end -}}
