package fleet

import (
	"errors"
	"net/http"
	"testing"

	"octoeverywhere_exporter/probe"
)

// TestAcknowledge: a lost print is acknowledged once, and stays so in later probes and after a reload.
func TestAcknowledge(t *testing.T) {
	code, body := 200, `{"Status":200,"Result":{"JobStatus":{"State":"printing"}}}`
	f := newFleet(t, func(*http.Request) (int, string) { return code, body }, "a")
	probeNow := func() {
		t.Helper()
		if _, _, err := f.ProbeNow(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	probeNow()
	if err := f.Acknowledge("a"); !errors.Is(err, probe.ErrNotLost) {
		t.Errorf("a print that goes on: %v", err)
	}
	code, body = 601, ""
	probeNow()
	if !statusOf(t, f, "a").LostDuringPrint() {
		t.Fatal("the print is not lost")
	}
	if err := f.Acknowledge("a"); err != nil {
		t.Error(err)
	}
	probeNow()
	f.Replace(withNewCredentials("a"))
	if s := statusOf(t, f, "a"); s.LostDuringPrint() || s.Print.Ended[probe.PrintUnknown] != 1 {
		t.Errorf("afterwards: %+v", s.Print)
	}
	for name, want := range map[string]error{"a": probe.ErrNotLost, "b": probe.ErrNoSuchPrinter} {
		if err := f.Acknowledge(name); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
