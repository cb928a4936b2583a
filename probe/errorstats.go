package probe

import (
	"slices"
	"time"

	"octoeverywhere_exporter/fault"
)

// maxCodes is how many different codes are kept per printer, so that a server that sends a new number each time creates no
// endless series.
const maxCodes = 20

// OtherCode is the code label of faults whose number came after the first 20 different ones.
const OtherCode = "other"

// ErrorStat counts a fault of a printer.
type ErrorStat struct {
	Fault fault.Fault
	Code  string // the label: the fault's number, "" or OtherCode
	Count uint64
	Last  time.Time
}

// ErrorStats counts the faults of a printer since the exporter started. The newest is last, or the active one if there is
// one. It is never changed in place.
type ErrorStats []ErrorStat

// record returns the stats with f counted once more.
func (e ErrorStats) record(f fault.Fault, at time.Time) ErrorStats {
	i, code := e.find(f)
	recorded := ErrorStat{Fault: f, Code: code}
	next := make(ErrorStats, 0, len(e)+1)
	for j, stat := range e {
		if j == i {
			recorded.Count = stat.Count
			continue
		}
		next = append(next, stat)
	}
	recorded.Count++
	recorded.Last = at
	return append(next, recorded)
}

// moveToEnd returns the stats with f, if it was recorded, at the end.
func (e ErrorStats) moveToEnd(f fault.Fault) ErrorStats {
	i, _ := e.find(f)
	if i < 0 || i == len(e)-1 {
		return e
	}
	return append(slices.Delete(slices.Clone(e), i, i+1), e[i])
}

// find returns the index of a fault, or -1 and the code label that it would get.
func (e ErrorStats) find(f fault.Fault) (int, string) {
	code := f.CodeLabel()
	var codes []string
	for _, stat := range e {
		if stat.Code != "" && stat.Code != OtherCode && !slices.Contains(codes, stat.Code) {
			codes = append(codes, stat.Code)
		}
	}
	if code != "" && len(codes) >= maxCodes && !slices.Contains(codes, code) {
		code = OtherCode
	}
	return slices.IndexFunc(e, func(stat ErrorStat) bool {
		return stat.Fault.Layer == f.Layer && stat.Fault.Reason == f.Reason && stat.Code == code
	}), code
}
