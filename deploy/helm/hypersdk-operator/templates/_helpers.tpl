{{- define "hypersdk.selectorLabels" -}}
app.kubernetes.io/name: hypersdk-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "hypersdk.labels" -}}
{{ include "hypersdk.selectorLabels" . }}
app.kubernetes.io/part-of: hypersdk
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "hypersdk.pluginSelectorLabels" -}}
app.kubernetes.io/name: hypersdk-kvm-device-plugin
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "hypersdk.pluginLabels" -}}
{{ include "hypersdk.pluginSelectorLabels" . }}
app.kubernetes.io/part-of: hypersdk
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "hypersdk.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary "hypersdk-operator" "default" .Values.serviceAccount.create) }}
{{- end }}

{{- /* Takes { image, chart }: the chart's appVersion stands in for an empty tag. */}}
{{- define "hypersdk.image" -}}
{{ .image.repository }}:{{ .image.tag | default .chart.AppVersion }}
{{- end }}

{{- /* What every container of ours runs with; Pod Security `restricted` accepts it. */}}
{{- define "hypersdk.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "hypersdk.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- /*
Whether a CRD is ours to write: absent, or made by this release. Helm refuses to install over an object of
another owner, which would break `kubectl apply -f deploy/crds/` followed by `helm install`.
*/}}
{{- define "hypersdk.ownsCrd" -}}
{{- $found := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" .name }}
{{- $owner := dig "metadata" "annotations" "meta.helm.sh/release-name" "" $found }}
{{- $home := dig "metadata" "annotations" "meta.helm.sh/release-namespace" "" $found }}
{{- if or (not $found) (and (eq $owner .release.Name) (eq $home .release.Namespace)) }}true{{ end }}
{{- end }}
