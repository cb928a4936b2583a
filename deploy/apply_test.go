//go:build !race

package deploy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestAPIServerTakesAllRenderings applies what the chart makes of each example of values, and the manifests without Helm, to
// namespaces that enforce the Pod Security Standard restricted: no error, no warning, and no difference afterwards. Nothing
// makes pods of the templates here, so the test does: pods are what is enforced.
func TestAPIServerTakesAllRenderings(t *testing.T) {
	c := newCluster(t)
	all := renderings(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			c.namespace(t, name)
			rendered := render(t, name, "-f", all[name])
			from := []string{"-n", name, "-f", "-"}
			c.applies(t, rendered, from)
			c.createPods(t, name)
		})
	}
	t.Run("without Helm", func(t *testing.T) {
		c.quietly(t, "", "apply", "-f", manifests+"/namespace.yaml")
		c.applies(t, "", []string{"-k", manifests})
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

// namespace makes a namespace like that of the manifests, with the service account that a controller would put there.
func (c cluster) namespace(t *testing.T, name string) {
	t.Helper()
	c.quietly(t, strings.ReplaceAll(read(t, manifests+"/namespace.yaml"), "name: octoeverywhere", "name: "+name), "apply", "-f", "-")
	c.quietly(t, "", "create", "serviceaccount", "default", "-n", name)
}

// applies applies an input to a namespace, first as a rehearsal.
func (c cluster) applies(t *testing.T, input string, from []string) {
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
