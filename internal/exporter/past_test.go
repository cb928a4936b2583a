package exporter

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/fleet"
)

// TestThePastHasNoGapsAndNoRepeats: the pages of a printer's past, part of which is in memory and all of which is stored, are what
// happened in three days with restarts and crashes.
func TestThePastHasNoGapsAndNoRepeats(t *testing.T) {
	dir, log := t.TempDir(), slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := store.Open(dir, log)
	if err != nil {
		t.Fatal(err)
	}
	address := probe.NewAddress(&url.URL{Scheme: "https", Host: "printer.example"})
	target := probe.Target{Name: "p", Interval: 10 * time.Minute, Timeout: time.Second, Address: address, Service: address}
	record := probe.Record{Number: 1, Identity: target.Identity(s.Key()), Status: new(probe.NewStatus(target))}
	all := func(yield func(probe.Record) bool) { yield(record) }

	r, codes := rand.New(rand.NewPCG(5, 6)), []int{0, 0, 786, 788, 750, 751}
	var changes, prints []string // the oldest first
	printing, last, start, began := false, -1, time.Time{}, time.Time{}
	now := time.Now().Truncate(time.Millisecond).Add(-3 * 24 * time.Hour)
	first := now
	for ; now.Before(time.Now().Add(-11 * time.Minute)); now = now.Add(10 * time.Minute) {
		code := codes[r.IntN(len(codes))]
		result := probe.Result{Request: probe.StatusRequest, Sent: now, Fault: fault.Fault{}}
		if code != 0 {
			result.Fault = fault.FromPlugin(code)
		} else {
			result.Reading = probe.Reading{State: probe.Printing}
			if printing && r.IntN(2) == 0 {
				result.Reading.State = probe.Complete
			}
		}
		if code != last {
			if last >= 0 {
				changes = append(changes, fmt.Sprint(began.UnixMilli(), " ", now.UnixMilli(), " ", last))
			}
			last, began = code, now
		}
		switch {
		case result.Reading.State == probe.Complete:
			prints, printing = append(prints, fmt.Sprint(start.UnixMilli(), " ", now.UnixMilli())), false
		case result.Reading.State == probe.Printing && !printing:
			start, printing = now, true
		}
		record.Status = new(record.Status.Next(result))
		if r.IntN(4) == 0 {
			s.Sync(now, all)
		}
		if r.IntN(20) == 0 { // a restart
			s.Close(now, all, nil)
			if s, err = store.Open(dir, log); err != nil {
				t.Fatal(err)
			}
			record = s.Load(now.Add(time.Second))[0]
			record.Status = new(record.Status.Reconfigured(target, false))
		}
	}
	changes = append(changes, fmt.Sprint(began.UnixMilli(), " in force ", last))
	f := fleet.New(fleet.Options{Key: s.Key()})
	f.Restore([]probe.Record{record})
	f.Replace([]probe.Target{target})
	t.Cleanup(func() { f.Close(); s.Close(time.Now(), all, nil) })

	periods, ended, err := newHistory(f, s).Past(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	var gotChanges, gotPrints []string
	for page := (api.Page{Since: first.Add(-time.Hour), Until: time.Now().Add(time.Hour), Limit: 7}); !page.Until.IsZero(); {
		h := api.HistoryOf(periods, ended, page, time.Now())
		for _, c := range h.Changes {
			end := " in force "
			if !c.Until.IsZero() {
				end = fmt.Sprint(" ", c.Until.UnixMilli(), " ")
			}
			gotChanges = append(gotChanges, fmt.Sprint(c.Since.UnixMilli(), end, cmp.Or(c.Code, "0")))
		}
		for _, p := range h.Prints {
			gotPrints = append(gotPrints, fmt.Sprint(p.Start.UnixMilli(), " ", p.End.UnixMilli()))
		}
		page.Until = h.Next
	}
	slices.Reverse(gotChanges)
	slices.Reverse(gotPrints)
	if d := diff.Diff(changes, gotChanges); d != "" || len(changes) < 300 {
		t.Errorf("%d changes: %s", len(changes), d)
	}
	if d := diff.Diff(prints, gotPrints); d != "" || len(prints) < 50 {
		t.Errorf("%d prints: %s", len(prints), d)
	}
}
