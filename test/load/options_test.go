package main

import (
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestCommandLine(t *testing.T) {
	unset := options{
		printers: []int{100, 1000, 10000, 50000}, interval: 15 * time.Second, warmup: 30 * time.Second, window: time.Minute,
	}
	for name, c := range map[string]struct {
		args []string
		want options
		err  string
	}{
		"no flags": {nil, unset, ""},
		"all flags; the window is whole intervals": {
			[]string{"-printers", "5, 7", "-interval=3s", "-warm=0s", "-for=7s", "-faults=hang=0.2", "-out=figures.md", "--", "--runtime.gomaxprocs=2"},
			options{
				printers: []int{5, 7}, interval: 3 * time.Second, window: 9 * time.Second, faults: "hang=0.2", document: "figures.md",
				serveFlags: []string{"--runtime.gomaxprocs=2"},
			},
			"",
		},
		"no number":          {[]string{"-printers=5,many"}, options{}, "-printers 5,many: want a comma-separated list of numbers of at least 1"},
		"no printer":         {[]string{"-printers=0"}, options{}, "-printers 0: want a comma-separated list of numbers of at least 1"},
		"a short interval":   {[]string{"-interval=10ms"}, options{}, "-interval 10ms, -warm 30s, -for 1m0s: want an interval of at least 1s, and positive times"},
		"no time to measure": {[]string{"-for=0s"}, options{}, "-interval 15s, -warm 30s, -for 0s: want an interval of at least 1s, and positive times"},
	} {
		got, err := parse(c.args, io.Discard)
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(options{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if text := errorText(err); text != c.err {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestTwoRequestsFitInAnInterval(t *testing.T) {
	for interval, want := range map[time.Duration]time.Duration{
		time.Second: 666 * time.Millisecond, 15 * time.Second: 10 * time.Second, time.Minute: 10 * time.Second,
	} {
		if got := (options{interval: interval}).probeTimeout(); got != want {
			t.Errorf("%v: %v, not %v", interval, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
