package simulator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func TestParseFault(t *testing.T) {
	for _, f := range append(Faults(), None, "300", "601", "699", "752", "999") {
		if got, err := ParseFault(string(f)); got != f || err != nil {
			t.Errorf("ParseFault(%q) = %q, %v", f, got, err)
		}
	}
	for _, text := range []string{"of", "OFF", "200", "299", "1000", "0601", "-601", "601 "} {
		if f, err := ParseFault(text); err == nil {
			t.Errorf("ParseFault(%q) = %q, want an error", text, f)
		}
	}
}

func TestEveryFaultHasADescriptionAndAnExpectation(t *testing.T) {
	healthy := map[Fault]bool{NaN: true, OldPlugin: true}
	for _, f := range Faults() {
		if f.Description() == "" {
			t.Errorf("%s has no description", f)
		}
		if got := f.Expected().None(); got != healthy[f] {
			t.Errorf("%s: expected fault %q", f, f.Expected().Reason)
		}
	}
}

func TestNumericFaultsUseTheTableOfFaults(t *testing.T) {
	for f, want := range map[Fault]fault.Fault{
		"404": fault.FromHTTP(404), "611": fault.FromHTTP(611), "752": fault.FromPlugin(752), "785": fault.FromPlugin(785),
	} {
		if diff := cmp.Diff(want, f.Expected()); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}

func TestParseLatency(t *testing.T) {
	for text, want := range map[string]Latency{
		"0":           {},
		"80ms":        {80 * time.Millisecond, 80 * time.Millisecond},
		"50ms-300ms":  {50 * time.Millisecond, 300 * time.Millisecond},
		"0-1s":        {0, time.Second},
		"1s - 1500ms": {time.Second, 1500 * time.Millisecond},
	} {
		var got Latency
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseLatency(want.String()); err != nil || again != want {
			t.Errorf("%q is %v, %v; want %v", want.String(), again, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	parsers := map[string]func(string) error{
		"latency":      func(s string) error { _, err := ParseLatency(s); return err },
		"fault ratios": func(s string) error { _, err := ParseFaultRatios(s); return err },
	}
	for _, c := range []struct{ parser, text, want string }{
		{"latency", "", `latency "": use a duration or a range, such as 80ms or 50ms-300ms`},
		{"latency", "80", `latency "80": use a duration or a range, such as 80ms or 50ms-300ms`},
		{"latency", "2s-1s", `latency "2s-1s": the second duration is shorter than the first`},
		{"fault ratios", "off", `fault ratio "off": use FAULT=RATIO, such as off=0.2`},
		{"fault ratios", "off=20", `fault ratio "off=20": the ratio must be from 0 to 1`},
		{"fault ratios", "off=NaN", `fault ratio "off=NaN": the ratio must be from 0 to 1`},
		{"fault ratios", "off=0.1,off=0.2", `fault ratio "off=0.2": off is given twice`},
		{"fault ratios", "off=0.7,offline=0.4", `fault ratios "off=0.7,offline=0.4": the sum 1.1 is more than 1`},
	} {
		if err := parsers[c.parser](c.text); err == nil || err.Error() != c.want {
			t.Errorf("%s %q:\n got %v\nwant %s", c.parser, c.text, err, c.want)
		}
	}
}

func TestParseFaultRatios(t *testing.T) {
	var got FaultRatios
	if err := got.UnmarshalText([]byte("off=0.2, offline=0.05,611=0.01")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(FaultRatios{Off: 0.2, Offline: 0.05, "611": 0.01}, got); diff != "" {
		t.Error(diff)
	}
	if text := got.String(); text != "611=0.01,off=0.2,offline=0.05" {
		t.Errorf("String() = %q", text)
	}
}
