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
)

// TestAPIServer gives a real one what is deployed.
func TestAPIServer(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	t.Parallel()
	tool(t, "helm")
	c := newCluster(t)
	t.Run("takes all renderings", func(t *testing.T) { takesAllRenderings(t, c) })
	t.Run("lets Helm upgrade from each example to each other", func(t *testing.T) { upgrades(t, c) })
}

// takesAllRenderings applies what the chart makes of each example of values, and the manifests without Helm, to namespaces
// that enforce the Pod Security Standard restricted: no error, no warning, and no difference afterwards. Nothing makes pods
// of the templates here, so the test does: pods are what is enforced.
func takesAllRenderings(t *testing.T, c cluster) {
	all := renderings(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			namespace := "test-" + name
			c.namespace(t, namespace)
			c.applies(t, render(t, namespace, "-f", all[name]), "-n", namespace, "-f", "-")
			c.createPods(t, namespace)
		})
	}
	for _, release := range []string{"3d-printers", "my.farm", "123", "on"} { // not all of them are names of a Service, or texts in YAML
		t.Run("a release called "+release, func(t *testing.T) {
			rendered := run(t, "helm", "template", release, chart, "--kube-version="+kubernetesVersion, "-f", all["shards"])
			c.quietly(t, rendered, "apply", "--dry-run=server", "-f", "-")
		})
	}
	t.Run("without Helm", func(t *testing.T) {
		c.quietly(t, "", "apply", "-f", manifests+"/namespace.yaml")
		c.applies(t, "", "-k", manifests)
		c.createPods(t, "octoeverywhere")
	})
	t.Run("what is not restricted is refused", func(t *testing.T) {
		const name = "careless"
		c.namespace(t, name)
		_, warnings, err := c.try(t, render(t, name, "--set", "podSecurityContext.runAsNonRoot=false"), "apply", "-n", name, "-f", "-")
		if err != nil || !strings.Contains(warnings, "would violate PodSecurity") {
			t.Errorf("apply warns %q, %v", warnings, err)
		}
		for _, p := range c.pods(t, name) {
			if _, errors, err := c.try(t, p, "create", "-n", name, "-f", "-"); err == nil || !strings.Contains(errors, "violates PodSecurity") {
				t.Errorf("create says %q, %v", errors, err)
			}
		}
	})
}

// upgrades installs with Helm, and goes through all examples: what cannot be changed, such as a Service's clusterIP, must have
// another name where it is another.
func upgrades(t *testing.T, c cluster) {
	const namespace = "test-upgrades"
	c.namespace(t, namespace)
	helm := func(values string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), tool(t, "helm"), "upgrade", "--install", "printers", chart, "--namespace="+namespace, "--kubeconfig="+c.kubeconfig, "-f", values)
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
	helm(all["shards"])
	if got := len(c.pods(t, namespace)); got != 3 {
		t.Errorf("after all of them there are %d shards", got)
	}
}

// namespace makes a namespace like that of the manifests, with the service account that a controller would put there.
func (c cluster) namespace(t *testing.T, name string) {
	t.Helper()
	c.quietly(t, strings.ReplaceAll(read(t, manifests+"/namespace.yaml"), "name: octoeverywhere", "name: "+name), "apply", "-f", "-")
	c.quietly(t, "", "create", "serviceaccount", "default", "-n", name)
}

// applies applies an input to a namespace, first as a rehearsal.
func (c cluster) applies(t *testing.T, input string, from ...string) {
	t.Helper()
	kubectl := func(args ...string) string {
		t.Helper()
		return c.quietly(t, input, append(args, from...)...)
	}
	kubectl("apply", "--dry-run=server")
	kubectl("apply")
	if d := kubectl("diff"); d != "" {
		t.Errorf("what was applied is not what is there:\n%s", d)
	}
}

// createPods makes the pods that controllers would make.
func (c cluster) createPods(t *testing.T, namespace string) {
	t.Helper()
	for _, p := range c.pods(t, namespace) {
		c.quietly(t, p, "create", "-n", namespace, "-f", "-")
	}
}

// pods are those that a Deployment or a StatefulSet asks for.
func (c cluster) pods(t *testing.T, namespace string) (pods []string) {
	t.Helper()
	var workloads struct {
		Items []struct {
			Kind     string
			Metadata struct{ Name string }
			Spec     struct {
				Replicas int
				Template struct {
					Metadata map[string]any  `json:"metadata"`
					Spec     json.RawMessage `json:"spec"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(c.quietly(t, "", "get", "deployments,statefulsets", "-n", namespace, "-o", "json")), &workloads); err != nil {
		t.Fatal(err)
	}
	if len(workloads.Items) != 1 {
		t.Fatalf("there are %d workloads", len(workloads.Items))
	}
	w := workloads.Items[0]
	for index := range w.Spec.Replicas {
		meta := maps.Clone(w.Spec.Template.Metadata)
		meta["name"] = fmt.Sprintf("%s-%d", w.Metadata.Name, index)
		if w.Kind == "StatefulSet" {
			labels := maps.Clone(meta["labels"].(map[string]any))
			labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(index)
			meta["labels"] = labels
		}
		pod, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": w.Spec.Template.Spec})
		if err != nil {
			t.Fatal(err)
		}
		pods = append(pods, string(pod))
	}
	return pods
}
