{{/* A value as YAML, with the templates in it. */}}
{{- define "exporter.tpl" -}}
{{- $value := index . 1 -}}
{{- tpl (kindIs "string" $value | ternary $value (toYaml $value)) (index . 0) -}}
{{- end -}}

{{- define "exporter.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/* The alias in a parent chart is the name of the chart, and is often written like a variable: hallTwo. */}}
{{- define "exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | lower | replace "_" "-" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
At most 45 characters: other names are derived from it, and a StatefulSet's pods append a hash to their revision label. Longer names
are cut and get a hash, so that two of them differ. A Service name must start with a letter and contain no dots, so a release name such as 3d-printers is appended.
*/}}
{{- define "exporter.fullname" -}}
{{- $name := include "exporter.name" . -}}
{{- $full := .Values.fullnameOverride -}}
{{- if not $full -}}
{{- if not (regexMatch "^[a-z]" .Release.Name) -}}
{{- $full = printf "%s-%s" $name .Release.Name -}}
{{- else if contains $name .Release.Name -}}
{{- $full = .Release.Name -}}
{{- else -}}
{{- $full = printf "%s-%s" .Release.Name $name -}}
{{- end -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]" $full) -}}
{{- $full = printf "exporter-%s" $full -}}
{{- end -}}
{{- $full = $full | replace "." "-" -}}
{{- if gt (len $full) 45 -}}
{{- $full = printf "%s-%s" (trunc 36 $full | trimSuffix "-") (sha256sum $full | trunc 8) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{- define "exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "exporter.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The labels of an object: those of the chart, commonLabels, and further ones, if the context is a list of two. Later ones win. */}}
{{- define "exporter.labels" -}}
{{- $root := . }}{{ $further := dict -}}
{{- if kindIs "slice" . }}{{ $root = index . 0 }}{{ $further = default dict (index . 1) }}{{ end -}}
{{- with $root -}}
{{- $labels := dict
  "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-")
  "app.kubernetes.io/managed-by" .Release.Service
  "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63)
-}}
{{- $common := include "exporter.tpl" (list . (default dict .Values.commonLabels)) | fromYaml -}}
{{- mergeOverwrite $labels $common $further (include "exporter.selectorLabels" . | fromYaml) | toYaml -}}
{{- end -}}
{{- end -}}

{{- define "exporter.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "exporter.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "exporter.image" -}}
{{- with .Values.image -}}
{{- with default .registry (default dict $.Values.global).imageRegistry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* imagePullSecrets and those of all charts, which are names or objects. */}}
{{- define "exporter.imagePullSecrets" -}}
{{- $all := list -}}
{{- range concat (default list (default dict .Values.global).imagePullSecrets) (default list .Values.imagePullSecrets) -}}
{{- $all = append $all (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with $all }}{{ uniq . | toYaml }}{{ end -}}
{{- end -}}

{{- define "exporter.sharded" -}}
{{- if gt (int .Values.shards) 1 }}true{{ end -}}
{{- end -}}

{{- define "exporter.storageClaim" -}}
{{- default (printf "%s-state" (include "exporter.fullname" .)) (tpl .Values.persistence.existingClaim .) -}}
{{- end -}}

{{- define "exporter.claimSpec" -}}
accessModes:
  {{- toYaml .accessModes | nindent 2 }}
{{- with .storageClass }}
storageClassName: {{ eq . "-" | ternary "" . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ .size }}
{{- end -}}

{{/* The headless Service has a different name, because clusterIP is immutable and shards must be changeable. */}}
{{- define "exporter.serviceName" -}}
{{- include "exporter.fullname" . }}{{ if include "exporter.sharded" . }}-shards{{ end }}
{{- end -}}

{{/* A headless Service resolves to the pods, so their port applies. */}}
{{- define "exporter.servicePort" -}}
{{- if include "exporter.sharded" . }}10059{{ else }}{{ .Values.service.port }}{{ end -}}
{{- end -}}

{{/* The scheme of scrapes: https if the exporter, or a proxy in front of it, has TLS. Empty: that of Prometheus, http. */}}
{{- define "exporter.scheme" -}}
{{- default (.Values.web.tls | ternary "https" "") .Values.monitor.scheme -}}
{{- end -}}

{{/* Relabelings with the action that the API server would add, so that Argo CD sees no difference. */}}
{{- define "exporter.relabelings" -}}
{{- $all := list -}}
{{- range . }}{{ $all = append $all (merge (dict) . (dict "action" "replace")) }}{{ end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Parents and matches of a route with what the API server would add, for the same reason. */}}
{{- define "exporter.parentRefs" -}}
{{- $all := list -}}
{{- range include "exporter.tpl" . | fromYamlArray -}}
{{- if not (hasKey . "group") }}{{ $_ := set . "group" "gateway.networking.k8s.io" }}{{ end -}}
{{- if not (hasKey . "kind") }}{{ $_ := set . "kind" "Gateway" }}{{ end -}}
{{- $all = append $all . -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{- define "exporter.routeMatches" -}}
{{- $all := list -}}
{{- range . }}{{ $all = append $all (merge (dict) (deepCopy .) (dict "path" (dict "type" "PathPrefix" "value" "/"))) }}{{ end -}}
{{- toYaml $all -}}
{{- end -}}
