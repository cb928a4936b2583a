package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// options say what is measured.
type options struct {
	printers   []int
	interval   time.Duration
	warmup     time.Duration // between the first probe of the last printer and the window
	window     time.Duration // whole intervals, so that every printer is probed equally often in it
	soak       time.Duration // how long outages come and go; 0: the cost is measured instead
	faults     string        // of faults, as `simulate` takes them
	document   string        // "" for no document
	serveFlags []string      // further flags of `serve`
}

// parse reads the command line. Mistakes are also written to usage.
func parse(args []string, usage io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	flags.SetOutput(usage)
	printers := flags.String("printers", "100,1000,10000,50000", "numbers of printers to measure, each with processes of its own")
	flags.DurationVar(&o.interval, "interval", 15*time.Second, "how often each printer is probed")
	flags.DurationVar(&o.warmup, "warm", 30*time.Second, "how long to wait before measuring, after all printers were probed once")
	flags.DurationVar(&o.window, "for", time.Minute, "how long to measure; rounded up to whole intervals")
	flags.DurationVar(&o.soak, "soak", 0, "in place of measuring the cost: let outages come and go for so long, and compare what was done with what was seen")
	flags.StringVar(&o.faults, "shares", "", "which part of the fleet has which fault, in the words of the simulate command, e.g. hang=0.2")
	flags.StringVar(&o.document, "out", "-", "a Markdown document in which to replace the figures between the marks; - for none")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	for number := range strings.SplitSeq(*printers, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 1 {
			return options{}, fmt.Errorf("-printers %s: want numbers of at least 1 with commas between them", *printers)
		}
		o.printers = append(o.printers, n)
	}
	if o.soak != 0 && (o.soak < minSoak || o.document != "-") {
		return options{}, fmt.Errorf("-soak %v: want at least %v, and no -out", o.soak, minSoak)
	}
	if o.interval < time.Second || o.warmup < 0 || o.window <= 0 {
		return options{}, fmt.Errorf("-interval %v, -warm %v, -for %v: want an interval of at least 1s, and no time below 0", o.interval, o.warmup, o.window)
	}
	o.window = (o.window + o.interval - 1) / o.interval * o.interval
	if o.document == "-" {
		o.document = ""
	}
	o.serveFlags = flags.Args()
	return o, nil
}

// latency is how long each answer of the relay takes.
const latency = "50ms-300ms"

// timeout is that of one question: as long as usual, but it has to fit in the interval with a second question.
func (o options) probeTimeout() time.Duration {
	return min(10*time.Second, (o.interval * 2 / 3).Truncate(time.Millisecond))
}

// takes is how long one number of printers takes, about: all are probed, then the fleet settles, is measured, and scraped.
func (o options) duration() time.Duration {
	return 20*time.Second + o.warmup + o.window + time.Duration(len(scrapeKinds))*o.interval
}
