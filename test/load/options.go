package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// options define what is measured.
type options struct {
	printers   []int
	interval   time.Duration
	warmup     time.Duration // between the first probe of the last printer and the window
	window     time.Duration // whole intervals, so that each printer has the same number of probes
	soak       time.Duration // duration of outages; 0: measure the cost instead
	faults     string        // fault ratios, as in simulate --faults
	document   string        // the document to rewrite; "" for none
	serveFlags []string      // flags of serve

	hostNamesErr error // why printers cannot have their own host names; nil: they have
}

// parse parses the command line. It also writes errors to usage.
func parse(args []string, usage io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(usage)
	printers := flags.String("printers", "100,1000,10000,50000", "numbers of printers; each is measured separately")
	flags.DurationVar(&o.interval, "interval", 15*time.Second, "probe interval")
	flags.DurationVar(&o.warmup, "warm", 30*time.Second, "wait before measuring, after the first probe of all printers")
	flags.DurationVar(&o.window, "for", time.Minute, "duration of the measurement, rounded up to whole intervals")
	flags.DurationVar(&o.soak, "soak", 0, "run outages for this long instead of measuring the cost, and check that all are detected")
	flags.StringVar(&o.faults, "faults", "", "ratio of printers with each fault, as in simulate --faults, e.g. hang=0.2")
	flags.StringVar(&o.document, "out", "-", "Markdown document whose figures are rewritten; - for none")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	for number := range strings.SplitSeq(*printers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 1 {
			return options{}, fmt.Errorf("-printers %s: want a comma-separated list of numbers of at least 1", *printers)
		}
		o.printers = append(o.printers, n)
	}
	if o.soak != 0 && (o.soak < minSoak || o.document != "-") {
		return options{}, fmt.Errorf("-soak %v: must be at least %v, and -out must not be set", o.soak, minSoak)
	}
	if o.interval < time.Second || o.warmup < 0 || o.window <= 0 {
		return options{}, fmt.Errorf("-interval %v, -warm %v, -for %v: want an interval of at least 1s, and positive times", o.interval, o.warmup, o.window)
	}
	o.window = (o.window + o.interval - 1) / o.interval * o.interval
	if o.document == "-" {
		o.document = ""
	}
	o.serveFlags = flags.Args()
	return o, nil
}

// latency is the latency of the relay's responses.
const latency = "50ms-300ms"

// probeTimeout is the timeout of one request. Two requests must fit in the interval.
func (o options) probeTimeout() time.Duration {
	return min(10*time.Second, (o.interval * 2 / 3).Truncate(time.Millisecond))
}

// duration estimates how long one number of printers takes: first probes, warm-up, window, and scrapes.
func (o options) duration() time.Duration {
	return 20*time.Second + o.warmup + o.window + time.Duration(len(scrapeKinds))*o.interval
}
