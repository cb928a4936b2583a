{{/* The content of a file of the chart. Some ways of getting a chart lose files: better no release than empty rules. */}}
{{- define "exporter.file" -}}
{{- $path := index . 1 -}}
{{- $text := (index . 0).Files.Get $path -}}
{{- if not (trim $text) }}
{{- fail (printf "%s is missing or empty: this copy of the chart is not complete" $path) }}
{{- end }}
{{- $text -}}
{{- end -}}

{{- define "exporter.recordingRules" -}}
{{- include "exporter.file" (list . "files/recording.rules.yml") -}}
{{- end -}}

{{/* The alerts with the changes of prometheusRule.overrides. With runbookBase and grafanaBase, each has the links of its runbook and of
the dashboard. */}}
{{- define "exporter.alertsRules" -}}
{{- $rule := .Values.prometheusRule -}}
{{- $file := include "exporter.file" (list . "files/alerts.rules.yml") | fromYaml -}}
{{- $unknown := deepCopy $rule.overrides -}}
{{- $groups := list -}}
{{- range $group := $file.groups -}}
{{- $alerts := list -}}
{{- range $alert := $group.rules -}}
{{- $override := default dict (get $rule.overrides $alert.alert) -}}
{{- $unknown = omit $unknown $alert.alert -}}
{{- $labels := mergeOverwrite (deepCopy $alert.labels) $rule.alertLabels (default dict $override.labels) -}}
{{- with $override.severity }}{{ $_ := set $labels "severity" . }}{{ end -}}
{{- $annotations := mergeOverwrite (deepCopy $alert.annotations) (default dict $override.annotations) -}}
{{- if and $rule.runbookBase (not $annotations.runbook_url) -}}
{{- $_ := set $annotations "runbook_url" (printf "%s/docs/runbooks/%s.md" (trimSuffix "/" $rule.runbookBase) $alert.alert) -}}
{{- end -}}
{{- if and $rule.grafanaBase (not $annotations.dashboard_url) -}}
{{- $variables := "{{ with $labels.job }}&var-job={{ urlquery . }}{{ end }}{{ with $labels.cluster }}&var-cluster={{ urlquery . }}{{ end }}{{ with $labels.site }}&var-site={{ urlquery . }}{{ end }}{{ with $labels.printer }}&var-printer={{ urlquery . }}{{ end }}" -}}
{{- $_ := set $annotations "dashboard_url" (printf "%s/d/octoeverywhere-exporter?from=now-6h%s" (trimSuffix "/" $rule.grafanaBase) $variables) -}}
{{- end -}}
{{- with $override.for }}{{ $_ := set $alert "for" . }}{{ end -}}
{{- with $override.keepFiringFor }}{{ $_ := set $alert "keep_firing_for" . }}{{ end -}}
{{- $_ := set $alert "labels" $labels -}}
{{- $_ := set $alert "annotations" $annotations -}}
{{- if not $override.disabled }}{{ $alerts = append $alerts $alert }}{{ end -}}
{{- end -}}
{{- with $alerts }}{{ $groups = append $groups (merge (dict "rules" .) $group) }}{{ end -}}
{{- end -}}
{{- with keys $unknown | sortAlpha }}
{{- fail (printf "prometheusRule.overrides: no alert named %s" (join ", " .)) }}
{{- end }}
{{- toYaml (dict "groups" $groups) -}}
{{- end -}}
