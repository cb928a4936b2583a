package probe

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// maxCodes is how many different codes one printer may show; a relay that answers with a new number each time must not
// fill a Prometheus.
const maxCodes = 20

// OtherCode is the code label of faults whose number came after the first 20 different ones.
const OtherCode = "other"

// ErrorStat is a fault that a printer has met, and how often.
type ErrorStat struct {
	Fault fault.Fault
	Code  string // the label: the fault's number, "" or OtherCode
	Count uint64
	Last  time.Time
}

// ErrorStats is what a printer has met since the exporter started, the newest last. It is never changed in place: a Status
// that was given away keeps its own.
type ErrorStats []ErrorStat

// meet gives a ledger in which f was met once more.
func (l ErrorStats) meet(f fault.Fault, at time.Time) ErrorStats {
	i, code := l.find(f)
	entry := ErrorStat{Fault: f, Code: code}
	next := make(ErrorStats, 0, len(l)+1)
	for j, m := range l {
		if j == i {
			entry.Count = m.Count
			continue
		}
		next = append(next, m)
	}
	entry.Count++
	entry.Last = at
	return append(next, entry)
}

// last gives a ledger in which f, which was met before, stands last.
func (l ErrorStats) last(f fault.Fault) ErrorStats {
	i, _ := l.find(f)
	if i < 0 || i == len(l)-1 {
		return l
	}
	return append(slices.Delete(slices.Clone(l), i, i+1), l[i])
}

// find gives the entry of a fault, or -1 and the code label that a new one would have.
func (l ErrorStats) find(f fault.Fault) (int, string) {
	code := f.CodeLabel()
	var codes []string
	for _, m := range l {
		if m.Code != "" && m.Code != OtherCode && !slices.Contains(codes, m.Code) {
			codes = append(codes, m.Code)
		}
	}
	if code != "" && len(codes) >= maxCodes && !slices.Contains(codes, code) {
		code = OtherCode
	}
	return slices.IndexFunc(l, func(m ErrorStat) bool {
		return m.Fault.Layer == f.Layer && m.Fault.Reason == f.Reason && m.Code == code
	}), code
}
