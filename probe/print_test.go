package probe

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// versions are what plugins report for each platform.
var versions = map[string]string{
	"bambu": "01.04.00.00-BambuPrinters.X1C", "prusa": "PrusaLink-MINI", "cc2": "Centauri Carbon 2-01.01.00.00-V1.0", "cc": "Elegoo-Carbon",
	"klipper": "v0.12.0-300-gabcdef", "octoprint": "1.10.3", "unknown": "",
}

// parseReading makes a reading of words: a platform, a state, and optionally id=, file=, p= (progress in percent), d= and left=
// (seconds), layer=, layers=, sub= and err= (with _ for a space). What is not given is unknown; job is short for a job in progress,
// and nojob for what a printer without a job reports.
func parseReading(text string) Reading {
	words := strings.Fields(text)
	r := Reading{State: parseState([]byte(words[1]))}
	r.texts.set(platformField, versions[words[0]])
	for i := 2; i < len(words); i++ {
		key, value, _ := strings.Cut(words[i], "=")
		value = strings.ReplaceAll(value, "_", " ")
		number, _ := strconv.ParseFloat(value, 64)
		switch key {
		case "job":
			words = append(words, "id=A", "file=cube", "p=40", "d=600", "left=900")
		case "nojob":
			words = append(words, "id=A", "p=0", "d=0")
		case "id":
			r.texts.set(jobIDField, value)
		case "file":
			r.texts.set(fileNameField, value)
		case "sub":
			r.texts.set(subStateField, value)
		case "err":
			r.texts.set(errorField, value)
		case "p":
			r.set(Progress, number/100)
		case "d":
			r.set(Duration, number)
		case "left":
			r.set(TimeLeft, number)
		case "layer":
			r.set(Layer, number)
		case "layers":
			r.set(Layers, number)
		default:
			panic("unknown word " + words[i])
		}
	}
	return r
}

// seeing is a status response a minute later; see parseReading. warmingup is with a file name.
func (l *life) seeing(text string) *life {
	if strings.HasSuffix(text, " warmingup") {
		text += " id=A file=cube p=0 d=0 left=1500"
	}
	r := parseReading(text)
	f := fault.Fault{}
	if r.State == ErrorState {
		f = fault.PrinterError
	}
	return l.foldReading(StatusRequest, f, r)
}

// play folds steps, a minute apart, separated by semicolons: a reading, a code, "ping CODE", "wait DURATION" or "acknowledge".
// "N x STEP" is the step N times.
func (l *life) play(steps string) *life {
	for step := range strings.SplitSeq(steps, ";") {
		step = strings.TrimSpace(step)
		times := 1
		if n, repeated, ok := strings.Cut(step, " x "); ok {
			times, _ = strconv.Atoi(n)
			step = repeated
		}
		for range times {
			l.step(step)
		}
	}
	return l
}

func (l *life) step(step string) {
	word, rest, _ := strings.Cut(step, " ")
	code, err := strconv.Atoi(word)
	switch {
	case err == nil:
		l.status(code)
	case word == "ping":
		code, _ = strconv.Atoi(rest)
		l.ping(code)
	case word == "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			panic(err)
		}
		l.now = l.now.Add(d)
	case word == "acknowledge":
		l.Status, _ = l.Acknowledged(l.now)
	default:
		l.seeing(step)
	}
}

// prints is what is remembered: the outcomes in order of their list, and whether a print is in progress or lost.
func (l *life) prints() string {
	var words []string
	for _, o := range Outcomes {
		if n := l.Print.Ended[o]; n == 1 {
			words = append(words, o.String())
		} else if n > 1 {
			words = append(words, fmt.Sprintf("%d %s", n, o))
		}
	}
	switch {
	case l.Print.Lost():
		words = append(words, "lost")
	case l.Print.InProgress():
		words = append(words, "in progress")
	}
	return strings.Join(words, ", ")
}

// testPrints plays cases from a text of steps to what is then remembered.
func testPrints(t *testing.T, cases map[string]string) {
	t.Helper()
	for steps, want := range cases {
		if got := begin().play(steps).prints(); got != want {
			t.Errorf("%s: %q, not %q", steps, got, want)
		}
	}
}

func TestFirstSight(t *testing.T) {
	testPrints(t, map[string]string{
		"klipper printing":                          "in progress",
		"klipper paused":                            "in progress",
		"klipper resuming":                          "in progress",
		"klipper warmingup":                         "in progress",
		"prusa warmingup p=0 d=0":                   "",
		"klipper idle job":                          "",
		"klipper complete job":                      "",
		"klipper cancelled job":                     "",
		"bambu error job":                           "",
		"klipper unheard_of job":                    "",
		"785; 601; ping 200":                        "",
		"klipper printing p=3":                      "in progress", // neither id nor duration
		"klipper complete job; klipper idle nojob":  "",
		"bambu error job; bambu printing job; 785":  "lost",
		"klipper idle job; 785; klipper paused job": "in progress",
	})
}

func TestIdentityOfPrints(t *testing.T) {
	testPrints(t, map[string]string{
		"klipper printing job; klipper printing id=B file=cube p=41 d=660":                                                               "unknown, in progress",
		"klipper printing job; klipper complete id=B file=cube p=100 d=90":                                                               "unknown",
		"klipper printing job; klipper idle id=B":                                                                                        "unknown",
		"klipper printing job; klipper printing id=A file=other p=1 d=6":                                                                 "in progress", // the id decides
		"klipper printing job; klipper printing file=cube p=41 d=660":                                                                    "in progress", // a restarted plugin
		"klipper printing file=cube p=40 d=600; klipper printing job":                                                                    "in progress", // the id is known later
		"klipper printing file=cube p=40 d=600; klipper printing file=other p=41 d=660":                                                  "unknown, in progress",
		"klipper printing file=cube p=40 d=600; klipper printing file=cube p=2 d=30":                                                     "unknown, in progress",
		"klipper printing file=cube p=40 d=600; klipper printing file=cube p=39 d=660":                                                   "in progress",
		"bambu printing file=cube p=42 d=600; bambu printing file=cube p=42 d=0":                                                         "in progress",
		"bambu printing file=cube p=42 d=600; bambu printing file=cube p=42":                                                             "in progress",
		"klipper printing p=40 d=600; klipper printing p=2 d=30":                                                                         "unknown, in progress",
		"klipper printing file=cube p=40 d=600; klipper warmingup file=cube p=0 d=0":                                                     "unknown, in progress",
		"klipper printing file=cube p=40 d=600; klipper complete file=other p=100 d=900":                                                 "unknown",
		"klipper printing job; 785; klipper printing id=B file=cube p=5 d=60":                                                            "unknown, in progress",
		"klipper printing job; klipper complete job; klipper printing job":                                                               "complete, in progress",
		"klipper printing job; klipper complete job; klipper printing id=B":                                                              "complete, in progress",
		"klipper printing job; klipper complete job; klipper warmingup id=A file=b p=0 d=0; klipper printing id=B file=b p=1 d=9":        "complete, in progress", // B is a moment late
		"klipper printing job; klipper cancelled job; klipper printing id=A file=cube p=0 d=1; klipper printing id=B file=cube p=1 d=61": "cancelled, in progress",
		"klipper printing job; klipper complete job; 2 x klipper printing job; klipper printing id=B file=cube p=41 d=660":               "complete, unknown, in progress",
		"klipper printing job; klipper complete job; klipper printing job; klipper printing id=B file=other p=41 d=660":                  "complete, unknown, in progress",
		"klipper printing id=A file=a p=9 d=60; klipper printing id=B file=b p=1 d=6; klipper printing id=C file=b p=2 d=66":             "2 unknown, in progress",
		"bambu warmingup id=A file=cube p=100; bambu printing id=A file=cube p=0 d=1":                                                    "in progress", // left over
	})
}

func TestPrintsGoOn(t *testing.T) {
	testPrints(t, map[string]string{
		"klipper printing job; 601":                                                                                            "lost",
		"klipper printing job; 3 x 785; ping 200; 403; 603; 787; 502":                                                          "lost",
		"klipper printing job; 785; klipper printing job":                                                                      "in progress",
		"klipper printing job; 786":                                                                                            "in progress",
		"klipper printing job; 785; wait 29h; 785":                                                                             "lost",
		"bambu printing job; 9 x bambu error job":                                                                              "in progress",
		"bambu printing job; 9 x bambu error job; 785":                                                                         "lost",
		"prusa printing job; 9 x prusa error id=A p=0 d=0":                                                                     "in progress",
		"unknown printing job; 9 x unknown error job":                                                                          "in progress",
		"klipper printing job; klipper error job":                                                                              "in progress",
		"klipper printing job; klipper error job; klipper printing job; klipper error job":                                     "in progress",
		"cc2 printing job; 5 x cc2 idle job":                                                                                   "in progress",
		"cc2 printing job; 4 x cc2 idle job; cc2 printing job; 4 x cc2 idle job":                                               "in progress",
		"cc2 printing job; cc2 idle job; 7 x 785; cc2 idle job; cc2 printing job":                                              "in progress", // an outage is not idle
		"cc2 printing job; cc2 idle job; 785":                                                                                  "lost",
		"klipper printing job; 9 x klipper unheard_of job":                                                                     "in progress",
		"klipper printing job; 9 x klipper unheard_of":                                                                         "in progress",
		"klipper printing job; klipper idle nojob":                                                                             "in progress",
		"klipper printing job; klipper idle nojob; klipper printing job; klipper idle nojob":                                   "in progress",
		"bambu printing job; 601; bambu idle nojob; bambu printing job":                                                        "in progress", // the first, partial message
		"bambu printing job; 2 x bambu idle nojob":                                                                             "in progress",
		"klipper printing job; klipper idle nojob; 785":                                                                        "lost",
		"klipper printing job; klipper idle nojob; 785; klipper idle nojob":                                                    "in progress", // twice while reachable
		"prusa printing file=cube p=40 d=600; prusa warmingup sub=Busy file=cube p=0 d=0; prusa printing file=cube p=41 d=660": "in progress",
	})
}

func TestOutcomesOfPrints(t *testing.T) {
	testPrints(t, map[string]string{
		// complete
		"klipper printing job; 3 x klipper complete job":            "complete",
		"bambu printing job; bambu idle id=A file=cube p=100 d=900": "complete",
		"klipper printing job; 785; klipper complete job":           "complete",
		// cancelled
		"klipper printing job; 3 x klipper cancelled job":                                      "cancelled",
		"bambu printing job; bambu error job err=Printing_was_cancelled.; bambu cancelled job": "cancelled",
		"klipper printing job; klipper error job err=Canceled":                                 "cancelled",
		"octoprint printing job; octoprint idle job err=Print_canceled":                        "cancelled",
		// failed
		"klipper printing job; 3 x klipper error id=A file=cube p=0":      "failed",
		"octoprint printing job; 3 x octoprint error nojob":               "failed",
		"cc2 printing job; 3 x cc2 error job sub=Emergency_Stop":          "failed",
		"klipper printing job; klipper error job; 785; klipper error job": "failed",
		"klipper printing job; 785; 2 x klipper idle nojob":               "failed",
		"bambu printing job; 601; 3 x bambu idle nojob":                   "failed",
		"klipper printing job; 785; wait 10m; 2 x klipper idle nojob":     "failed",
		// vanished
		"klipper printing job; 3 x klipper idle nojob":                         "vanished",
		"bambu printing job; 3 x bambu idle nojob":                             "vanished",
		"octoprint printing job; 2 x octoprint idle id=A file=cube p=0 d=0":    "vanished",
		"octoprint printing job; octoprint idle job; 2 x octoprint idle nojob": "vanished",
		"prusa printing job; 2 x prusa warmingup nojob":                        "vanished",
		"prusa printing job; prusa error nojob; 2 x prusa idle nojob":          "vanished",
		// the exporter was down
		"klipper printing job; wait 10m; 2 x klipper idle nojob":                               "failed", // 5 minutes early
		"klipper printing job; wait 2h; 2 x klipper idle nojob":                                "unknown",
		"octoprint printing id=A file=cube p=40 d=600; wait 10m; 2 x octoprint idle nojob":     "unknown", // the time left is unknown
		"octoprint printing id=A file=cube p=99 d=600 left=5; 2 x octoprint idle nojob":        "vanished",
		"klipper printing job; wait 2h; klipper printing job; wait 2m; 2 x klipper idle nojob": "vanished",
		// unknown
		"klipper printing job; 785; wait 20m; 2 x klipper idle nojob":             "unknown",
		"klipper printing id=A file=cube p=40 d=600; 785; 2 x klipper idle nojob": "unknown", // no time left was known
		"cc2 printing job; 7 x cc2 idle job":                                      "unknown",
		"cc2 printing job; 7 x cc2 idle job; cc2 printing job":                    "unknown, in progress",
		"klipper printing job; 785; wait 721h; 785":                               "unknown",
		"klipper printing job; 785; wait 721h; klipper printing job":              "unknown, in progress",
		"klipper printing job; 785; acknowledge; 785":                             "unknown",
		"klipper printing job; 785; acknowledge; klipper printing job":            "unknown, in progress",
		"klipper printing job; acknowledge":                                       "in progress",
		// each is counted
		"klipper printing job; klipper complete job; klipper printing id=B; klipper complete id=B": "2 complete",
	})
}

// TestTheJobIsGoneAfterTwoScheduledResponses: a probe that a client wanted does not count as the second one.
func TestTheJobIsGoneAfterTwoScheduledResponses(t *testing.T) {
	l := begin().play("klipper printing job; klipper idle nojob; wait -50s; klipper idle nojob") // ten seconds later
	if got := l.prints(); got != "in progress" {
		t.Error(got)
	}
	l.now = l.now.Add(-12 * time.Second) // 58 s after the first one
	if got := l.play("klipper idle nojob").prints(); got != "vanished" {
		t.Error(got)
	}
}

func TestAbandonedPrints(t *testing.T) {
	for steps, want := range map[string]string{
		"klipper idle": "", "klipper printing": "unknown", "klipper printing; 785": "unknown", "klipper printing; klipper complete": "complete",
	} {
		l := begin().play(steps)
		if l.Status = l.Reconfigured(Target{Disabled: true}, true); l.prints() != want {
			t.Errorf("%s: %q, not %q", steps, l.prints(), want)
		}
	}
}

func TestAcknowledging(t *testing.T) {
	l := begin().play("klipper printing job; 785")
	next, err := l.Acknowledged(l.now)
	if err != nil || next.LostDuringPrint() || next.Print.Outcome != PrintUnknown || next.Print.End != l.now {
		t.Errorf("%v %+v", err, next.Print)
	}
	for _, steps := range []string{"785", "klipper printing job", "klipper printing job; 785; acknowledge"} {
		l := begin().play(steps)
		if next, err := l.Acknowledged(l.now); !errors.Is(err, ErrNotLost) || next.Print != l.Print {
			t.Errorf("%s: %v", steps, err)
		}
	}
}
