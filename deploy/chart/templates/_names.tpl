{{/* Everything is called after the release; each role has its own label. */}}
{{- define "onboarding.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Labels of an object; those of a role as well where `role` is given: (dict "root" $ "role" "api"). */}}
{{- define "onboarding.labels" -}}
{{ include "onboarding.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "onboarding.selector" -}}
app.kubernetes.io/name: onboarding
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .role }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "onboarding.host" -}}
{{- .Values.publicUrl | trimPrefix "https://" | trimSuffix "/" | splitList ":" | first -}}
{{- end -}}

{{- define "onboarding.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
