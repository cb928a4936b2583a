package simulator

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// FaultRatios map a fault to the ratio of the fleet, 0 to 1, that has it permanently. The rest of the fleet is healthy.
// The text form is "off=0.2,offline=0.05".
type FaultRatios map[Fault]float64

// ParseFaultRatios parses the text form. The sum of the ratios must be at most 1.
func ParseFaultRatios(text string) (FaultRatios, error) {
	ratios := FaultRatios{}
	if strings.TrimSpace(text) == "" {
		return ratios, nil
	}
	for entry := range strings.SplitSeq(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(entry), "=")
		if !ok {
			return nil, fmt.Errorf("fault ratio %q: use FAULT=RATIO, such as off=0.2", entry)
		}
		f, err := ParseFault(name)
		if err != nil {
			return nil, fmt.Errorf("fault ratio %q: %w", entry, err)
		}
		ratio, err := strconv.ParseFloat(value, 64)
		if err != nil || !(ratio >= 0 && ratio <= 1) {
			return nil, fmt.Errorf("fault ratio %q: the ratio must be from 0 to 1", entry)
		}
		if _, duplicate := ratios[f]; duplicate {
			return nil, fmt.Errorf("fault ratio %q: %s is given twice", entry, f)
		}
		ratios[f] = ratio
	}
	if sum := ratios.sum(); sum > 1+1e-9 {
		return nil, fmt.Errorf("fault ratios %q: the sum %.3g is more than 1", text, sum)
	}
	return ratios, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *FaultRatios) UnmarshalText(text []byte) error {
	parsed, err := ParseFaultRatios(string(text))
	if err == nil {
		*r = parsed
	}
	return err
}

// String returns the text form, sorted by fault.
func (r FaultRatios) String() string {
	entries := make([]string, 0, len(r))
	for _, f := range slices.Sorted(maps.Keys(r)) {
		entries = append(entries, string(f)+"="+strconv.FormatFloat(r[f], 'g', -1, 64))
	}
	return strings.Join(entries, ",")
}

func (r FaultRatios) sum() float64 {
	sum := 0.0
	for _, ratio := range r {
		sum += ratio
	}
	return sum
}

// assign returns the fault of each of n printers, sorted by fault. The number of printers per fault is exact, rounded.
func (r FaultRatios) assign(n int) []Fault {
	faults := make([]Fault, 0, n)
	for _, f := range slices.Sorted(maps.Keys(r)) {
		count := min(int(math.Round(r[f]*float64(n))), n-len(faults))
		faults = append(faults, slices.Repeat([]Fault{f}, count)...)
	}
	return append(faults, make([]Fault, n-len(faults))...)
}
