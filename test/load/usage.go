package main

import (
	"context"
	"time"
)

// memory is what a process had resident, in bytes, and how many descriptors, while it was watched.
type processUsage struct {
	residentSum, maxResident int64
	samples                  int64
	descriptors              int
}

func (m processUsage) meanResident() int64 { return m.residentSum / max(1, m.samples) }

// watchEvery is the distance between two looks.
const watchInterval = 250 * time.Millisecond

// watch watches a process for a while. When ctx ends earlier it gives what it has seen so far, and why.
func watchProcess(ctx context.Context, pid int, d time.Duration) (m processUsage, err error) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		resident, err := readResident(pid)
		if err != nil {
			return processUsage{}, err
		}
		open, err := countDescriptors(pid)
		if err != nil {
			return processUsage{}, err
		}
		m.residentSum, m.maxResident, m.samples = m.residentSum+resident, max(m.maxResident, resident), m.samples+1
		m.descriptors = max(m.descriptors, open)
		if err := sleepContext(ctx, min(watchInterval, time.Until(end))); err != nil {
			return m, err
		}
	}
	return m, nil
}
