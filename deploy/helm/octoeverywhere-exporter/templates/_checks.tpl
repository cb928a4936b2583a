{{/* What values mean together, which the schema cannot say clearly. No address or credential is printed. */}}
{{- define "exporter.checks" -}}
{{- with .Values.existingConfig }}
{{- if and .secret .configMap }}
{{- fail "existingConfig: a secret or a configMap, not both" }}
{{- end }}
{{- if and (or .secret .configMap) $.Values.config.printers }}
{{- fail "config.printers would not be used: existingConfig stands in place of config" }}
{{- end }}
{{- end }}
{{- $names := dict }}
{{- range $i, $p := .Values.config.printers }}
{{- if and $p.url $p.url_file }}
{{- fail (printf "config.printers[%d] (%s): url or url_file, not both" $i $p.name) }}
{{- end }}
{{- if not (or $p.url $p.url_file) }}
{{- fail (printf "config.printers[%d] (%s): url or url_file is missing" $i $p.name) }}
{{- end }}
{{- if hasKey $names $p.name }}
{{- fail (printf "config.printers[%d]: the name %s is that of another printer, too" $i $p.name) }}
{{- end }}
{{- $_ := set $names $p.name true }}
{{- end }}
{{- with .Values.web }}
{{- if and .tlsSecret (not .tls) }}
{{- fail "web.tls is false: with web.tlsSecret set it to true, so that the exporter is scraped by https" }}
{{- end }}
{{- if and .tls (not .existingSecret) }}
{{- fail "web.existingSecret is missing: TLS is switched on by the web configuration that it holds" }}
{{- end }}
{{- end }}
{{- if and .Values.monitor.enabled .Values.monitor.tlsConfig (not .Values.web.tls) }}
{{- fail "monitor.tlsConfig would not be used: web.tls is false" }}
{{- end }}
{{- range $value := list "commonLabels" "podLabels" }}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" }}
{{- if hasKey (default dict (get $.Values $value)) $label }}
{{- fail (printf "%s: %s is set by the chart, which finds its pods by it; nameOverride and the release's name change it" $value $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $arg := .Values.extraArgs }}
{{- $flag := index (splitList "=" $arg) 0 }}
{{- if has $flag (list "--config.file" "--web.listen-address" "--web.health-listen-address" "--web.config.file" "--web.telemetry-path" "--shard.index" "--shard.total") }}
{{- fail (printf "extraArgs: %s is set by the chart" $flag) }}
{{- end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if or (has .name (list "GOMEMLIMIT" "MEMORY_LIMIT_MIB")) (hasPrefix "OE_EXPORTER_SHARD_" .name) }}
{{- fail (printf "extraEnv: %s is set by the chart" .name) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "exporter.ownConfig" -}}
{{- if not (or .Values.existingConfig.secret .Values.existingConfig.configMap) }}true{{ end -}}
{{- end -}}
