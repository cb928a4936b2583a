// Package shard decides which of several exporters probes a printer. It depends only on the printer's name, so exporters with
// the same configuration agree without communication.
package shard

import (
	"fmt"
	"hash/fnv"
)

// Shard is one of Total exporters that divide the printers among themselves. Index is zero-based. The zero value owns all
// printers.
type Shard struct{ Index, Total int }

// maxTotal bounds the number of shards: the hash never ends near the largest integer.
const maxTotal = 100_000

// New returns the shard with an index from 0 to total-1.
func New(index, total int) (Shard, error) {
	switch {
	case total < 1:
		return Shard{}, fmt.Errorf("--shard.total: must be at least 1, not %d", total)
	case total > maxTotal:
		return Shard{}, fmt.Errorf("--shard.total: must be at most %d, not %d", maxTotal, total)
	case total == 1 && index > 0:
		return Shard{}, fmt.Errorf("--shard.index: %d requires --shard.total, the total number of shards", index)
	case index < 0 || index >= total:
		return Shard{}, fmt.Errorf("--shard.index: must be from 0 to %d for --shard.total=%d, not %d", total-1, total, index)
	}
	return Shard{index, total}, nil
}

// IsOnly reports whether there is only one shard.
func (s Shard) IsOnly() bool { return s.Total <= 1 }

// Owns reports whether this shard probes the printer with that name.
func (s Shard) Owns(name string) bool { return s.Of(name).Index == s.Index }

// Of returns the shard that probes the printer with that name.
func (s Shard) Of(name string) Shard {
	if s.IsOnly() {
		return s
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return Shard{jumpHash(h.Sum64(), s.Total), s.Total}
}

// String returns the one-based number and the index, as in "shard 2 of 3 (index 1)".
func (s Shard) String() string {
	return fmt.Sprintf("shard %d of %d (index %d)", s.Index+1, max(1, s.Total), s.Index)
}

// jumpHash is the jump consistent hash of a key: buckets get equal shares of the keys, and an additional bucket takes its share
// from all others without moving any other key.
// Source: Lamping and Veach, A Fast, Minimal Memory, Consistent Hash Algorithm, https://arxiv.org/abs/1406.2294
func jumpHash(key uint64, buckets int) int {
	var at, next int64 = -1, 0
	for next < int64(buckets) {
		at = next
		key = key*2862933555777941757 + 1
		next = int64(float64(at+1) * (float64(int64(1)<<31) / float64(key>>33+1)))
	}
	return int(at)
}
