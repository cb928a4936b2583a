package deploy

import (
	"slices"
	"strings"
	"testing"
)

const statePath = "/var/lib/octoeverywhere_exporter"

// TestStorageOfPods: the exporter is told the folder that the volume named state is mounted at, and the volume is an emptyDir with a
// limit, the chart's claim, the user's claim, or a claim per shard.
func TestStorageOfPods(t *testing.T) {
	for name, want := range map[string]struct{ kind, volume, claim string }{
		"default":            {"Deployment", "emptyDir.sizeLimit=2Gi", ""},
		"shards":             {"StatefulSet", "emptyDir.sizeLimit=2Gi", ""},
		"persistence":        {"Deployment", "persistentVolumeClaim.claimName=octoeverywhere-exporter-state", "octoeverywhere-exporter-state"},
		"existing-claim":     {"Deployment", "persistentVolumeClaim.claimName=octoeverywhere", ""},
		"persistence-shards": {"StatefulSet", "", "state"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rendered := render(t, "default", "-f", renderings(t)[name])
			w := findObject(t, rendered, want.kind, "")
			pod := valueAt[map[string]any](t, w.Spec, "template", "spec")
			container := valueAt[[]any](t, pod, "containers")[0].(map[string]any)
			if !slices.Contains(valueAt[[]any](t, container, "args"), any("--storage.path="+statePath)) {
				t.Error("no flag --storage.path=" + statePath)
			}
			if mount := named(t, container, "volumeMounts"); mount["mountPath"] != statePath {
				t.Errorf("the volume is mounted at %v", mount["mountPath"])
			}
			volume := named(t, pod, "volumes")
			source, rest, _ := strings.Cut(want.volume, ".")
			key, value, _ := strings.Cut(rest, "=")
			if want.volume == "" && volume != nil || want.volume != "" && valueAt[string](t, volume, source, key) != value {
				t.Errorf("the volume is %v, want %s", volume, want.volume)
			}
			claims := 0
			for _, o := range objects(t, rendered) {
				if o.Kind == "PersistentVolumeClaim" {
					claims++
				}
			}
			templates, _ := w.Spec["volumeClaimTemplates"].([]any)
			for _, c := range templates {
				if name := valueAt[string](t, c.(map[string]any), "metadata", "name"); name != want.claim {
					t.Errorf("the claim of a shard is %s", name)
				}
			}
			if n := claims + len(templates); n > 1 || n == 1 != (want.claim != "") {
				t.Errorf("%d claims", n)
			}
		})
	}
}

// named returns the element named state of a list, or nil.
func named(t *testing.T, in map[string]any, list string) map[string]any {
	t.Helper()
	for _, e := range valueAt[[]any](t, in, list) {
		if e := e.(map[string]any); e["name"] == "state" {
			return e
		}
	}
	return nil
}

// TestStoragePathIsTheSameEverywhere: the image, the Compose file and the pods keep the state in the same folder.
func TestStoragePathIsTheSameEverywhere(t *testing.T) {
	dockerfile := readFile(t, "Dockerfile")
	for _, line := range []string{"ENV OE_EXPORTER_STORAGE_PATH=" + statePath, "VOLUME " + statePath} {
		if !strings.Contains(dockerfile, "\n"+line+"\n") {
			t.Errorf("the Dockerfile has no line %s", line)
		}
	}
	if volumes := loadCompose(t).Services["exporter"].Volumes; !slices.Contains(volumes, "exporter:"+statePath) {
		t.Errorf("the Compose file does not mount %s: %v", statePath, volumes)
	}
}
