package probe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inResult returns a response with a state, a print, and more members of Result.
func inResult(state, job, more string) string {
	return `{"Status":200,"Result":{"JobStatus":{"State":` + state + `,"SubState":null,"Lights":[{"Name":"x","On":true}],"CurrentPrint":` +
		job + `}` + more + `}}`
}

// TestResponsesOfThePlugin has what was measured with the real plugin. None of it is a fault, and what is unknown or cannot be
// true is not decoded.
func TestResponsesOfThePlugin(t *testing.T) {
	type want struct {
		State    State
		Values   map[Field]float64
		Platform string
	}
	for name, c := range map[string]struct {
		body string
		want want
	}{
		"a print in progress": {
			inResult(`"printing"`, `{"Progress":42.5,"DurationSec":3600,"TimeLeftSec":4800,"FileName":"a \"b\"","CurrentLayer":62,"TotalLayers":145,
				"Temps":{"BedActual":60.1,"BedTarget":60.0,"HotendActual":219.8,"HotendTarget":220,"ChamberActual":38.2,"ChamberTarget":40.0}}`,
				`,"OctoEverywhereStatus":{"Gadget":{"LastScore":7.5,"ScoreHistory":[7.5],"TimeSinceLastScoreSec":35.2,"IsSuppressed":true}},"PlatformVersion":"1.0.0"`),
			want{Printing, map[Field]float64{
				Progress: 0.425, Duration: 3600, TimeLeft: 4800, Layer: 62, Layers: 145, BedActual: 60.1, BedTarget: 60,
				HotendActual: 219.8, HotendTarget: 220, ChamberActual: 38.2, ChamberTarget: 40, GadgetScore: 7.5, GadgetSuppressed: 1, gadgetScoreAge: 35.2,
			}, "1.0.0"},
		},
		"bare NaN and Infinity are null": {
			inResult(`"printing"`, `{"Progress":NaN,"DurationSec":Infinity,"TimeLeftSec":-Infinity,"Temps":{"BedActual":23.9,"HotendActual":NaN}}`, ``),
			want{Printing, map[Field]float64{BedActual: 23.9}, ""},
		},
		"numbers beyond their range": {
			inResult(`"printing"`, `{"Progress":100.1,"DurationSec":-5,"TimeLeftSec":-1,"CurrentLayer":-1,"TotalLayers":0,"Temps":{"BedActual":-5.5}}`, ``),
			want{Printing, map[Field]float64{BedActual: -5.5}, ""},
		},
		"numbers that are huge": {
			inResult(`"printing"`, `{"Progress":0,"DurationSec":1.8e9,"TimeLeftSec":1e400,"CurrentLayer":`+strings.Repeat("9", 400)+`}`, ``),
			want{Printing, map[Field]float64{Progress: 0}, ""},
		},
		"no score yet": {
			inResult(`"printing"`, `null`, `,"OctoEverywhereStatus":{"Gadget":{"LastScore":0.0,"ScoreHistory":[],"TimeSinceLastScoreSec":1795343200.17,"IsSuppressed":false}}`),
			want{Printing, map[Field]float64{}, ""},
		},
		"everything null": {
			inResult(`null`, `null`, `,"OctoEverywhereStatus":null,"PlatformVersion":null`),
			want{UnknownState, map[Field]float64{}, ""},
		},
		"temperatures null": {
			inResult(`"paused"`, `{"Progress":50,"Temps":null}`, ``),
			want{Paused, map[Field]float64{Progress: 0.5}, ""},
		},
		"no job at all": {`{"Status":200,"Result":{}}`, want{UnknownState, map[Field]float64{}, ""}},
		"a job of another type": {
			`{"Status":200,"Result":{"JobStatus":[1],"PlatformVersion":7}}`, want{UnknownState, map[Field]float64{}, ""},
		},
		"an unknown word for the state": {inResult(`"dancing"`, `{}`, ``), want{UnknownState, map[Field]float64{}, ""}},
		"the state is a number":         {inResult(`3`, `{}`, ``), want{UnknownState, map[Field]float64{}, ""}},
		"numbers of another type": {
			inResult(`"printing"`, `{"Progress":"42","DurationSec":true,"TimeLeftSec":[],"CurrentLayer":{},"TotalLayers":""}`, ``),
			want{Printing, map[Field]float64{}, ""},
		},
		"a key twice: the last one counts": {
			inResult(`"printing"`, `{"Progress":10,"Progress":20,"Temps":{"BedActual":5},"Temps":{"HotendActual":6}}`, ``),
			want{Printing, map[Field]float64{Progress: 0.2, HotendActual: 6}, ""},
		},
		"a platform version that is no label value": {
			inResult(`"idle"`, `{}`, `,"PlatformVersion":"a\u0000b\n\u202e `+strings.Repeat("x", 200)+`"`),
			want{Idle, map[Field]float64{}, "ab " + strings.Repeat("x", 97)},
		},
		"a platform version with invalid UTF-8": {
			inResult(`"idle"`, `{}`, `,"PlatformVersion":"a`+"\xff"+`b"`),
			want{Idle, map[Field]float64{}, "ab"},
		},
		"the same, with something else escaped": {
			inResult(`"idle"`, `{}`, `,"PlatformVersion":"\u0061`+"\xff"+`b\ud800"`),
			want{Idle, map[Field]float64{}, "ab"},
		},
		"a platform version that is cut within a character": {
			inResult(`"idle"`, `{}`, `,"PlatformVersion":"`+strings.Repeat("x", 99)+`é"`),
			want{Idle, map[Field]float64{}, strings.Repeat("x", 99)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, r := Judge(StatusRequest, attemptOf(200, c.body))
			if !f.None() {
				t.Fatalf("fault %s", f.Reason)
			}
			got := want{r.State, values(r), r.PlatformVersion()}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestStatesAreParsed(t *testing.T) {
	for _, s := range States {
		if parseState([]byte(s.String())) != s {
			t.Errorf("%d %q", s, s)
		}
	}
}
