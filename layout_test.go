package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestArrows keeps who may use whom: main → {config, collector, console, web, simulator} → probe → fault, main → {schedule,
// shard}, main → onboard → config: what is pasted becomes a configuration.
func TestArrows(t *testing.T) {
	const module = "octoeverywhere_exporter"
	may := map[string]string{
		"":          "collector config console fault onboard probe schedule shard simulator simulator/hostile web words",
		"fault":     "",
		"probe":     "fault",
		"schedule":  "",
		"shard":     "", // which printers are whose: nothing else decides it
		"collector": "probe fault",
		"config":    "probe",
		"console":   "probe fault words",
		"onboard":   "config probe",
		"web":       "probe fault words",
		"words":     "probe fault", // what page and terminal say alike
		"simulator": "fault simulator/certificate",
		"audit":     "fault simulator", // what was done to printers, against what was seen
		"deploy":    "",
		"golden":    "", // of tests alone
		"load":      "audit loopback simulator",
		"loopback":  "", // of tests and load
	}
	// and nothing from elsewhere; simulator/hostile writes HTTP/2 frame by frame, which the standard library does not show
	standard := map[string]bool{"fault": true, "schedule": true, "shard": true, "simulator": true, "simulator/certificate": true}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		place := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		name, _, _ := strings.Cut(place, "/")
		allowed, known := may[name]
		if !known {
			t.Errorf("package %s is in no place of the layout", path)
		}
		for i := range strings.FieldsSeq(imports) {
			if ours, ok := strings.CutPrefix(i, module+"/"); ok {
				if !strings.Contains(" "+allowed+" ", " "+ours+" ") {
					t.Errorf("%s uses %s", path, i)
				}
			} else if standard[place] && strings.Contains(i, ".") && !strings.HasPrefix(i, "vendor/") {
				t.Errorf("%s uses %s", path, i)
			}
		}
	}
}
