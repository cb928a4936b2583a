package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAnalyzeTiming(t *testing.T) {
	const interval = 15 * time.Second
	from := time.Unix(1_800_000_000, 0)
	at := func(seconds ...float64) printerCounts {
		v := printerCounts{Requests: len(seconds), Status: len(seconds)}
		for _, s := range seconds {
			v.Last = append(v.Last, from.Add(time.Duration(s*float64(time.Second))))
		}
		return v
	}
	forgotten := at(70, 85, 100)
	forgotten.Requests, forgotten.Status = 8, 8
	pinged := at(1, 2)
	pinged.Status = 1
	for name, c := range map[string]struct {
		visits printerCounts
		until  float64
		want   probeTiming
	}{
		"punctual":                           {at(1, 16, 31), 45, probeTiming{jitter: []time.Duration{0, 0}}},
		"early and late":                     {at(1, 16.25, 31), 45, probeTiming{jitter: []time.Duration{250 * time.Millisecond, 250 * time.Millisecond}}},
		"late at the edges of the window":    {at(15.5, 30.5), 45.7, probeTiming{jitter: []time.Duration{0}}},
		"one missed":                         {at(1, 31), 45, probeTiming{jitter: []time.Duration{interval}, missed: 1}},
		"missed at the start and the end":    {at(17), 45, probeTiming{missed: 2}},
		"no request":                         {at(), 45, probeTiming{missed: 2}},
		"the relay keeps only the last ones": {forgotten, 105, probeTiming{jitter: []time.Duration{0, 0}}},
		"another request":                    {pinged, 45, probeTiming{}},
		"a request after the end":            {at(1, 16, 31, 46), 45, probeTiming{jitter: []time.Duration{0, 0, 0}}},
	} {
		end := from.Add(time.Duration(c.until * float64(time.Second)))
		got := analyzeTiming(map[string]printerCounts{"a": c.visits}, from, end, interval)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(probeTiming{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestP99(t *testing.T) {
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(i+1))
	}
	got := []time.Duration{p99(nil), p99(hundred[:1]), p99(hundred[:99]), p99(hundred), p99(append(hundred, 101))}
	if diff := cmp.Diff([]time.Duration{0, 1, 99, 99, 100}, got); diff != "" {
		t.Error(diff)
	}
}
