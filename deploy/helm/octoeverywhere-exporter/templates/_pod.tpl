{{/*
The pod template of the Deployment and of the StatefulSet.

There is deliberately no checksum annotation: the exporter reloads the configuration, credentials, the web configuration and
certificates when they change. While it restarts, no printer is probed.
*/}}
{{- define "exporter.pod" -}}
metadata:
  labels:
    {{- merge (include "exporter.selectorLabels" . | fromYaml) (include "exporter.tpl" (list . .Values.podLabels) | fromYaml) | toYaml | nindent 4 }}
  annotations:
    {{- mergeOverwrite (dict "kubectl.kubernetes.io/default-container" "exporter") (include "exporter.tpl" (list . .Values.podAnnotations) | fromYaml) | toYaml | nindent 4 }}
spec:
  serviceAccountName: {{ include "exporter.serviceAccountName" . | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with include "exporter.imagePullSecrets" . }}
  imagePullSecrets:
    {{- . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.runtimeClassName }}
  runtimeClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.schedulerName }}
  schedulerName: {{ . | quote }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.hostNetwork }}
  hostNetwork: true
  {{- end }}
  {{- with .Values.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . }}
  {{- end }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- include "exporter.tpl" (list $ .) | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      image: {{ include "exporter.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - --config.file={{ include "exporter.configFile" . }}
        - --web.listen-address=:10059
        - --web.health-listen-address=:10061
        {{- if .Values.web.existingSecret }}
        - --web.config.file=/etc/octoeverywhere_exporter_web/{{ .Values.web.key }}
        {{- end }}
        - --storage.path=/var/lib/octoeverywhere_exporter
        - --log.format=json
        {{- range .Values.extraArgs }}
        - {{ tpl . $ | quote }}
        {{- end }}
      env:
        # The limit in MiB with six zeros appended is 95 % of the limit in bytes. It follows a limit set at admission.
        # Without a limit it is the memory of the node.
        - name: MEMORY_LIMIT_MIB
          valueFrom:
            resourceFieldRef:
              containerName: exporter
              resource: limits.memory
              divisor: 1Mi
        - name: GOMEMLIMIT
          value: $(MEMORY_LIMIT_MIB)000000
        {{- if include "exporter.sharded" . }}
        - name: OE_EXPORTER_SHARD_INDEX
          valueFrom:
            fieldRef:
              apiVersion: v1
              fieldPath: metadata.labels['apps.kubernetes.io/pod-index']
        - name: OE_EXPORTER_SHARD_TOTAL
          value: {{ .Values.shards | quote }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- include "exporter.tpl" (list $ .) | nindent 8 }}
        {{- end }}
      {{- with .Values.extraEnvFrom }}
      envFrom:
        {{- include "exporter.tpl" (list $ .) | nindent 8 }}
      {{- end }}
      ports:
        - name: metrics
          containerPort: 10059
          protocol: TCP
        - name: health
          containerPort: 10061
          protocol: TCP
      # None of them depends on OctoEverywhere, or on TLS and basic auth of the web server.
      {{- range $name, $path := dict "startup" "/-/healthy" "liveness" "/-/healthy" "readiness" "/-/ready" }}
      {{- with get $.Values.probes $name }}
      {{ $name }}Probe:
        httpGet:
          path: {{ $path }}
          port: health
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- end }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      # Folders, never subPath: such a file is not updated.
      volumeMounts:
        - name: config
          mountPath: /etc/octoeverywhere_exporter
          readOnly: true
        - name: state
          mountPath: /var/lib/octoeverywhere_exporter
        {{- if .Values.web.existingSecret }}
        - name: web
          mountPath: /etc/octoeverywhere_exporter_web
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- include "exporter.tpl" (list $ .) | nindent 8 }}
        {{- end }}
    {{- with .Values.extraContainers }}
    {{- include "exporter.tpl" (list $ .) | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "exporter.configVolume" . | nindent 4 }}
    {{- if not .Values.persistence.enabled }}
    - name: state
      emptyDir:
        sizeLimit: {{ .Values.persistence.size }}
    {{- else if not (include "exporter.sharded" .) }}
    - name: state
      persistentVolumeClaim:
        claimName: {{ include "exporter.storageClaim" . }}
    {{- end }}
    {{- if .Values.web.existingSecret }}
    - name: web
      projected:
        defaultMode: 0440
        sources:
          - secret:
              name: {{ tpl .Values.web.existingSecret . | quote }}
          {{- with .Values.web.tlsSecret }}
          - secret:
              name: {{ tpl . $ | quote }}
          {{- end }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- include "exporter.tpl" (list $ .) | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- include "exporter.tpl" (list $ .) | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- include "exporter.tpl" (list $ .) | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The volume with the configuration, of the exporter and of the test. */}}
{{- define "exporter.configVolume" -}}
- name: config
  projected:
    defaultMode: 0440
    sources:
      {{- if include "exporter.ownConfig" . }}
      - secret:
          name: {{ include "exporter.fullname" . }}-config
      {{- else if .Values.existingConfig.secret }}
      - secret:
          name: {{ tpl .Values.existingConfig.secret . | quote }}
      {{- else }}
      - configMap:
          name: {{ tpl .Values.existingConfig.configMap . | quote }}
      {{- end }}
      {{- with .Values.extraConfigSources }}
      {{- include "exporter.tpl" (list $ .) | nindent 6 }}
      {{- end }}
{{- end -}}

{{- define "exporter.configFile" -}}
/etc/octoeverywhere_exporter/{{ if include "exporter.ownConfig" . }}config.yaml{{ else }}{{ .Values.existingConfig.key }}{{ end }}
{{- end -}}
