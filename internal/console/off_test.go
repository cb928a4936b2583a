package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// switchedOff is a printer that was idle and is disconnected from its plugin.
func switchedOff() (*probe.Status, []probe.Result) {
	s, _ := probed("off", nil, http.StatusOK, `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`)
	f, _ := probe.Judge(probe.StatusRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: http.StatusOK, Body: []byte(`{"Status":785}`)})
	results := []probe.Result{{Request: probe.StatusRequest, Sent: now, Took: 150 * time.Millisecond, Fault: f}}
	after := s.After(results)
	return &after, results
}

// TestSwitchedOffIsNotRed, has a sign of its own, and is no fault.
func TestSwitchedOffIsNotRed(t *testing.T) {
	s, results := switchedOff()
	style := Style{Color: true}
	var b strings.Builder
	for _, err := range []error{
		style.Printer(&b, s, results, now), NewList(style, []string{"off"}).Line(&b, s, now), style.Summary(&b, []*probe.Status{s}, 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	got := b.String()
	for _, want := range []string{"○", "Off (785)", "probably switched off", "switched off (785)", "1 printer: ", "1 switched off"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %q", want)
		}
	}
	if red := "\x1b[" + bad + "m"; strings.Contains(strings.ReplaceAll(got, red+"0 with a fault", ""), red) || strings.Contains(got, "✗") {
		t.Errorf("something is red in\n%s", got)
	}
	var byLayer [fault.Printer + 1]int
	byLayer[fault.Plugin] = 1
	if got := (Style{}).totals(4, 2, byLayer, 0); got != "4 printers: 1 OK, 2 switched off, 1 with a fault (plugin 1)" {
		t.Error(got)
	}
}

// TestMessagesOfThePrinter: why it is paused, in its own words, and without a way to steer the terminal.
func TestMessagesOfThePrinter(t *testing.T) {
	s, results := probed("a", nil, http.StatusOK, `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":"\u001b[2JFilament runout","Error":"\u009b31mdoor\u202e open\r\nnow"}}}`)
	var b strings.Builder
	if err := (Style{}).Printer(&b, s, results, now); err != nil {
		t.Fatal(err)
	}
	if want := "\n  printer  paused\n  message  [2JFilament runout: 31mdoor open now\n"; !strings.Contains(b.String(), want) {
		t.Errorf("missing %q in\n%s", want, b.String())
	}
	if strings.ContainsAny(b.String(), "\x1b\u009b\u202e\r") {
		t.Errorf("a control character is in %q", b.String())
	}
}
