//go:build !race

package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestAPIServer applies the chart and the manifests to a real API server.
func TestAPIServer(t *testing.T) {
	skipUnlessLong(t, "a minute")
	t.Parallel()
	testkit.Tool(t, "helm")
	c := newCluster(t)
	t.Run("accepts all renderings", func(t *testing.T) { testRenderings(t, c) })
	t.Run("helm upgrade to and from each example", func(t *testing.T) { testUpgrades(t, c) })
}

// testRenderings applies the chart with each example of values, and the manifests without Helm, to namespaces that enforce the
// Pod Security Standard restricted: no error, no warning, and no difference afterwards. There are no controllers, so the test
// creates the pods, on which the standard is enforced.
func testRenderings(t *testing.T, c cluster) {
	all := renderings(t)
	maps.Copy(all, deliveredValues(t))
	maps.Copy(all, valuesIn(t, "../test/deploy/testdata/values/*.yaml"))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			namespace := "test-" + name
			c.namespace(t, namespace)
			rendered := renderWithTest(t, namespace, "-f", all[name])
			at := strings.LastIndex(rendered, "---\n# Source: octoeverywhere-exporter/templates/tests/")
			c.apply(t, namespace, rendered[:at])
			c.kubectl(t, rendered[at:], "create", "-f", "-")
			c.createPods(t, namespace)
		})
	}
	for _, release := range []string{"3d-printers", "my.farm", "123", "on"} { // some are invalid as Service names, or not strings in YAML
		t.Run("release "+release, func(t *testing.T) {
			rendered := runTool(t, "helm", "template", release, chart, "--no-hooks", "--kube-version="+kubernetesVersion, "-f", all["shards"])
			c.kubectl(t, rendered, "apply", "--dry-run=server", "-f", "-")
		})
	}
	for _, components := range [][]string{nil, {"persistence"}, {"networkpolicy", "prometheus-operator"}, {"shards"}, {"shards", "shards-persistence"}} {
		t.Run(fmt.Sprint("without Helm ", components), func(t *testing.T) {
			namespace := strings.Join(append([]string{"kustomized"}, components...), "-")
			c.namespace(t, namespace)
			c.apply(t, namespace, c.kubectl(t, "", "kustomize", overlay(t, namespace, components...)))
			c.createPods(t, namespace)
		})
	}
	t.Run("documented objects of Flux", func(t *testing.T) {
		c.namespace(t, "octoeverywhere")
		_, texts := deliveries(t)
		for _, kind := range []string{"OCIRepository", "HelmRelease"} {
			c.apply(t, "octoeverywhere", texts[kind])
		}
	})
	t.Run("unrestricted pods are denied", func(t *testing.T) {
		const name = "unrestricted"
		c.namespace(t, name)
		_, warnings, err := c.tryKubectl(t, render(t, name, "--set", "podSecurityContext.runAsNonRoot=false,hostNetwork=true"), "apply", "-n", name, "-f", "-")
		if err != nil || !strings.Contains(warnings, "would violate PodSecurity") {
			t.Errorf("apply: warnings %q, error %v", warnings, err)
		}
		for _, p := range c.pods(t, name) {
			if _, errors, err := c.tryKubectl(t, p, "create", "-n", name, "-f", "-"); err == nil || !strings.Contains(errors, "violates PodSecurity") {
				t.Errorf("create: output %q, error %v", errors, err)
			}
		}
	})
}

// testUpgrades installs and upgrades with Helm through all examples. Objects with immutable fields that differ, such as a
// Service's clusterIP, must have different names; the claims of shards are the exception, and appear only after the defaults. Without
// --reset-values, Helm would keep the earlier values instead of the empty file with the defaults.
func testUpgrades(t *testing.T, c cluster) {
	const namespace = "test-upgrades"
	c.namespace(t, namespace)
	helm := func(values string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), testkit.Tool(t, "helm"), "upgrade", "--install", "--reset-values", "printers", chart, "--namespace="+namespace, "--kubeconfig="+c.kubeconfig, "-f", values)
		cmd.Env = append(os.Environ(), "HELM_CACHE_HOME="+t.TempDir(), "HELM_CONFIG_HOME="+t.TempDir(), "HELM_DATA_HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "would violate PodSecurity") || !strings.Contains(string(out), "port-forward svc/") {
			t.Fatalf("helm upgrade -f %s: %v\n%s", values, err, out)
		}
	}
	all := renderings(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		helm(all["default"])
		helm(all[name])
	}
	helm(all["default"])
	helm(all["shards"])
	if got := len(c.pods(t, namespace)); got != 3 {
		t.Errorf("%d shards after all upgrades", got)
	}
}

// namespace creates a namespace like that of the manifests, with the service account that a controller would create.
func (c cluster) namespace(t *testing.T, name string) {
	t.Helper()
	c.kubectl(t, strings.ReplaceAll(readFile(t, manifests+"/namespace.yaml"), "name: octoeverywhere", "name: "+name), "apply", "-f", "-")
	c.kubectl(t, "", "create", "serviceaccount", "default", "-n", name)
}

// apply applies objects to a namespace, after a dry run, and compares them with what is stored.
func (c cluster) apply(t *testing.T, namespace, text string) {
	t.Helper()
	c.kubectl(t, text, "apply", "-n", namespace, "-f", "-", "--dry-run=server")
	c.kubectl(t, text, "apply", "-n", namespace, "-f", "-")
	c.checkStored(t, namespace, text)
}

// createPods creates the pods that controllers would create.
func (c cluster) createPods(t *testing.T, namespace string) {
	t.Helper()
	c.kubectl(t, strings.Join(c.pods(t, namespace), "\n---\n"), "create", "-n", namespace, "-f", "-")
}

// pods returns the pods of the only Deployment or StatefulSet of a namespace.
func (c cluster) pods(t *testing.T, namespace string) (pods []string) {
	t.Helper()
	var workloads struct {
		Items []struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct {
				Replicas int
				Template struct {
					Metadata map[string]any `json:"metadata"`
					Spec     map[string]any `json:"spec"`
				}
				VolumeClaimTemplates []struct{ Metadata struct{ Name string } }
			}
		}
	}
	if err := json.Unmarshal([]byte(c.kubectl(t, "", "get", "deployments,statefulsets", "-n", namespace, "-o", "json")), &workloads); err != nil {
		t.Fatal(err)
	}
	if len(workloads.Items) != 1 {
		t.Fatalf("%d workloads, want 1", len(workloads.Items))
	}
	w := workloads.Items[0]
	for index := range w.Spec.Replicas {
		spec := maps.Clone(w.Spec.Template.Spec)
		meta := maps.Clone(w.Spec.Template.Metadata)
		meta["name"] = fmt.Sprintf("%s-%d", w.Metadata.Name, index)
		if w.Kind == "StatefulSet" {
			labels := maps.Clone(meta["labels"].(map[string]any))
			labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(index)
			meta["labels"] = labels
			for _, claim := range w.Spec.VolumeClaimTemplates {
				spec["volumes"] = append(slices.Clone(spec["volumes"].([]any)), map[string]any{
					"name":                  claim.Metadata.Name,
					"persistentVolumeClaim": map[string]any{"claimName": claim.Metadata.Name + "-" + meta["name"].(string)},
				})
			}
		}
		pod, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec})
		if err != nil {
			t.Fatal(err)
		}
		pods = append(pods, string(pod))
	}
	return pods
}
