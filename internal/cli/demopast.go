package cli

import (
	"log/slog"
	"slices"
	"time"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/internal/store"
	"octoeverywhere_exporter/probe"
)

// The past of the demo is probed less often than the present.
const (
	pastProbeInterval  = 10 * time.Minute
	pastSampleInterval = time.Minute
	pastLatency        = 120 * time.Millisecond
)

// writePast writes to the demo's storage what an exporter would have remembered of the simulated week before now, so that its
// histories are not empty. Responses are the simulator's, judged and remembered as those of the present.
func writePast(dir, configFile string, past *simulator.Relay, now time.Time, log *slog.Logger) error {
	loaded, _, err := config.Load(configFile)
	if err != nil {
		return err
	}
	st, err := store.Open(dir, log)
	if err != nil {
		return err
	}
	var targets []probe.Target
	var records []probe.Record
	for i, t := range loaded.Targets {
		if t.Disabled {
			continue
		}
		t.Interval = pastProbeInterval // also another entry than that of the present, which therefore is probed at once
		status := probe.NewStatus(t)
		targets = append(targets, t)
		records = append(records, probe.Record{Number: uint64(i + 1), Identity: t.Identity(st.Key()), Status: &status})
	}
	hours := probe.NewHours(int(simulator.DemoPastLength/time.Hour) + 1)
	for before := simulator.DemoPastLength; before >= 0; before -= pastSampleInterval {
		at := now.Add(-before)
		if before%pastProbeInterval == 0 {
			for i, t := range targets {
				status := records[i].Status.After(pastResults(past, t, at))
				records[i].Status = &status
			}
		}
		hours.Sample(at, func(yield func(*probe.Status) bool) {
			for _, r := range records {
				if !yield(r.Status) {
					return
				}
			}
		})
		if before%(24*time.Hour) == 0 { // no more than a day is kept in memory
			st.Sync(at, slices.Values(records))
		}
	}
	st.Close(now, slices.Values(records), hours.All)
	return nil
}

// pastResults returns the results of a probe in the past.
func pastResults(past *simulator.Relay, t probe.Target, at time.Time) []probe.Result {
	results := []probe.Result{pastResult(past, t, probe.StatusRequest, at)}
	if results[0].Attempt.ErrorKind == probe.TimedOut {
		results = append(results, pastResult(past, t, probe.PingRequest, at))
	}
	return results
}

func pastResult(past *simulator.Relay, t probe.Target, q probe.Request, at time.Time) probe.Result {
	r := past.ResponseAt(t.Name, q == probe.PingRequest, at)
	a := probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: r.HTTPStatus, Body: r.Body}
	switch {
	case r.TimedOut:
		a = probe.Attempt{Phase: probe.Waiting, ErrorKind: probe.TimedOut}
	case r.HTTPStatus == 0:
		a = probe.Attempt{Phase: probe.Connecting, ErrorKind: probe.ConnRefused}
	}
	return t.Result(q, at.Add(-pastLatency), pastLatency, a)
}
