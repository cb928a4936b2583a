package simulator

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Shares say which part of a fleet, from 0 to 1, has a fault for good. They are written "off=0.2,offline=0.05"; whoever
// is not named is well.
type FaultRatios map[Fault]float64

// ParseShares reads what String writes. Each part is from 0 to 1, together they are at most 1.
func ParseFaultRatios(text string) (FaultRatios, error) {
	shares := FaultRatios{}
	if strings.TrimSpace(text) == "" {
		return shares, nil
	}
	for entry := range strings.SplitSeq(text, ",") {
		word, number, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			return nil, fmt.Errorf("share %q: want fault=part, as in off=0.2", entry)
		}
		f, err := ParseFault(word)
		if err != nil {
			return nil, fmt.Errorf("share %q: %w", entry, err)
		}
		part, err := strconv.ParseFloat(number, 64)
		if err != nil || !(part >= 0 && part <= 1) {
			return nil, fmt.Errorf("share %q: want a part from 0 to 1", entry)
		}
		if _, twice := shares[f]; twice {
			return nil, fmt.Errorf("share %q: %s is named twice", entry, f)
		}
		shares[f] = part
	}
	if sum := shares.sum(); sum > 1+1e-9 {
		return nil, fmt.Errorf("shares %q: together %.3g, more than the whole fleet", text, sum)
	}
	return shares, nil
}

// UnmarshalText reads shares from a flag.
func (s *FaultRatios) UnmarshalText(text []byte) error {
	parsed, err := ParseFaultRatios(string(text))
	if err == nil {
		*s = parsed
	}
	return err
}

// String writes the shares as ParseShares reads them, in the order of the words.
func (s FaultRatios) String() string {
	entries := make([]string, 0, len(s))
	for _, f := range slices.Sorted(maps.Keys(s)) {
		entries = append(entries, string(f)+"="+strconv.FormatFloat(s[f], 'g', -1, 64))
	}
	return strings.Join(entries, ",")
}

func (s FaultRatios) sum() float64 {
	sum := 0.0
	for _, part := range s {
		sum += part
	}
	return sum
}

// deal gives each of n printers its fault: exactly the shares, rounded, in the order of the words.
func (s FaultRatios) assign(n int) []Fault {
	faults := make([]Fault, 0, n)
	for _, f := range slices.Sorted(maps.Keys(s)) {
		some := min(int(math.Round(s[f]*float64(n))), n-len(faults))
		faults = append(faults, slices.Repeat([]Fault{f}, some)...)
	}
	return append(faults, make([]Fault, n-len(faults))...)
}
