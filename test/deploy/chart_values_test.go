package deploy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// lookUp returns the value at a path of keys and indexes, separated by spaces; -1 is the last element. It returns nil if there is none.
func lookUp(value any, path string) any {
	for key := range strings.FieldsSeq(path) {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if i < 0 {
				i += len(v)
			}
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// TestValuesAppearInObjects: values end in the field of the object that they are meant for.
func TestValuesAppearInObjects(t *testing.T) {
	const pod = "spec template spec "
	for _, c := range []struct{ values, kind, path, want string }{
		{`image: {registry: registry.example}`, "Deployment", pod + "containers 0 image", `registry.example/octoeverywhere_exporter:0.1.0`},
		{`{global: {imageRegistry: mirror.example/}, image: {registry: a, tag: "2"}}`, "Deployment", pod + "containers 0 image", `mirror.example/octoeverywhere_exporter:2`},
		{`{global: {imagePullSecrets: [a, {name: b}]}, imagePullSecrets: [{name: b}, c]}`, "Deployment", pod + "imagePullSecrets", `[{name: a}, {name: b}, {name: c}]`},
		{`annotations: {a: "{{ .Release.Name }}"}`, "Deployment", "metadata annotations", `{a: octoeverywhere-exporter}`},
		{`{annotations: {a: b}, shards: 2}`, "StatefulSet", "metadata annotations", `{a: b}`},
		{`revisionHistoryLimit: 1`, "Deployment", "spec revisionHistoryLimit", `1`},
		{`{updateStrategy: {type: OnDelete}, shards: 2}`, "StatefulSet", "spec updateStrategy", `{type: OnDelete}`},
		{`extraEnvFrom: [{configMapRef: {name: "{{ .Release.Name }}-proxy"}}]`, "Deployment", pod + "containers 0 envFrom", `[{configMapRef: {name: octoeverywhere-exporter-proxy}}]`},
		{`extraArgs: ["--web.external-url=https://{{ .Release.Namespace }}.example"]`, "Deployment", pod + "containers 0 args -1", `--web.external-url=https://default.example`},
		{`extraContainers: [{name: proxy, image: a}]`, "Deployment", pod + "containers 1", `{name: proxy, image: a}`},
		{`initContainers: [{name: fetch, image: a}]`, "Deployment", pod + "initContainers", `[{name: fetch, image: a}]`},
		{`hostAliases: [{ip: 192.0.2.1, hostnames: [proxy.example]}]`, "Deployment", pod + "hostAliases 0 ip", `192.0.2.1`},
		{`dnsPolicy: Default`, "Deployment", pod + "dnsPolicy", `Default`},
		{`hostNetwork: true`, "Deployment", pod + "hostNetwork", `true`},
		{`runtimeClassName: gvisor`, "Deployment", pod + "runtimeClassName", `gvisor`},
		{`schedulerName: mine`, "Deployment", pod + "schedulerName", `mine`},
		{`probes: {readiness: {periodSeconds: 9}}`, "Deployment", pod + "containers 0 readinessProbe", `{httpGet: {path: /-/ready, port: health}, periodSeconds: 9, timeoutSeconds: 3}`},
		{`probes: {startup: null}`, "Deployment", pod + "containers 0 startupProbe", ``},
		{`existingConfig: {secret: "{{ .Release.Name }}-a"}`, "Deployment", pod + "volumes 0 projected sources 0 secret name", `octoeverywhere-exporter-a`},
		{`persistence: {enabled: true, existingClaim: "{{ .Release.Name }}-a"}`, "Deployment", pod + "volumes 1 persistentVolumeClaim claimName", `octoeverywhere-exporter-a`},
		{`topologySpreadConstraints: [{labelSelector: {matchLabels: {a: "{{ .Release.Name }}"}}}]`, "Deployment", pod + "topologySpreadConstraints 0 labelSelector matchLabels a", `octoeverywhere-exporter`},

		{`service: {type: NodePort, nodePort: 30059, appProtocol: http}`, "Service", "spec ports 0", `{name: metrics, port: 10059, targetPort: metrics, protocol: TCP, appProtocol: http, nodePort: 30059}`},
		{`service: {targetPort: proxy}`, "Service", "spec ports 0 targetPort", `proxy`},
		{`service: {extraPorts: [{name: login, port: 80, targetPort: 4180}]}`, "Service", "spec ports 1", `{name: login, port: 80, targetPort: 4180}`},
		{`service: {labels: {a: b}, clusterIP: 10.0.0.9}`, "Service", "spec clusterIP", `10.0.0.9`},
		{`service: {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv6, IPv4]}`, "Service", "spec ipFamilies", `[IPv6, IPv4]`},
		{`{service: {ipFamilyPolicy: PreferDualStack}, shards: 2}`, "Service", "spec ipFamilyPolicy", `PreferDualStack`},
		{`service: {type: LoadBalancer, externalTrafficPolicy: Local, loadBalancer: {loadBalancerClass: internal}}`, "Service", "spec loadBalancerClass", `internal`},
		{`ingress: {enabled: true, className: nginx, hosts: [{host: "{{ .Release.Name }}.example"}]}`, "Ingress", "spec rules 0 host", `octoeverywhere-exporter.example`},
		{`ingress: {enabled: true, hosts: [{host: a.example, path: /printers, pathType: Exact}]}`, "Ingress", "spec rules 0 http paths 0", `{path: /printers, pathType: Exact, backend: {service: {name: octoeverywhere-exporter, port: {name: metrics}}}}`},
		{`ingress: {enabled: true, hosts: [{host: a.example}], servicePort: login}`, "Ingress", "spec rules 0 http paths 0 backend service port", `{name: login}`},
		{`httpRoute: {enabled: true, parentRefs: [{name: gateway}], servicePort: 80}`, "HTTPRoute", "spec rules 0 backendRefs 0 port", `80`},
		{`httpRoute: {enabled: true, parentRefs: [{name: a, kind: Service, group: ""}], matches: [{path: {value: /a}}]}`, "HTTPRoute", "spec parentRefs 0", `{name: a, kind: Service, group: ""}`},
		{`httpRoute: {enabled: true, parentRefs: [{name: gateway}], hostnames: [a.example]}`, "HTTPRoute", "spec", `
parentRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: gateway}]
hostnames: [a.example]
rules: [{matches: [{path: {type: PathPrefix, value: /}}], backendRefs: [{group: "", kind: Service, name: octoeverywhere-exporter, port: 10059, weight: 1}]}]`},
		{`{verticalPodAutoscaler: {enabled: true}, shards: 2}`, "VerticalPodAutoscaler", "spec", `
targetRef: {apiVersion: apps/v1, kind: StatefulSet, name: octoeverywhere-exporter}
updatePolicy: {updateMode: "Off"}
resourcePolicy: {containerPolicies: [{containerName: exporter, controlledResources: [memory], minAllowed: {memory: 64Mi}}]}`},
		{`extraManifests: [{apiVersion: v1, kind: Role, metadata: {name: "{{ .Release.Name }}-a"}}]`, "Role", "metadata name", `octoeverywhere-exporter-a`},
		{`extraManifests: ["{apiVersion: v1, kind: Role, metadata: {name: {{ .Release.Name }}-b}}"]`, "Role", "metadata name", `octoeverywhere-exporter-b`},

		{`monitor: {enabled: true, namespace: monitoring, annotations: {a: b}}`, "ServiceMonitor", "spec namespaceSelector", `{matchNames: [default]}`},
		{`monitor: {enabled: true, namespace: monitoring, annotations: {a: b}}`, "ServiceMonitor", "metadata annotations", `{a: b}`},
		{`monitor: {enabled: true, spec: {sampleLimit: 9, targetLabels: [a]}}`, "ServiceMonitor", "spec targetLabels", `[a]`},
		{`monitor: {enabled: true, kind: PodMonitor, endpoint: {honorLabels: true}}`, "PodMonitor", "spec podMetricsEndpoints 0 honorLabels", `true`},
		{`monitor: {enabled: true, endpoint: {bearerTokenSecret: {name: a, key: b}}}`, "ServiceMonitor", "spec endpoints 0 bearerTokenSecret", `{name: a, key: b}`},
		{`dashboard: {enabled: true, namespace: grafana}`, "ConfigMap", "metadata namespace", `grafana`},
	} {
		t.Run(c.kind+" "+c.path, func(t *testing.T) {
			t.Parallel()
			var want any
			if err := yaml.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			found := 0
			for document := range strings.SplitSeq(renderValues(t, c.values), "\n---\n") {
				var o map[string]any
				if err := yaml.Unmarshal([]byte(document), &o); err != nil {
					t.Fatalf("%v in\n%s", err, document)
				}
				if o["kind"] != c.kind {
					continue
				}
				found++
				if d := cmp.Diff(want, lookUp(o, c.path)); d != "" {
					t.Error(d)
				}
			}
			if found != 1 {
				t.Errorf("%d objects of kind %s", found, c.kind)
			}
		})
	}
}

// TestNamespaceOverride: all objects are in the namespace of the values, those with a namespace of their own excepted.
func TestNamespaceOverride(t *testing.T) {
	rendered := renderValues(t, `
namespaceOverride: printers
networkPolicy: {enabled: true}
persistence: {enabled: true}
monitor: {enabled: true}
prometheusRule: {enabled: true, namespace: monitoring}
dashboard: {enabled: true}
ingress: {enabled: true, hosts: [{host: a.example}]}
httpRoute: {enabled: true, parentRefs: [{name: gateway}]}
verticalPodAutoscaler: {enabled: true}
`)
	for _, o := range objects(t, rendered) {
		want := "printers"
		if o.Kind == "PrometheusRule" {
			want = "monitoring"
		}
		if o.Metadata.Namespace != want {
			t.Errorf("%s %s: namespace %s, want %s", o.Kind, o.Metadata.Name, o.Metadata.Namespace, want)
		}
	}
}

// TestHelmTest: the hook runs check with the configuration of the exporter, in a pod that nothing selects as an exporter.
func TestHelmTest(t *testing.T) {
	for name, values := range renderings(t) {
		rendered := runTool(t, "helm", "template", "octoeverywhere-exporter", chart, "--kube-version="+kubernetesVersion, "-f", values)
		var test, workload map[string]any
		for document := range strings.SplitSeq(rendered, "\n---\n") {
			var o map[string]any
			if err := yaml.Unmarshal([]byte(document), &o); err != nil {
				t.Fatal(err)
			}
			switch o["kind"] {
			case "Pod":
				test = o
			case "Deployment", "StatefulSet":
				workload = o
			}
		}
		const container = "spec template spec containers 0 "
		config := lookUp(workload, container+"args 0")
		selector, _ := lookUp(workload, "spec selector matchLabels").(map[string]any)
		labels, _ := lookUp(test, "metadata labels").(map[string]any)
		selected := !slices.ContainsFunc(slices.Collect(maps.Keys(selector)), func(k string) bool { return labels[k] != selector[k] })
		for what, holds := range map[string]bool{
			"it is a test":                   lookUp(test, "metadata annotations helm.sh/hook") == "test",
			"it checks the configuration":    cmp.Equal(lookUp(test, "spec containers 0 args"), any([]any{"check", config})),
			"it has the exporter's files":    cmp.Equal(lookUp(test, "spec volumes 0"), lookUp(workload, "spec template spec volumes 0")),
			"it has the exporter's image":    lookUp(test, "spec containers 0 image") == lookUp(workload, container+"image"),
			"it is restricted":               cmp.Equal(lookUp(test, "spec containers 0 securityContext"), lookUp(workload, container+"securityContext")),
			"it is not selected as exporter": !selected && len(selector) > 0,
		} {
			if !holds {
				t.Errorf("%s: violated: %s\n%s", name, what, fmt.Sprint(test))
			}
		}
	}
}
