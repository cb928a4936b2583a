package main

import (
	"context"
	"time"
)

// memory is what a process had resident, in bytes, and how many descriptors, while it was watched.
type memory struct {
	sum, most   int64
	seen        int64
	descriptors int
}

func (m memory) mean() int64 { return m.sum / max(1, m.seen) }

// watchEvery is the distance between two looks.
const watchEvery = 250 * time.Millisecond

// watch watches a process for a while. When ctx ends earlier it gives what it has seen so far, and why.
func watch(ctx context.Context, pid int, d time.Duration) (m memory, err error) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		resident, err := residentOf(pid)
		if err != nil {
			return memory{}, err
		}
		open, err := descriptorsOf(pid)
		if err != nil {
			return memory{}, err
		}
		m.sum, m.most, m.seen = m.sum+resident, max(m.most, resident), m.seen+1
		m.descriptors = max(m.descriptors, open)
		if err := sleep(ctx, min(watchEvery, time.Until(end))); err != nil {
			return m, err
		}
	}
	return m, nil
}
