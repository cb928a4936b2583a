package exporter

import (
	"context"
	"errors"
	"testing"

	"octoeverywhere_exporter/probe"
)

func TestPastOfAPrinter(t *testing.T) {
	e := simulated(t, 1, Options{})
	name := e.fleet.Entries()[0].Target.Name
	periods, _, err := e.history.Past(t.Context(), name)
	if err != nil || len(periods) != 1 || periods[0].Unknown {
		t.Errorf("after one probe: %+v %v", periods, err)
	}
	if _, _, err := e.history.Past(t.Context(), "nothing"); !errors.Is(err, probe.ErrNoSuchPrinter) {
		t.Errorf("of a printer that does not exist: %v", err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := e.history.Past(canceled, name); !errors.Is(err, context.Canceled) {
		t.Errorf("for a client that is gone: %v", err)
	}
}
