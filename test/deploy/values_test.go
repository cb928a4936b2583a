//go:build !race

package deploy

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestInvalidValues: each is rejected with its path and the error, without an address or a credential.
func TestInvalidValues(t *testing.T) {
	t.Parallel()
	helm := testkit.Tool(t, "helm")
	for values, want := range map[string]string{
		`shardz: 3`:                         `at '': additional properties 'shardz' not allowed`,
		`shards: 0`:                         `at '/shards': minimum: got 0, want 1`,
		`shards: "3"`:                       `at '/shards': got string, want integer`,
		`shards: 1.5`:                       `at '/shards': got number, want integer`,
		`image: {tag: 1.0}`:                 `at '/image/tag': got number, want string`,
		`image: {digest: latest}`:           `at '/image/digest': 'latest' does not match pattern '^(sha256:[0-9a-f]{64})?$'`,
		`image: {pullPolicy: Sometimes}`:    `at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'`,
		`resources: {limit: {memory: 1Gi}}`: `at '/resources': additional properties 'limit' not allowed`,
		`service: {port: 0}`:                `at '/service/port': minimum: got 0, want 1`,
		`terminationGracePeriodSeconds: 1`:  `at '/terminationGracePeriodSeconds': minimum: got 1, want 6`,
		`podLabels: {team: 7}`:              `at '/podLabels/team': got number, want string`,
		`extraArgs: [log.level=debug]`:      `at '/extraArgs/0': 'log.level=debug' does not match pattern '^--'`,
		`extraArgs: [--shard.total=2]`:      `extraArgs: --shard.total is set by the chart`,
		`{extraArgs: ["--web.external-url=https://x.example/oe/"], monitor: {enabled: true}}`: `monitor.endpoint.path: with these extraArgs the metrics are at /oe/metrics; set it to that, or add --web.route-prefix=/ if the proxy strips /oe`,
		`extraArgs: ["--web.listen-address=:1"]`:                                              `extraArgs: --web.listen-address is set by the chart`,
		`extraEnv: [{value: x}]`:                                                              `at '/extraEnv/0': missing property 'name'`,
		`extraEnv: [{name: GOMEMLIMIT, value: "1"}]`:                                          `extraEnv: GOMEMLIMIT is set by the chart`,
		`extraVolumeMounts: [{name: a, mountPath: /a, subPath: b}]`:                           `at '/extraVolumeMounts/0': additional properties 'subPath' not allowed`,
		`extraArgs: [--storage.path=/tmp]`:                                                    `extraArgs: --storage.path is set by the chart`,
		`extraEnv: [{name: OE_EXPORTER_STORAGE_PATH, value: /tmp}]`:                           `extraEnv: OE_EXPORTER_STORAGE_PATH is set by the chart`,
		`persistence: {size: 1}`:                                                              `at '/persistence/size': got number, want string`,
		`persistence: {size: 1 GB}`:                                                           `at '/persistence/size': '1 GB' does not match pattern`,
		`persistence: {accessModes: [ReadOnlyMany]}`:                                          `at '/persistence/accessModes/0': value must be one of`,
		`persistence: {storageclass: fast}`:                                                   `at '/persistence': additional properties 'storageclass' not allowed`,
		`persistence: {existingClaim: a}`:                                                     `persistence.existingClaim has no effect: persistence.enabled is false`,
		`{shards: 2, persistence: {enabled: true, existingClaim: a}}`:                         `persistence.existingClaim: shards cannot share a claim`,
		`web: {existingSecret: a, tlsSecret: b}`:                                              `web.tls is false`,
		`web: {existingSecret: My_Secret}`:                                                    `at '/web/existingSecret': 'My_Secret' does not match pattern`,
		`fullnameOverride: 3d-printers`:                                                       `at '/fullnameOverride': '3d-printers' does not match pattern`,
		`nameOverride: a.b`:                                                                   `at '/nameOverride': 'a.b' does not match pattern`,
		`image: {repository: "registry.example:5000/exporter:1"}`:                             `at '/image/repository': 'registry.example:5000/exporter:1' does not match pattern`,
		`config:`: `at '': missing property 'config'`,
		`commonLabels: {app.kubernetes.io/name: a}`:                 `commonLabels: app.kubernetes.io/name is set by the chart`,
		`podLabels: {app.kubernetes.io/instance: a}`:                `podLabels: app.kubernetes.io/instance is set by the chart`,
		`fullnameOverride: Printers`:                                `at '/fullnameOverride': 'Printers' does not match pattern`,
		`web: {tls: true}`:                                          `web.existingSecret is missing`,
		`monitor: {kind: Monitor}`:                                  `at '/monitor/kind': value must be one of 'ServiceMonitor', 'PodMonitor'`,
		`monitor: {job: printers}`:                                  `at '/monitor/job': 'printers' does not match pattern '^octoeverywhere'`,
		`monitor: {interval: 30}`:                                   `at '/monitor/interval': got number, want string`,
		`monitor: {enabled: true, tlsConfig: {serverName: a}}`:      `monitor.tlsConfig has no effect: set web.tls, or monitor.scheme to https`,
		`monitor: {endpoint: {port: a}}`:                            `monitor.endpoint: port is set by the chart`,
		`monitor: {spec: {selector: {}}}`:                           `monitor.spec: selector is set by the chart`,
		`{shards: 2, ingress: {enabled: true, hosts: [{host: a}]}}`: `ingress.enabled: with shards, each request would reach an arbitrary shard`,
		`ingress:`:                                                         `at '': missing property 'ingress'`,
		`ingress: {enabled: true}`:                                         `ingress.hosts: name a host`,
		`httpRoute: {enabled: true}`:                                       `httpRoute.parentRefs: name the Gateway`,
		`probes: {liveness: {httpGet: {path: /}}}`:                         `at '/probes/liveness': additional properties 'httpGet' not allowed`,
		`persistence: {enabled: true, existingClaim: My_Claim}`:            `at '/persistence/existingClaim': 'My_Claim' does not match pattern`,
		`monitor: {scheme: HTTPS}`:                                         `at '/monitor/scheme': value must be one of '', 'http', 'https'`,
		`{shards: 2, service: {type: LoadBalancer}}`:                       `service.type: the Service of shards is headless and cannot be a LoadBalancer`,
		`{shards: 2, service: {port: 80}}`:                                 `service.port: the Service of shards is headless`,
		`fullnameOverride: a234567890b234567890c234567890d234567890e23456`: `at '/fullnameOverride': maxLength: got 46, want 45`,
		`prometheusRule: {runbookBase: docs}`:                              `at '/prometheusRule/runbookBase': 'docs' does not match pattern`,
		`prometheusRule: {grafanaBase: grafana}`:                           `at '/prometheusRule/grafanaBase': 'grafana' does not match pattern`,
		`prometheusRule: {enabled: true, overrides: {OctoEverywherePluginOfline: {disabled: true}}}`: `prometheusRule.overrides: no alert named OctoEverywherePluginOfline`,
		`prometheusRule: {overrides: {OctoEverywherePluginOffline: {for: soon}}}`:                    `at '/prometheusRule/overrides/OctoEverywherePluginOffline/for': 'soon' does not match pattern`,
		`monitor: {basicAuth: {username: admin}}`:                                                    `at '/monitor/basicAuth/username': got string, want object`,
		`existingConfig: {secret: a, configMap: b}`:                                                  `existingConfig: set secret or configMap, not both`,
		`existingConfig: {key: a/b}`:                                                                 `at '/existingConfig/key': 'a/b' does not match pattern`,
		`{existingConfig: {secret: a}, config: {printers: [{name: a, url: hush}]}}`:                  `config.printers has no effect: existingConfig replaces config`,
		`extraConfigSources: [{secrett: {name: a}}]`:                                                 `at '/extraConfigSources/0': additional properties 'secrett' not allowed`,
		`extraConfigSources: [{secret: {name: a}, configMap: {name: b}}]`:                            `at '/extraConfigSources/0': maxProperties: got 2, want 1`,
		`config: {printer: []}`:                                                                      `at '/config': additional properties 'printer' not allowed`,
		`config: {defaults: {interval: 60}}`:                                                         `at '/config/defaults/interval': got number, want string`,
		`config: {defaults: {interval: soon}}`:                                                       `at '/config/defaults/interval': 'soon' does not match pattern`,
		`config: {defaults: {labels: {floor: 3}}}`:                                                   `at '/config/defaults/labels/floor': got number, want string`,
		`config: {printers: [{url: hush}]}`:                                                          `at '/config/printers/0': missing property 'name'`,
		`config: {printers: [{name: a}]}`:                                                            `config.printers[0] (a): url or url_file is missing`,
		`config: {printers: [{name: a, url: hush, url_file: b}]}`:                                    `config.printers[0] (a): set url or url_file, not both`,
		`config: {printers: [{name: a, url: hush}, {name: a, url: hush2}]}`:                          `config.printers[1]: duplicate name a`,
		`config: {printers: [{name: 7, url: hush}]}`:                                                 `at '/config/printers/0/name': got number, want string`,
		`config: {printers: [{name: a, url: 5558}]}`:                                                 `at '/config/printers/0/url': got number, want string`,
		`config: {printers: [{name: a, url: hush, authorisation: {credentials: hush}}]}`:             `at '/config/printers/0': additional properties 'authorisation' not allowed`,
		`config: {printers: [{name: a, url: hush, authorization: {credentials: [hush]}}]}`:           `at '/config/printers/0/authorization/credentials': got array, want string`,
		`config: {printers: [{name: a, url: hush, tls_config: {min_version: TLS09}}]}`:               `at '/config/printers/0/tls_config/min_version': value must be one of 'TLS10', 'TLS11', 'TLS12', 'TLS13'`,
		`config: {printers: [{name: a, url: hush, basic_auth: {username: a, password: ""}}]}`:        `at '/config/printers/0/basic_auth/password': minLength: got 0, want 1`,
	} {
		cmd := exec.CommandContext(t.Context(), helm, "template", chart, "--kube-version="+kubernetesVersion, "-f", "-")
		var out, errors bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(values), &out, &errors
		err := cmd.Run()
		if err == nil || out.Len() > 0 || !strings.Contains(errors.String(), want) {
			t.Errorf("%s: %v\n%swant: %s", values, err, errors.String(), want)
		}
		if strings.Contains(errors.String(), "hush") || strings.Contains(errors.String(), "5558") {
			t.Errorf("%s: the message contains a secret:\n%s", values, errors.String())
		}
	}
}
