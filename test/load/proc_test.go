package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseStat(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want cpuTimes
		err  string
	}{
		"a process": {
			"6416 (cat) R 6407 6407 29186 0 -1 4194304 99 0 0 0 123 45 0 0 20 0 1 0 664979 3133440 357\n",
			cpuTimes{1230 * time.Millisecond, 450 * time.Millisecond},
			"",
		},
		"a name that looks like fields": {
			"7 (a) S 1 2 (b c) R 1 1 1 0 -1 0 0 0 0 0 7 8 0 0\n", cpuTimes{70 * time.Millisecond, 80 * time.Millisecond}, "",
		},
		"too short":      {"7 (a) S 1 2", cpuTimes{}, `/proc/PID/stat: unexpected format: "7 (a) S 1 2"`},
		"nothing":        {"", cpuTimes{}, `/proc/PID/stat: unexpected format: ""`},
		"no user time":   {"7 (a) R 1 1 1 0 -1 0 0 0 0 0 x 8", cpuTimes{}, `utime in /proc/PID/stat: strconv.ParseInt: parsing "x": invalid syntax`},
		"no system time": {"7 (a) R 1 1 1 0 -1 0 0 0 0 0 7 -", cpuTimes{}, `stime in /proc/PID/stat: strconv.ParseInt: parsing "-": invalid syntax`},
	} {
		got, err := parseStat(c.text)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(cpuTimes{})); diff != "" || errorText(err) != c.err {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}

func TestParseResident(t *testing.T) {
	for text, want := range map[string]int64{
		"Name:\tx\nVmHWM:\t    2000 kB\nVmRSS:\t    1428 kB\nRssAnon:\t 88 kB\n": 1428 << 10,
		"Name:\tx\n":         0,
		"VmRSS:\t many kB\n": 0,
	} {
		if got, err := parseResident(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %d %v", text, got, err)
		}
	}
}

func TestParseBusyTime(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"cpu  100 20 3 9999 888 4 5 66 77 0\ncpu0 1 1 1 1\n": 1320 * time.Millisecond,
		"intr 100 20 3 9999 888 4 5 66\n":                    0,
		"cpu  100 20 x 9999 888 4 5 66\n":                    0,
		"":                                                   0,
	} {
		if got, err := parseBusyTime(text); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
}
