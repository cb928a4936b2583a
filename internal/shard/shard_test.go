package shard

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// TestJumpHash compares with results of other implementations.
func TestJumpHash(t *testing.T) {
	for _, c := range []struct {
		key           uint64
		buckets, want int
	}{
		{1, 1, 0}, {42, 57, 43}, {0xDEAD10CC, 1, 0}, {0xDEAD10CC, 666, 361}, {256, 1024, 520},
	} {
		if got := jumpHash(c.key, c.buckets); got != c.want {
			t.Errorf("%d among %d: %d, want %d", c.key, c.buckets, got, c.want)
		}
	}
}

// TestAssignmentIsStable compares with literal shards: another hash would move most printers when the exporter is updated.
func TestAssignmentIsStable(t *testing.T) {
	totals := []int{2, 3, 4, 16}
	for name, want := range map[string][]int{
		"mk4-01":        {1, 2, 2, 8},
		"mk4-02":        {0, 0, 3, 6},
		"mk4-03":        {0, 2, 2, 5},
		"Voron, left":   {0, 0, 0, 9},
		"Drucker Süd ☃": {1, 1, 1, 13},
	} {
		for i, total := range totals {
			if got := (Shard{0, total}).Of(name); got != (Shard{want[i], total}) {
				t.Errorf("%s is in %v, want %v", name, got, Shard{want[i], total})
			}
		}
	}
}

// namingSchemes are names of printers as users choose them: a common prefix or suffix must not affect the distribution.
var namingSchemes = map[string]func(i int) string{
	"counted":          func(i int) string { return fmt.Sprintf("printer-%05d", i) },
	"counted, unequal": func(i int) string { return fmt.Sprint(i) },
	"sites":            func(i int) string { return fmt.Sprintf("site-%03d/mk4-%02d", i/40, i%40) },
	"long":             func(i int) string { return fmt.Sprintf("%s%d", strings.Repeat("Halle 7, Reihe 12, ", 6), i) },
}

const printers = 5_000

// TestEachPrinterIsInOneShard also checks that the shards are of similar size.
func TestEachPrinterIsInOneShard(t *testing.T) {
	for what, name := range namingSchemes {
		for _, total := range []int{1, 2, 3, 7, 20} {
			counts := make([]int, total)
			for i := range printers {
				counts[Shard{0, total}.Of(name(i)).Index]++
			}
			for i := range 100 {
				owners := 0
				for index := range total {
					s, err := New(index, total)
					if err != nil {
						t.Fatal(err)
					}
					if s.Owns(name(i)) {
						owners++
					}
				}
				if owners != 1 {
					t.Fatalf("%s: %q is in %d of %d shards", what, name(i), owners, total)
				}
			}
			mean := float64(printers) / float64(total)
			for index, n := range counts {
				if off := math.Abs(float64(n) - mean); off > 5*math.Sqrt(mean) {
					t.Errorf("%s: %v has %d printers, the mean is %.0f", what, Shard{index, total}, n, mean)
				}
			}
		}
	}
}

// TestAddingAShardMovesOnlyItsShare adds a shard to each total.
func TestAddingAShardMovesOnlyItsShare(t *testing.T) {
	for what, name := range namingSchemes {
		for total := 1; total < 20; total += total/4 + 1 {
			moved := 0
			for i := range printers {
				before, after := Shard{0, total}.Of(name(i)).Index, Shard{0, total + 1}.Of(name(i)).Index
				if before == after {
					continue
				}
				moved++
				if after != total {
					t.Fatalf("%s: of %d shards %q goes from %d to %d, not to the new one", what, total+1, name(i), before, after)
				}
			}
			if share := float64(printers) / float64(total+1); math.Abs(float64(moved)-share) > 5*math.Sqrt(share) {
				t.Errorf("%s: %d printers move to the last of %d shards, want about %.0f", what, moved, total+1, share)
			}
		}
	}
}

func TestInvalidShards(t *testing.T) {
	for _, c := range []struct {
		index, total int
		want         string
	}{
		{0, 0, "--shard.total: must be at least 1, not 0"},
		{0, math.MaxInt, fmt.Sprint("--shard.total: must be at most 100000, not ", math.MaxInt)},
		{0, -1, "--shard.total: must be at least 1, not -1"},
		{2, 1, "--shard.index: 2 requires --shard.total"},
		{-1, 3, "--shard.index: must be from 0 to 2 for --shard.total=3, not -1"},
		{3, 3, "--shard.index: must be from 0 to 2 for --shard.total=3, not 3"},
	} {
		if s, err := New(c.index, c.total); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%d of %d: %v, %v, want %s", c.index, c.total, s, err, c.want)
		}
	}
}

// TestZeroShardOwnsAllPrinters checks the zero value.
func TestZeroShardOwnsAllPrinters(t *testing.T) {
	if s := (Shard{}); !s.IsOnly() || !s.Owns("mk4-01") || !s.Owns("") {
		t.Errorf("%v does not own all printers", s)
	}
	if got := (Shard{1, 3}).String(); got != "shard 2 of 3 (index 1)" {
		t.Error(got)
	}
}
