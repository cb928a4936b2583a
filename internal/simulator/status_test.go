package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fieldTypes lists the fields of a JSON value with their types, one per line. Numbers are int or float by how they are
// written, because plugins differ in that.
func fieldTypes(prefix string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var lines []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			lines = append(lines, fieldTypes(prefix+"."+key, v[key])...)
		}
		return lines
	case []any:
		return []string{fmt.Sprintf("%s list of %d", prefix, len(v))}
	case json.Number:
		if strings.Contains(v.String(), ".") {
			return []string{prefix + " float"}
		}
		return []string{prefix + " int"}
	case nil:
		return []string{prefix + " null"}
	}
	return []string{fmt.Sprintf("%s %T", prefix, v)}
}

func decoded(t *testing.T, body string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

// printerOfModel returns a printer of a model.
func printerOfModel(prefix string, s spec) *printer {
	s.name, s.model = prefix+"-01", modelByPrefix(prefix)
	if s.cycle == (printCycle{}) && s.cycleOffset > 0 {
		s.cycle = printCycle{warmup: time.Minute, printing: time.Hour, idle: 10 * time.Minute}
	}
	return newRelay(5, "", Latency{}, []spec{s}).printers[0]
}

func bodyOf(p *printer, body bodyVariant, after time.Duration) string {
	now := p.createdAt.Add(after)
	return string(appendStatus(nil, p, p.job(now), body, now))
}

const midPrintOffset = 25 * time.Minute // of a print

// TestStatusFieldsPerPlatform compares the fields below Result.JobStatus, in which platforms differ.
func TestStatusFieldsPerPlatform(t *testing.T) {
	for name, x := range map[string]struct {
		printer *printer
		body    bodyVariant
		want    string
	}{
		"octoprint prints": {printer: printerOfModel("ender", spec{cycleOffset: midPrintOffset}), want: `
			.CurrentPrint.CurrentLayer null
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress float
			.CurrentPrint.Temps.BedActual float
			.CurrentPrint.Temps.BedTarget float
			.CurrentPrint.Temps.ChamberActual float
			.CurrentPrint.Temps.ChamberTarget float
			.CurrentPrint.Temps.HotendActual float
			.CurrentPrint.Temps.HotendTarget float
			.CurrentPrint.TimeLeftSec int
			.CurrentPrint.TotalLayers null
			.Error null
			.State string`},
		"moonraker prints": {printer: printerOfModel("voron", spec{cycleOffset: midPrintOffset}), want: `
			.CurrentPrint.CurrentLayer int
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress float
			.CurrentPrint.Temps.BedActual float
			.CurrentPrint.Temps.BedTarget float
			.CurrentPrint.Temps.ChamberActual float
			.CurrentPrint.Temps.ChamberTarget float
			.CurrentPrint.Temps.HotendActual float
			.CurrentPrint.Temps.HotendTarget float
			.CurrentPrint.TimeLeftSec int
			.CurrentPrint.TotalLayers int
			.Error null
			.Lights null
			.State string
			.SubState null`},
		"moonraker with an old plugin": {printer: printerOfModel("voron", spec{oldPlugin: true}), want: `
			.CurrentPrint.CurrentLayer null
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress float
			.CurrentPrint.Temps.BedActual float
			.CurrentPrint.Temps.BedTarget float
			.CurrentPrint.Temps.HotendActual float
			.CurrentPrint.Temps.HotendTarget float
			.CurrentPrint.TimeLeftSec int
			.CurrentPrint.TotalLayers null
			.Error null
			.State string`},
		"bambu without a chamber sensor": {printer: printerOfModel("p1s", spec{cycleOffset: midPrintOffset}), want: `
			.CurrentPrint.CurrentLayer int
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress float
			.CurrentPrint.Temps.BedActual float
			.CurrentPrint.Temps.BedTarget float
			.CurrentPrint.Temps.HotendActual float
			.CurrentPrint.Temps.HotendTarget float
			.CurrentPrint.TimeLeftSec int
			.CurrentPrint.TotalLayers int
			.Error null
			.Lights list of 1
			.State string
			.SubState null`},
		"prusalink in error": {printer: printerOfModel("mk4", spec{}), body: printerErrorBody, want: `
			.CurrentPrint.CurrentLayer null
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.EstTotalFilWeightMg int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress float
			.CurrentPrint.Temps.BedActual float
			.CurrentPrint.Temps.BedTarget float
			.CurrentPrint.Temps.HotendActual float
			.CurrentPrint.Temps.HotendTarget float
			.CurrentPrint.TimeLeftSec null
			.CurrentPrint.TotalLayers null
			.Error string
			.Lights null
			.State string
			.SubState string`},
		"elegoo writes whole numbers": {printer: printerOfModel("cc", spec{cycleOffset: midPrintOffset}), want: `
			.CurrentPrint.CurrentLayer int
			.CurrentPrint.DurationSec int
			.CurrentPrint.EstTotalFilUsedMm int
			.CurrentPrint.EstTotalFilWeightMg int
			.CurrentPrint.FileName string
			.CurrentPrint.Progress int
			.CurrentPrint.Temps.BedActual int
			.CurrentPrint.Temps.BedTarget int
			.CurrentPrint.Temps.ChamberActual int
			.CurrentPrint.Temps.ChamberTarget int
			.CurrentPrint.Temps.HotendActual int
			.CurrentPrint.Temps.HotendTarget int
			.CurrentPrint.TimeLeftSec int
			.CurrentPrint.TotalLayers int
			.Error null
			.Lights list of 1
			.State string
			.SubState null`},
	} {
		result := decoded(t, bodyOf(x.printer, x.body, 0))["Result"].(map[string]any)
		got := "\n" + strings.Join(fieldTypes("", result["JobStatus"]), "\n")
		if diff := cmp.Diff(strings.ReplaceAll(x.want, "\t", ""), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestStatusBytes compares a whole response byte for byte.
func TestStatusBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := printerOfModel("k1", spec{})
		want := `{"Status": 200, "Result": {"JobStatus": {"State": "idle", "SubState": null, "Error": null, "Lights": null, ` +
			`"CurrentPrint": {"Progress": 0.0, "DurationSec": 0, "TimeLeftSec": 0, "FileName": "", "EstTotalFilUsedMm": 0, ` +
			`"CurrentLayer": null, "TotalLayers": null, "Temps": {"BedActual": BED, "BedTarget": 0.0, "HotendActual": HOTEND, ` +
			`"HotendTarget": 0.0, "ChamberActual": 0.0, "ChamberTarget": 0.0}}}, "OctoEverywhereStatus": ` +
			`{"MostRecentPrintIdStr": null, "PrintStartTimeSec": 0.0, "Gadget": {"LastScore": 0.0, "ScoreHistory": [], ` +
			`"TimeSinceLastScoreSec": 946684800.0, "IntervalSec": 30.0, "IsSuppressed": false, "TimeSinceLastWarnSec": null, ` +
			`"TimeSinceLastPauseSec": null}}, "PlatformVersion": "v0.8.0-38", "Features": 63, "ListWebcams": {"Webcams": ` +
			`[{"Name": "Cam", "FlipH": false, "FlipV": false, "Rotation": 0, "Enabled": true}], "DefaultIndex": 0}}}`
		now := p.temperatures(p.job(p.createdAt), filaments[0], p.createdAt)
		w := func(x float64) string { n := jsonWriter{}; n.number(x, 2); return string(n.b) }
		want = strings.NewReplacer("BED", w(now.bed), "HOTEND", w(now.hotend)).Replace(want)
		if diff := cmp.Diff(want, bodyOf(p, normalBody, 0)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStatusIsValidJSONInEveryState(t *testing.T) {
	states := map[string]bool{}
	for i := range models {
		p := printerOfModel(models[i].prefix, spec{cycle: printCycle{warmup: time.Minute, printing: 9 * time.Minute, idle: 6 * time.Minute}})
		for after := time.Duration(0); after < 6*time.Hour; after += 37 * time.Second {
			job := decoded(t, bodyOf(p, normalBody, after))["Result"].(map[string]any)["JobStatus"].(map[string]any)
			states[job["State"].(string)] = true
		}
	}
	want := []string{"cancelled", "complete", "idle", "paused", "printing", "resuming", "warmingup"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(states))); diff != "" {
		t.Errorf("states: %s", diff)
	}
}

func TestNaNIsWrittenBare(t *testing.T) {
	body := bodyOf(printerOfModel("voron", spec{cycleOffset: midPrintOffset}), nanBody, 0)
	if !strings.Contains(body, `"EstTotalFilUsedMm": -1, `) || !strings.Contains(body, `"HotendActual": NaN, `) {
		t.Errorf("no bare NaN in %s", body)
	}
}

func TestLooseSensorIsSometimesNaN(t *testing.T) {
	p := printerOfModel("trident", spec{cycleOffset: midPrintOffset, looseSensor: true})
	lost := 0
	for after := time.Duration(0); after < time.Hour; after += 30 * time.Second {
		if strings.Contains(bodyOf(p, normalBody, after), `"ChamberActual": NaN, `) {
			lost++
		}
	}
	if lost == 0 || lost > 40 {
		t.Errorf("NaN in %d of 120 responses, want some", lost)
	}
}
