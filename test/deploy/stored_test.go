//go:build !race

package deploy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// checkStored compares objects with what the API server has stored, without the defaulting of kubectl diff. The server must not change a
// value, and must not add one to a custom resource: Argo CD and others do not know the defaults of these, and would report each as a
// difference forever.
func (c cluster) checkStored(t *testing.T, namespace, text string) {
	t.Helper()
	type id struct{ kind, name, namespace string }
	identify := func(o map[string]any) id {
		in, _ := lookUp(o, "metadata namespace").(string)
		return id{o["kind"].(string), lookUp(o, "metadata name").(string), cmp.Or(in, namespace)}
	}
	stored := map[id]map[string]any{}
	var list map[string]any
	if err := yaml.Unmarshal([]byte(c.kubectl(t, text, "get", "-n", namespace, "-f", "-", "-o", "yaml")), &list); err != nil {
		t.Fatal(err)
	}
	items, ok := list["items"].([]any)
	if !ok {
		items = []any{list} // of one object
	}
	for _, item := range items {
		o := item.(map[string]any)
		stored[identify(o)] = o
	}
	for document := range strings.SplitSeq(strings.TrimPrefix(text, "---\n"), "\n---\n") {
		var o map[string]any
		if err := yaml.Unmarshal([]byte(document+"\n"), &o); err != nil {
			t.Fatal(err)
		}
		if o == nil { // only comments
			continue
		}
		group, _, _ := strings.Cut(o["apiVersion"].(string), "/")
		for key, value := range o {
			custom := key == "spec" && slices.Contains(customGroups, group)
			for _, d := range changes(key, value, stored[identify(o)][key], custom) {
				t.Errorf("%v: %s", identify(o), d)
			}
		}
	}
}

// customGroups are the API groups of custom resources in the chart.
var customGroups = []string{"monitoring.coreos.com", "gateway.networking.k8s.io", "autoscaling.k8s.io"}

// changes returns the paths at which a stored value differs from the wanted one. Maps of the stored value may have further keys, unless
// it must be exact.
func changes(path string, want, got any, exact bool) (found []string) {
	switch want := want.(type) {
	case map[string]any:
		got, _ := got.(map[string]any)
		for key, value := range want {
			found = append(found, changes(path+"."+key, value, got[key], exact)...)
		}
		for key, value := range got {
			if _, wanted := want[key]; exact && !wanted {
				found = append(found, fmt.Sprintf("%s.%s: the server adds %v", path, key, value))
			}
		}
	case []any:
		got, _ := got.([]any)
		if len(got) != len(want) {
			return []string{fmt.Sprintf("%s: %d elements, not %d", path, len(got), len(want))}
		}
		for i := range want {
			found = append(found, changes(fmt.Sprintf("%s[%d]", path, i), want[i], got[i], exact)...)
		}
	default:
		// A quantity can be a number in a file, and kustomize breaks the lines of base64.
		if strings.Join(strings.Fields(fmt.Sprint(want)), "") != strings.Join(strings.Fields(fmt.Sprint(got)), "") {
			found = append(found, fmt.Sprintf("%s: %v, not %v", path, got, want))
		}
	}
	return found
}
