package jsonscan

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// accepts reports whether the whole text is well formed.
func accepts(text []byte) bool {
	s := New(text)
	s.Skip()
	return s.Done()
}

func TestWellFormedTextIsAccepted(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for text, want := range map[string]bool{
		`{"a":[1,-2.5e+3,"\n",true,null]}`: true, ` {} `: true, `[]`: true, `-0`: true, `1E9`: true, `"é"`: true,
		`[NaN,Infinity,-Infinity]`: true,
		``:                         false, `{`: false, `{"a"}`: false, `{"a":}`: false, `{"a":1,}`: false, `{,}`: false, `[1,]`: false, `[1 2]`: false,
		`01`: false, `-`: false, `1.`: false, `.5`: false, `1e`: false, `+1`: false, `"`: false, "\"\x01\"": false, `"\x"`: false,
		`nul`: false, `-Inf`: false, `nan`: false, `{} {}`: false, `{a:1}`: false,
		nested(MaxDepth): true, nested(MaxDepth + 1): false,
	} {
		if got := accepts([]byte(text)); got != want {
			t.Errorf("%.60q: %t", text, got)
		}
	}
}

// TestValues reads an object and shows each value in the order of the text.
func TestValues(t *testing.T) {
	s := New([]byte(`{"text":"a\u00e9\"","number":-1.5,"yes":true,"no":false,"null":NaN,"huge":1e999,"list":[{}],"object":{"x":0}}`))
	got := map[string]any{}
	for more := s.Object(); more; more = s.More() {
		key := string(s.Key())
		switch s.Peek() {
		case String:
			text, _ := s.Text()
			got[key] = string(text)
		case Number:
			v, ok := s.Number()
			got[key] = []any{v, ok}
		case Bool:
			got[key], _ = s.Bool()
		default:
			got[key] = s.Peek()
			s.Skip()
		}
	}
	want := map[string]any{
		"text": `aé"`, "number": []any{-1.5, true}, "yes": true, "no": false, "null": Null, "huge": []any{math.Inf(1), false}, "list": Array, "object": Object,
	}
	if d := cmp.Diff(want, got); d != "" || !s.Done() {
		t.Error(s.Done(), d)
	}
}

func TestValuesOfAnotherKindAreSkipped(t *testing.T) {
	for _, text := range []string{`{"a":1}`, `[1]`, `"x"`, `1`, `true`, `null`, `NaN`} {
		for kind, read := range map[Kind]func(*Scanner) bool{
			Object: func(s *Scanner) bool { return s.Object() },
			String: func(s *Scanner) bool { _, ok := s.Text(); return ok },
			Number: func(s *Scanner) bool { _, ok := s.Number(); return ok },
			Bool:   func(s *Scanner) bool { _, ok := s.Bool(); return ok },
		} {
			s := New([]byte(text))
			same := s.Peek() == kind
			if got := read(&s); got != same {
				t.Errorf("%s read as kind %d: %t", text, kind, got)
			}
			if !same && !s.Done() {
				t.Errorf("%s read as kind %d is not skipped", text, kind)
			}
		}
	}
}

// FuzzScanner checks that the scanner accepts the same texts as encoding/json, but for Python's words for numbers.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e+3,"\n",true,null]}`, `[NaN]`, `01`, `"`, `{"a"}`, `[1,]`, "\"\x01\"", `-`, `1.`, `"\ud800"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		text := string(b)
		if strings.Contains(text, "NaN") || strings.Contains(text, "Infinity") || strings.Count(text, "{")+strings.Count(text, "[") >= MaxDepth {
			return
		}
		if got, want := accepts(b), json.Valid(b); got != want {
			t.Errorf("%q: the scanner says %v, encoding/json %v", b, got, want)
		}
	})
}

// response has the size and nesting of a usual response of the Plugin API.
var response = []byte(`{"Status": 200, "Result": {"JobStatus": {"State": "printing", "Lights": [{"Name": "chamber", "On": true}],
 "CurrentPrint": {"Progress": 47.53, "DurationSec": 5321, "TimeLeftSec": 5874, "FileName": "gearbox housing, left half.gcode",
 "CurrentLayer": 118, "TotalLayers": 254, "Temps": {"BedActual": 69.94, "BedTarget": 70.0, "HotendActual": NaN}}},
 "OctoEverywhereStatus": {"Gadget": {"LastScore": 9.2, "ScoreHistory": [9.2, 9.1, 9.4], "IsSuppressed": false}}, "PlatformVersion": "v0.13"}}`)

func TestScanningDoesNotAllocate(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		if !accepts(response) {
			t.Fatal("the text is not accepted")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSkip(b *testing.B) {
	b.SetBytes(int64(len(response)))
	b.ReportAllocs()
	for b.Loop() {
		if !accepts(response) {
			b.Fatal("the text is not accepted")
		}
	}
}
