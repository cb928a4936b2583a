package probe

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func TestErrorStats(t *testing.T) {
	l := begin().status(601).status(785).ping(200).status(601).status(200).status(789).status(785)
	type row struct {
		Code  string
		Count uint64
	}
	show := func(l *life) (rows []row) {
		for _, m := range l.Errors {
			rows = append(rows, row{m.Code, m.Count})
		}
		return rows
	}
	if d := cmp.Diff([]row{{"601", 2}, {"785", 2}, {"789", 1}}, show(l)); d != "" {
		t.Errorf("the active fault is not the last: %s", d)
	}
	given := l.Errors
	want := fmt.Sprint(given)
	if l.status(601).status(785).status(602); fmt.Sprint(given) != want {
		t.Error("stats that were handed out have changed")
	}
}

// TestErrorStatsAreBounded: a server that sends a new number each time cannot fill memory.
func TestErrorStatsAreBounded(t *testing.T) {
	l := begin()
	for n := range 1000 {
		l.status(1000 + n)
	}
	l.status(601).status(601)
	if len(l.Errors) != maxCodes+2 {
		t.Errorf("%d entries", len(l.Errors))
	}
	last := l.Errors[len(l.Errors)-1]
	if last.Code != OtherCode || last.Count != 2 || last.Fault.Reason != "plugin_offline" {
		t.Errorf("the last is %+v", last)
	}
	if l.fold(StatusRequest, fault.NoAnswer); l.Errors[len(l.Errors)-1].Code != "" {
		t.Error("a fault without a number is counted as one with another")
	}
	if l.status(1003); l.Errors[len(l.Errors)-1].Code != "1003" {
		t.Error("a known number is counted as other")
	}
}
