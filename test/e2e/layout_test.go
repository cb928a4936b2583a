package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// TestArrows keeps which package of the product may import which. Packages below test/ may import anything.
func TestArrows(t *testing.T) {
	const module = "octoeverywhere_exporter"
	may := map[string]string{
		"":                               "internal/cli",
		"fault":                          "",
		"probe":                          "fault",
		"collector":                      "probe fault",
		"internal/api":                   "probe fault internal/view",
		"internal/cli":                   "collector internal/api internal/config internal/console fault internal/onboard probe internal/schedule internal/shard internal/simulator internal/web internal/view test/hostile",
		"internal/config":                "probe",
		"internal/console":               "probe fault internal/view",
		"internal/onboard":               "internal/config probe",
		"internal/schedule":              "",
		"internal/shard":                 "",
		"internal/simulator":             "fault internal/simulator/certificate",
		"internal/simulator/certificate": "",
		"internal/view":                  "probe fault",
		"internal/web":                   "probe fault internal/api internal/view",
		"deploy/release":                 "",
	}
	// and nothing from elsewhere; simulator/hostile writes HTTP/2 frame by frame, which the standard library does not show
	standard := map[string]bool{"fault": true, "internal/schedule": true, "internal/shard": true, "internal/simulator": true, "internal/simulator/certificate": true}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		place := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		if strings.HasPrefix(place, "test/") {
			continue // may import anything
		}
		allowed, known := may[place]
		if !known {
			t.Errorf("package %s is not in the layout", path)
		}
		for i := range strings.FieldsSeq(imports) {
			if ours, ok := strings.CutPrefix(i, module+"/"); ok {
				if !strings.Contains(" "+allowed+" ", " "+ours+" ") {
					t.Errorf("%s imports %s", path, i)
				}
			} else if standard[place] && strings.Contains(i, ".") && !strings.HasPrefix(i, "vendor/") {
				t.Errorf("%s imports %s", path, i)
			}
		}
	}
}
