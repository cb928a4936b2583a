package view

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

func printerWithStatus(name string, httpStatus int) *probe.Status {
	r := probe.Result{Request: probe.StatusRequest, Attempt: probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: httpStatus}}
	r.Fault, r.Reading = probe.Judge(r.Request, r.Attempt)
	s := probe.NewStatus(probe.Target{Name: name, Interval: time.Minute}).Next(r)
	return &s
}

// TestCausesOf: nearest layer first, the most frequent of a layer first; faults that differ only in their code are one cause.
func TestCausesOf(t *testing.T) {
	var printers []*probe.Status
	for i, status := range []int{601, 699, 698, 601, http.StatusOK, 606, 699, 600} {
		printers = append(printers, printerWithStatus(fmt.Sprint(i), status))
	}
	unprobed := probe.NewStatus(probe.Target{Name: "new"})
	var got []string
	for _, c := range CausesOf(append(printers, &unprobed)) {
		got = append(got, fmt.Sprint(c.Fault.Layer, " ", c.Title(), " ", c.Printers))
	}
	want := []string{
		"service unlisted service code (698, 699) [1 2 6]",
		"service not the api [4]",
		"service service error (600) [7]",
		"access credentials invalid (606) [5]",
		"plugin plugin offline (601) [0 3]",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	c := Cause{Fault: fault.Fault{Reason: "a_b"}}
	for i := range maxCodes + 1 {
		c.Codes = append(c.Codes, fmt.Sprint(700+i))
	}
	if got, want := c.CodeList(), "700, 701, 702, 703, 704, 705, 706, 707, 708, 709, …"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}
