package deploy

import (
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

const (
	chart     = "helm/octoeverywhere-exporter"
	manifests = "kubernetes"
	// kubernetesVersion is that of the API server that the tests run.
	kubernetesVersion = "1.35.4"
)

// renderings are the chart's examples of values, by the names of what they show.
func renderings(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(chart + "/ci/*-values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no examples of values: ", err)
	}
	all := map[string]string{}
	for _, p := range paths {
		all[strings.TrimSuffix(filepath.Base(p), "-values.yaml")] = p
	}
	return all
}

// render gives the chart's objects as YAML.
func render(t *testing.T, namespace string, args ...string) string {
	t.Helper()
	return run(t, "helm", append([]string{
		"template", "octoeverywhere-exporter", chart, "--namespace", namespace, "--kube-version", kubernetesVersion,
	}, args...)...)
}

// object is what tests look at of a Kubernetes object.
type object struct {
	Kind     string
	Metadata struct {
		Name   string
		Labels map[string]string
	}
	Data map[string]string
	Spec struct {
		Groups any
	}
}

// objects decodes YAML or a List in JSON.
func objects(t *testing.T, text string) (all []object) {
	t.Helper()
	for part := range strings.SplitSeq(text, "\n---\n") {
		var o object
		if err := yaml.Unmarshal([]byte(strings.TrimPrefix(part, "---\n")), &o); err != nil {
			t.Fatal(err)
		}
		if o.Kind != "" {
			all = append(all, o)
		}
	}
	return all
}

// only gives the one object of a kind and a name.
func only(t *testing.T, text, kind, name string) (found object) {
	t.Helper()
	n := 0
	for _, o := range objects(t, text) {
		if o.Kind == kind && o.Metadata.Name == name {
			found = o
			n++
		}
	}
	if n != 1 {
		t.Fatalf("%d objects are %s/%s", n, kind, name)
	}
	return found
}
