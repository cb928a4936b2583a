// Package shard says which of several exporters probes a printer. It follows from the printer's name alone, so that
// exporters that read the same configuration agree without speaking to each other.
package shard

import (
	"fmt"
	"hash/fnv"
)

// Shard is one of Total exporters that share the printers among themselves. The zero value stands for one that has all
// of them.
type Shard struct{ Index, Total int }

// New refuses what cannot be: an index that is not one of 0 to total-1.
func New(index, total int) (Shard, error) {
	switch {
	case total < 1:
		return Shard{}, fmt.Errorf("--shard.total: %d is no number of exporters: write how many share the printers, 1 where it is this one alone", total)
	case total == 1 && index > 0:
		return Shard{}, fmt.Errorf("--shard.index: %d needs --shard.total: write how many exporters share the printers", index)
	case index < 0 || index >= total:
		return Shard{}, fmt.Errorf("--shard.index: %d is none of the %d that --shard.total=%d makes: write one of 0 to %d, another one for each exporter",
			index, total, total, total-1)
	}
	return Shard{index, total}, nil
}

// Alone reports whether there is no other exporter to share the printers with.
func (s Shard) Alone() bool { return s.Total <= 1 }

// Has reports whether this exporter is the one that probes the printer of that name.
func (s Shard) Has(name string) bool { return s.Of(name).Index == s.Index }

// Of gives the exporter that probes the printer of that name.
func (s Shard) Of(name string) Shard {
	if s.Alone() {
		return s
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // it never fails
	return Shard{jump(h.Sum64(), s.Total), s.Total}
}

// String counts from 1, as people do, and names the index, as flags and labels do: "shard 2 of 3 (index 1)".
func (s Shard) String() string {
	return fmt.Sprintf("shard %d of %d (index %d)", s.Index+1, max(1, s.Total), s.Index)
}

// jump is the jump consistent hash of a key among buckets: each has an equal share of the keys, and of n+1 buckets the
// last one has its keys from all others, which keep the rest of theirs.
// Source: Lamping and Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, https://arxiv.org/abs/1406.2294
func jump(key uint64, buckets int) int {
	var at, next int64 = -1, 0
	for next < int64(buckets) {
		at = next
		key = key*2862933555777941757 + 1
		next = int64(float64(at+1) * (float64(int64(1)<<31) / float64(key>>33+1)))
	}
	return int(at)
}
