package probe

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbersOf decodes a print and temperatures, given as members of their objects.
func numbersOf(t *testing.T, job, temps string) map[Field]float64 {
	t.Helper()
	if job != "" {
		job += ","
	}
	f, r := Judge(StatusRequest, attemptOf(200, inResult(`"printing"`, "{"+job+`"Temps":{`+temps+"}}", "")))
	if !f.None() {
		t.Fatalf("%s %s: %s", job, temps, f.Reason)
	}
	return values(r)
}

func TestTemperatures(t *testing.T) {
	type known = map[Field]float64
	for temps, want := range map[string]known{
		`"BedActual":61.5,"BedTarget":60`:        {BedActual: 61.5, BedTarget: 60},
		`"BedActual":21,"BedTarget":0`:           {BedActual: 21, BedTarget: 0}, // off
		`"BedActual":-3,"BedTarget":0.0`:         {BedActual: -3, BedTarget: 0}, // in a cold room
		`"BedActual":0.01,"BedTarget":5`:         {BedActual: 0.01, BedTarget: 5},
		`"BedActual":0,"BedTarget":0`:            {}, // no sensor
		`"BedActual":0.0,"BedTarget":60`:         {},
		`"BedActual":-0.0,"BedTarget":60`:        {},
		`"BedActual":null,"BedTarget":60`:        {},
		`"BedActual":NaN,"BedTarget":60`:         {},
		`"BedActual":"21","BedTarget":60`:        {},
		`"BedTarget":60`:                         {},
		`"BedTarget":60,"BedActual":40`:          {BedActual: 40, BedTarget: 60},
		`"BedActual":40`:                         {BedActual: 40},
		`"BedActual":40,"BedTarget":null`:        {BedActual: 40},
		`"BedActual":40,"BedTarget":-1`:          {BedActual: 40},
		`"BedActual":40,"BedTarget":65535`:       {BedActual: 40},
		`"BedActual":1000.5,"BedTarget":60`:      {BedTarget: 60}, // one absurd number drops itself
		`"BedActual":-274,"BedTarget":60`:        {BedTarget: 60},
		`"BedActual":3e9,"BedTarget":3e9`:        {},
		`"BedActual":1e3,"BedTarget":1000`:       {BedActual: 1000, BedTarget: 1000},
		`"BedActual":3e9,"BedActual":null`:       {}, // the last one counts
		`"HotendActual":0,"HotendTarget":210`:    {},
		`"ChamberActual":0,"ChamberTarget":45`:   {},
		`"ChamberActual":33,"ChamberTarget":0`:   {ChamberActual: 33, ChamberTarget: 0},
		`"ChamberActual":4e6,"ChamberTarget":0`:  {ChamberTarget: 0},
		`"ChamberActual":4e6,"HotendActual":205`: {HotendActual: 205},
	} {
		if d := cmp.Diff(want, numbersOf(t, "", temps)); d != "" {
			t.Errorf("%s: %s", temps, d)
		}
	}
}

func TestNumbersOfAPrint(t *testing.T) {
	type known = map[Field]float64
	for job, want := range map[string]known{
		`"CurrentLayer":7,"TotalLayers":90`:        {Layer: 7, Layers: 90},
		`"CurrentLayer":90,"TotalLayers":90`:       {Layer: 90, Layers: 90},
		`"CurrentLayer":0,"TotalLayers":90`:        {Layer: 0, Layers: 90}, // before the first layer
		`"CurrentLayer":7`:                         {Layer: 7},
		`"CurrentLayer":7,"TotalLayers":null`:      {Layer: 7},
		`"CurrentLayer":7,"TotalLayers":0`:         {Layer: 7},
		`"CurrentLayer":7,"TotalLayers":-1`:        {Layer: 7},
		`"CurrentLayer":7,"TotalLayers":1e12`:      {Layer: 7},
		`"CurrentLayer":0,"TotalLayers":-1`:        {},
		`"CurrentLayer":0,"TotalLayers":0`:         {}, // layers are not counted
		`"CurrentLayer":0`:                         {},
		`"CurrentLayer":91,"TotalLayers":90`:       {Layers: 90},
		`"CurrentLayer":-1,"TotalLayers":90`:       {Layers: 90},
		`"CurrentLayer":1e9,"TotalLayers":90`:      {Layers: 90},
		`"CurrentLayer":7.5,"TotalLayers":90`:      {Layers: 90},
		`"CurrentLayer":null,"TotalLayers":90`:     {Layers: 90},
		`"CurrentLayer":7.0,"TotalLayers":9e1`:     {Layer: 7, Layers: 90},
		`"TotalLayers":90,"CurrentLayer":Infinity`: {Layers: 90},

		`"TimeLeftSec":900,"Progress":40`:   {TimeLeft: 900, Progress: 0.4},
		`"TimeLeftSec":0,"Progress":40`:     {Progress: 0.4}, // cannot be estimated
		`"TimeLeftSec":0,"Progress":99.5`:   {Progress: 0.995},
		`"TimeLeftSec":0,"Progress":0`:      {Progress: 0},
		`"TimeLeftSec":0`:                   {},
		`"TimeLeftSec":0,"Progress":100`:    {TimeLeft: 0, Progress: 1},
		`"TimeLeftSec":0.0,"Progress":1e2`:  {TimeLeft: 0, Progress: 1},
		`"TimeLeftSec":-1,"Progress":40`:    {Progress: 0.4},
		`"TimeLeftSec":-1,"Progress":100`:   {Progress: 1},
		`"TimeLeftSec":4e7,"Progress":40`:   {Progress: 0.4},
		`"TimeLeftSec":900,"Progress":101`:  {TimeLeft: 900},
		`"TimeLeftSec":900,"Progress":-0.5`: {TimeLeft: 900},
		`"TimeLeftSec":900,"Progress":NaN`:  {TimeLeft: 900},

		`"DurationSec":60,"Progress":40`:         {Duration: 60, Progress: 0.4},
		`"DurationSec":0,"Progress":0`:           {Duration: 0, Progress: 0},
		`"DurationSec":0`:                        {Duration: 0},
		`"DurationSec":0,"Progress":40`:          {Progress: 0.4}, // the plugin was restarted
		`"DurationSec":-60,"Progress":40`:        {Progress: 0.4},
		`"DurationSec":1.8e9,"Progress":40`:      {Progress: 0.4},
		`"DurationSec":"60","TimeLeftSec":"900"`: {},
	} {
		if d := cmp.Diff(want, numbersOf(t, job, "")); d != "" {
			t.Errorf("%s: %s", job, d)
		}
	}
}

// TestZeroHasNoSign: -0 would be shown as such.
func TestZeroHasNoSign(t *testing.T) {
	for field, v := range numbersOf(t, `"Progress":-0.0,"DurationSec":-0,"CurrentLayer":-0e1,"TotalLayers":9`, `"BedActual":5,"BedTarget":-0.0`) {
		if math.Signbit(v) {
			t.Errorf("field %d is %v", field, v)
		}
	}
}

// TestOneAbsurdNumberDropsItselfAlone tries each number in a response in which all others are good.
func TestOneAbsurdNumberDropsItselfAlone(t *testing.T) {
	body := func(replaced Field, by string) string {
		number := func(f Field, v float64) string {
			if f == replaced {
				return by
			}
			return fmt.Sprint(v)
		}
		return `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":` + number(Progress, 30) +
			`,"DurationSec":` + number(Duration, 300) + `,"TimeLeftSec":` + number(TimeLeft, 700) +
			`,"CurrentLayer":` + number(Layer, 5) + `,"TotalLayers":` + number(Layers, 20) +
			`,"Temps":{"BedActual":` + number(BedActual, 50) + `,"BedTarget":` + number(BedTarget, 55) +
			`,"HotendActual":` + number(HotendActual, 200) + `,"HotendTarget":` + number(HotendTarget, 205) +
			`,"ChamberActual":` + number(ChamberActual, 30) + `,"ChamberTarget":` + number(ChamberTarget, 35) +
			`}}},"OctoEverywhereStatus":{"Gadget":{"LastScore":` + number(GadgetScore, 4) + `,"TimeSinceLastScoreSec":` + number(gadgetScoreAge, 9) +
			`,"IsSuppressed":false,"TimeSinceLastPauseSec":` + number(gadgetPauseAge, 60) + `,"TimeSinceLastWarnSec":` + number(gadgetWarningAge, 70) + `}}}}`
	}
	numbers := func(body string) map[Field]float64 {
		_, r := Judge(StatusRequest, attemptOf(200, body))
		return values(r)
	}
	all := numbers(body(0, ""))
	if len(all) != 16 {
		t.Fatalf("%d numbers: %v", len(all), all)
	}
	for field := range all {
		for _, absurd := range []string{"-1000", "1e18", "-1e300", "1e999", strings.Repeat("9", 40)} {
			if absurd == "1e999" && field.row().TargetOf == 0 && field.row().Sensor != "" {
				continue // float64 cannot hold it: as if it was not a number, which a sensor that is absent has
			}
			if field == GadgetSuppressed {
				continue // is no number
			}
			want := map[Field]float64{}
			for f, v := range all {
				if f != field && f.row().requires != field {
					want[f] = v
				}
			}
			if d := cmp.Diff(want, numbers(body(field, absurd))); d != "" {
				t.Errorf("field %d is %s: %s", field, absurd, d)
			}
		}
	}
}
