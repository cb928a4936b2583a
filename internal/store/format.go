package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/probe"
)

// storedPrinter is the value of a printer.
type storedPrinter struct {
	probe.Identity
	RemovedAt time.Time    `json:"removed_at,omitzero"`
	Memory    probe.Memory `json:"memory"`
}

// storedPrint is the value of a print that has ended; its key has the end.
type storedPrint struct {
	Start    time.Time     `json:"start"`
	Outcome  probe.Outcome `json:"outcome"`
	Progress float64       `json:"progress,omitempty"`
}

// numberKey returns the key of a printer.
func numberKey(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

// parseNumber returns the number of a printer's key.
func parseNumber(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

// timeKey returns the key of a period or a print: those of a printer are sorted by time.
func timeKey(number uint64, at time.Time) []byte {
	return binary.BigEndian.AppendUint64(numberKey(number), uint64(max(0, at.UnixMilli())))
}

// parseTimeKey returns the time of a key.
func parseTimeKey(key []byte) (at time.Time, ok bool) {
	if len(key) != 16 {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(binary.BigEndian.Uint64(key[8:]))), true
}

// unknownPeriod is the value of a period in which nothing was known.
const unknownPeriod = "unknown"

// periodValue returns the value of a period: source, number and reason of the fault, "" for none, or unknownPeriod.
func periodValue(v probe.Verdict) []byte {
	switch {
	case v.Unknown:
		return []byte(unknownPeriod)
	case v.Fault.None():
		return []byte{}
	}
	f := probe.StoreFault(v.Fault)
	return fmt.Appendf(nil, "%s %d %s", f.From, f.Code, f.Reason)
}

// parsePeriod returns the period of a key and a value. One whose fault is not in the table any more is unknown.
func parsePeriod(key, value []byte) (v probe.Verdict, ok bool) {
	if v.Since, ok = parseTimeKey(key); !ok {
		return probe.Verdict{}, false
	}
	words := strings.Fields(string(value))
	switch len(words) {
	case 0:
		return v, true
	case 3:
		code, err := strconv.Atoi(words[1])
		f, known := probe.StoredFault{From: words[0], Code: code, Reason: words[2]}.Fault()
		v.Fault, v.Unknown = f, err != nil || !known
		return v, true
	}
	v.Unknown = true
	return v, true
}

// parsePrint returns the print of a key and a value.
func parsePrint(key, value []byte) (p probe.EndedPrint, ok bool) {
	var stored storedPrint
	end, ok := parseTimeKey(key)
	if !ok || json.Unmarshal(value, &stored) != nil {
		return probe.EndedPrint{}, false
	}
	return probe.EndedPrint{Start: stored.Start, End: end, Outcome: stored.Outcome, Progress: stored.Progress}, true
}
