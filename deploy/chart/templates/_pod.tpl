{{/* The pod of a role: (dict "root" $ "role" "api"). */}}
{{- define "onboarding.pod" -}}
{{- $root := .root -}}
{{- $role := .role -}}
metadata:
  labels:
    {{- include "onboarding.labels" . | nindent 4 }}
  annotations:
    checksum/settings: {{ include (print $root.Template.BasePath "/settings.yaml") $root | sha256sum }}
spec:
  serviceAccountName: {{ include "onboarding.name" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 30
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65532
    runAsGroup: 65532
    fsGroup: 65532
    seccompProfile: {type: RuntimeDefault}
  {{- with $root.Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "onboarding.selector" (dict "root" $root "role" $role) | nindent 10 }}
    {{- end }}
  initContainers:
    # The keys that are the same for every pod; those of epochs come beside them, from the workers.
    - name: keys
      image: {{ include "onboarding.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command:
        - /bin/bash
        - -ec
        - |
          for file in master.key nats-issuer.seed operator.token directory.token; do
            [ ! -e "/secret/$file" ] || [ -e "/var/lib/onboarding/$file" ] ||
              install -m 600 "/secret/$file" "/var/lib/onboarding/$file"
          done
      securityContext: {{- include "onboarding.container" . | nindent 8 }}
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
      volumeMounts:
        - {name: data, mountPath: /var/lib/onboarding}
        - {name: secret, mountPath: /secret, readOnly: true}
  containers:
    - name: {{ $role }}
      image: {{ include "onboarding.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: ["--config", "/etc/onboarding/onboarding.toml", {{ $role | quote }}]
      envFrom:
        - configMapRef: {name: {{ include "onboarding.name" $root }}-settings}
      ports:
        {{- if eq $role "api" }}
        - {name: http, containerPort: 8080}
        {{- end }}
        - {name: admin, containerPort: 8081}
      # Waiting for PostgreSQL and NATS is no reason to be started again; not answering at all is.
      startupProbe:
        httpGet: {path: /healthz, port: admin}
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: {path: /healthz, port: admin}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /readyz, port: admin}
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      securityContext: {{- include "onboarding.container" . | nindent 8 }}
      resources: {{- toYaml (index $root.Values.roles $role).resources | nindent 8 }}
      volumeMounts:
        - {name: data, mountPath: /var/lib/onboarding}
        - {name: tmp, mountPath: /tmp}
        - {name: secret, mountPath: /etc/onboarding/onboarding.toml, subPath: onboarding.toml, readOnly: true}
        {{- if $root.Values.catalogue }}
        - {name: catalogue, mountPath: /etc/onboarding/catalogue.toml, subPath: catalogue.toml, readOnly: true}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    - name: secret
      secret: {secretName: {{ $root.Values.secretName }}, defaultMode: 0440}
    {{- if $root.Values.catalogue }}
    - name: catalogue
      configMap: {name: {{ include "onboarding.name" $root }}-catalogue}
    {{- end }}
    {{- if ne $role "worker" }}
    - name: data
      emptyDir: {sizeLimit: 256Mi}
    {{- end }}
{{- end -}}

{{- define "onboarding.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end -}}
