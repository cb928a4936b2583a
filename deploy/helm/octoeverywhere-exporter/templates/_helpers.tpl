{{- define "exporter.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/*
A name of at most 45 characters: others are made of it, and a StatefulSet's pods add a hash to the label of their revision. A
Service's begins with a letter and has no dots, whatever the release is called: 3d-printers comes last.
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
{{- $full | replace "." "-" | trunc 45 | trimSuffix "-" -}}
{{- end -}}

{{- define "exporter.selectorLabels" -}}
app.kubernetes.io/name: {{ include "exporter.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "exporter.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "exporter.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
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
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "exporter.sharded" -}}
{{- if gt (int .Values.shards) 1 }}true{{ end -}}
{{- end -}}

{{/* A headless Service has another name: clusterIP cannot be changed, and so the number of shards could not. */}}
{{- define "exporter.serviceName" -}}
{{- include "exporter.fullname" . }}{{ if include "exporter.sharded" . }}-shards{{ end }}
{{- end -}}

{{/* Behind a headless Service are the pods themselves. */}}
{{- define "exporter.servicePort" -}}
{{- if include "exporter.sharded" . }}10059{{ else }}{{ .Values.service.port }}{{ end -}}
{{- end -}}
