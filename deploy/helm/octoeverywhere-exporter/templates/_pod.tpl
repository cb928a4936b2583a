{{/*
The pod template of the Deployment and of the StatefulSet.

There is deliberately no checksum annotation: the exporter reloads the configuration, credentials, the web configuration and
certificates when they change. While it restarts, no printer is probed.
*/}}
{{- define "exporter.pod" -}}
metadata:
  labels:
    {{- merge (include "exporter.selectorLabels" . | fromYaml) .Values.podLabels | toYaml | nindent 4 }}
  annotations:
    {{- mergeOverwrite (dict "kubectl.kubernetes.io/default-container" "exporter") .Values.podAnnotations | toYaml | nindent 4 }}
spec:
  serviceAccountName: {{ include "exporter.serviceAccountName" . | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: exporter
      image: {{ include "exporter.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        - --config.file=/etc/octoeverywhere-exporter/{{ if include "exporter.ownConfig" . }}config.yaml{{ else }}{{ .Values.existingConfig.key }}{{ end }}
        - --web.listen-address=:10059
        - --web.health-listen-address=:10061
        {{- if .Values.web.existingSecret }}
        - --web.config.file=/etc/octoeverywhere-exporter-web/{{ .Values.web.key }}
        {{- end }}
        - --storage.path=/var/lib/octoeverywhere_exporter
        - --log.format=json
        {{- range .Values.extraArgs }}
        - {{ . | quote }}
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
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: metrics
          containerPort: 10059
          protocol: TCP
        - name: health
          containerPort: 10061
          protocol: TCP
      # None of them depends on OctoEverywhere, or on TLS and basic auth of the web server.
      startupProbe:
        httpGet:
          path: /-/healthy
          port: health
        periodSeconds: 1
        timeoutSeconds: 3
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /-/healthy
          port: health
        periodSeconds: 15
        timeoutSeconds: 5
        failureThreshold: 4
      readinessProbe:
        httpGet:
          path: /-/ready
          port: health
        periodSeconds: 5
        timeoutSeconds: 3
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
          mountPath: /etc/octoeverywhere-exporter
          readOnly: true
        - name: state
          mountPath: /var/lib/octoeverywhere_exporter
        {{- if .Values.web.existingSecret }}
        - name: web
          mountPath: /etc/octoeverywhere-exporter-web
          readOnly: true
        {{- end }}
        {{- with .Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      projected:
        defaultMode: 0440
        sources:
          {{- if include "exporter.ownConfig" . }}
          - secret:
              name: {{ include "exporter.fullname" . }}-config
          {{- else if .Values.existingConfig.secret }}
          - secret:
              name: {{ .Values.existingConfig.secret | quote }}
          {{- else }}
          - configMap:
              name: {{ .Values.existingConfig.configMap | quote }}
          {{- end }}
          {{- with .Values.extraConfigSources }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
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
              name: {{ .Values.web.existingSecret | quote }}
          {{- with .Values.web.tlsSecret }}
          - secret:
              name: {{ . | quote }}
          {{- end }}
    {{- end }}
    {{- with .Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
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
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
