package main

import (
	"context"
	"time"
)

// processUsage is the memory and the descriptors of a process while it was watched.
type processUsage struct {
	residentSum, maxResident int64
	samples                  int64
	descriptors              int
}

func (m processUsage) meanResident() int64 { return m.residentSum / max(1, m.samples) }

// watchInterval is the time between two samples.
const watchInterval = 250 * time.Millisecond

// watchProcess samples a process for d. If ctx ends earlier, it returns the samples so far and the cause.
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
