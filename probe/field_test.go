package probe

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

// TestFieldTableIsSound: rows are in the order of the constants, have a path of their own, and describe themselves fully.
func TestFieldTableIsSound(t *testing.T) {
	paths := map[string]bool{}
	for i, row := range fieldTable {
		if int(row.Field) != i+1 || row.Field.Info() != row {
			t.Errorf("row %d is that of field %d", i, row.Field)
		}
		path := row.request.String() + " " + row.path
		if row.request == 0 || row.path == "" || paths[path] {
			t.Errorf("field %d has no path of its own: %q", row.Field, path)
		}
		paths[path] = true
		if (row.Name == "") != (row.Label == "") || row.Unit == 0 || row.min > row.max {
			t.Errorf("field %d is incomplete: %+v", row.Field, row)
		}
		if row.TargetOf != 0 && (row.Sensor == "" || row.Sensor != row.TargetOf.Info().Sensor) {
			t.Errorf("field %d has another sensor than its measured temperature", row.Field)
		}
	}
	if len(fieldTable) != int(errorField) {
		t.Errorf("%d rows for %d fields", len(fieldTable), errorField)
	}
	if got := Field(0).Info(); got != (FieldInfo{}) {
		t.Errorf("the zero field is %+v", got)
	}
}

// TestANewFieldTouchesOnlyItsRow adds rows for numbers that the exporter does not use.
func TestANewFieldTouchesOnlyItsRow(t *testing.T) {
	const filament, second = LastConnection, LastDisconnection // have no value in a status response
	table := append(slices.Clone(fieldTable[:]),
		FieldInfo{Field: filament, Name: "filament_meters", Unit: UnitScore, request: StatusRequest, path: printPath + "EstTotalFilUsedMm", divisor: 1000, max: 100},
		FieldInfo{Field: second, Sensor: "second", TargetOf: filament, Unit: UnitBool, request: StatusRequest, path: "Result.New.Deep.Flag", max: 1},
	)
	paths := newPathTree(table, StatusRequest)
	for body, want := range map[string]map[Field]float64{
		`{"Status":200,"Result":{"JobStatus":{"CurrentPrint":{"EstTotalFilUsedMm":18342}},"New":{"Deep":{"Flag":true}}}}`: {filament: 18.342, second: 1},
		`{"Status":200,"Result":{"JobStatus":{"CurrentPrint":{"EstTotalFilUsedMm":1e9}},"New":{"Deep":{"Flag":7}}}}`:      {},
	} {
		r := decodePlugin([]byte(body), paths)
		if d := cmp.Diff(want, values(r.Reading)); d != "" || r.form != envelope {
			t.Errorf("%s: %s", body, d)
		}
	}
	if got, want := sensorsOf(table), append(Sensors(), Sensor{"second", filament, second}); !slices.Equal(got, want) {
		t.Errorf("sensors are %v", got)
	}
}

// TestTheLastOfEqualKeysCounts, at every level.
func TestTheLastOfEqualKeysCounts(t *testing.T) {
	for result, want := range map[string]map[Field]float64{
		`"JobStatus":{"CurrentPrint":{"Progress":1,"Temps":{"BedActual":2}}},"JobStatus":{"CurrentPrint":{"DurationSec":3}}`: {Duration: 3},
		`"JobStatus":{"CurrentPrint":{"Progress":1},"CurrentPrint":null}`:                                                    {},
		`"JobStatus":{"CurrentPrint":{"Progress":10,"Progress":"x"}}`:                                                        {},
		`"JobStatus":{"State":"idle","State":3},"PlatformVersion":"a","PlatformVersion":3`:                                   {},
	} {
		_, r := Judge(StatusRequest, attemptOf(200, `{"Status":200,"Result":{`+result+`}}`))
		if d := cmp.Diff(want, values(r)); d != "" || r.State != UnknownState || r.PlatformVersion() != "" {
			t.Errorf("%s: %s %s", result, r.State, d)
		}
	}
}

// TestNumbers: those of a print only while there is one, and none while the host layer is not up.
func TestNumbers(t *testing.T) {
	const body = `{"Status":200,"Result":{"JobStatus":{"State":"STATE","CurrentPrint":{"Progress":50,"Temps":{"BedActual":60,"HotendActual":200}}}}}`
	after := func(state string) *life {
		f, r := Judge(StatusRequest, attemptOf(200, strings.Replace(body, "STATE", state, 1)))
		return withInfo().foldReading(StatusRequest, f, r)
	}
	late := after("printing")
	late.now = late.now.Add(time.Hour)
	for name, c := range map[string]struct {
		life *life
		want []string
	}{
		"printing":     {after("printing"), []string{"print_progress_ratio", "hotend_celsius", "bed_celsius"}},
		"idle":         {after("idle"), []string{"hotend_celsius", "bed_celsius"}},
		"lost":         {after("printing").status(785), nil},
		"old evidence": {late, nil},
		"never probed": {begin(), nil},
	} {
		var got []string
		for row, v := range c.life.Numbers(c.life.now) {
			got = append(got, row.Name)
			if same, known := c.life.Number(row.Field, c.life.now); !known || same != v {
				t.Errorf("%s: %s is %v, and %v, %t", name, row.Name, v, same, known)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	informed := after("idle")
	if _, known := informed.Number(ConnectionOnline, informed.now); known {
		t.Error("the connection is known before info")
	}
	informed.foldReading(InfoRequest, fault.Fault{}, readingOf(t, `{"IsOnline":false}`))
	if v, known := informed.Number(ConnectionOnline, informed.now); !known || v != 0 {
		t.Errorf("the connection is %v, %t", v, known)
	}
}

func readingOf(t *testing.T, info string) Reading {
	t.Helper()
	f, r := Judge(InfoRequest, attemptOf(200, info))
	if !f.None() {
		t.Fatal(f.Reason)
	}
	return r
}
