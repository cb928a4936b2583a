package store

import (
	"bytes"
	"encoding/binary"
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

// numberKey returns the key of a printer.
func numberKey(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

// parseNumber returns the number of a printer's key.
func parseNumber(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

const day = 24 * time.Hour

// dayOf returns the beginning of a day of UTC, not before 1970.
func dayOf(at time.Time) time.Time {
	return time.UnixMilli(max(0, at.UnixMilli())).UTC().Truncate(day)
}

// dayKey returns the key of a day of a printer. Days come first, so that what is written is close together, and full pages of past
// days are not written again.
func dayKey(at time.Time, number uint64) []byte {
	return binary.BigEndian.AppendUint64(numberKey(uint64(dayOf(at).Unix()/secondsPerDay)), number)
}

// parseDayKey returns the day and the printer of a key.
func parseDayKey(key []byte) (start time.Time, number uint64, ok bool) {
	if len(key) != 16 {
		return time.Time{}, 0, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(key)*secondsPerDay), 0).UTC(), parseNumber(key[8:]), true
}

const secondsPerDay = 24 * 60 * 60

// entry is a line of a day: the beginning of a period, or the end of a print. at is in milliseconds, as it is written.
type entry struct {
	at     time.Time
	period *probe.Verdict
	print  *probe.EndedPrint
}

// The first words of lines after the time, besides sources of faults.
const (
	okWord      = "ok"
	unknownWord = "unknown"
	printWord   = "print"
)

// line returns the line of an entry: its time in milliseconds since the beginning of the day, and one of
//
//	ok
//	unknown
//	SOURCE NUMBER REASON            of a fault
//	print START OUTCOME PROGRESS    START is Unix time in milliseconds
func (e entry) line() string {
	at := e.at.Sub(dayOf(e.at)).Milliseconds()
	switch {
	case e.print != nil:
		return fmt.Sprintf("%d %s %d %s %g\n", at, printWord, e.print.Start.UnixMilli(), e.print.Outcome, e.print.Progress)
	case e.period.Unknown:
		return fmt.Sprintf("%d %s\n", at, unknownWord)
	case e.period.Fault.None():
		return fmt.Sprintf("%d %s\n", at, okWord)
	}
	f := probe.StoreFault(e.period.Fault)
	return fmt.Sprintf("%d %s %d %s\n", at, f.From, f.Code, f.Reason)
}

// parseLine returns the entry of a line of a day. A period whose fault is not in the table any more is unknown.
func parseLine(start time.Time, line string) (e entry, ok bool) {
	words := strings.Fields(line)
	if len(words) < 2 {
		return entry{}, false
	}
	ms, err := strconv.ParseUint(words[0], 10, 32)
	if err != nil {
		return entry{}, false
	}
	e.at = start.Add(time.Duration(ms) * time.Millisecond)
	if words[1] == printWord {
		e.print, ok = parsePrint(e.at, words[2:])
		return e, ok
	}
	e.period = &probe.Verdict{Since: e.at, Unknown: words[1] == unknownWord}
	if len(words) == 4 {
		code, err := strconv.Atoi(words[2])
		f, known := probe.StoredFault{From: words[1], Code: code, Reason: words[3]}.Fault()
		e.period.Fault, e.period.Unknown = f, err != nil || !known
	}
	return e, true
}

func parsePrint(end time.Time, words []string) (*probe.EndedPrint, bool) {
	if len(words) != 3 {
		return nil, false
	}
	start, err := strconv.ParseInt(words[0], 10, 64)
	outcome := probe.ParseOutcome(words[1])
	progress, progressErr := strconv.ParseFloat(words[2], 64)
	if err != nil || progressErr != nil || outcome == 0 {
		return nil, false
	}
	return &probe.EndedPrint{Start: time.UnixMilli(start), End: end, Outcome: outcome, Progress: progress}, true
}

// parseEntries returns the entries of a day in their order. Lines that cannot be read are left out.
func parseEntries(key, value []byte) (all []entry) {
	start, _, ok := parseDayKey(key)
	if !ok {
		return nil
	}
	for line := range bytes.Lines(value) {
		if e, ok := parseLine(start, string(line)); ok {
			all = append(all, e)
		}
	}
	return all
}
