package probe

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
)

// TestWhatPlatformsReport plays what each platform reports in each situation, in a print of a quarter of an hour to go: once,
// ten times in a row, and once before the printer is lost.
func TestWhatPlatformsReport(t *testing.T) {
	const kept, zeros = "id=A file=cube p=40 d=600 left=900", "id=A p=0 d=0 left=0"
	for situation, c := range map[string]struct{ reading, once, often, lost string }{
		"Bambu, paused by the user":             {"bambu paused sub=Paused_By_User " + kept, "in progress", "in progress", "lost"},
		"Bambu, paused, as an error":            {"bambu error err=Error:_Printing_was_paused_by_the_user. " + kept, "in progress", "in progress", "lost"},
		"Bambu, canceled":                       {"bambu cancelled " + kept, "cancelled", "cancelled", "cancelled"},
		"Bambu, canceled, as an error":          {"bambu error err=Error:_Printing_was_cancelled. " + kept, "cancelled", "cancelled", "cancelled"},
		"Bambu, filament ran out":               {"bambu error sub=Filament_Runout " + kept, "in progress", "in progress", "lost"},
		"Bambu, an error nobody knows":          {"bambu error err=Error:_Error " + kept, "in progress", "in progress", "lost"},
		"Bambu, preparing":                      {"bambu warmingup sub=Homing_Toolhead id=A file=cube p=0 d=3 left=1500", "in progress", "in progress", "lost"},
		"Bambu, offline or a partial message":   {"bambu idle " + zeros, "in progress", "vanished", "lost"},
		"Bambu, idle without layers":            {"bambu idle " + kept, "in progress", "unknown", "lost"},
		"Bambu, finished without layers":        {"bambu idle id=A file=cube p=100 d=900 left=0", "complete", "complete", "complete"},
		"Elegoo CC2, canceled":                  {"cc2 cancelled sub=Stopped " + kept, "cancelled", "cancelled", "cancelled"},
		"Elegoo CC2, complete":                  {"cc2 complete id=A file=cube p=100 d=900", "complete", "complete", "complete"},
		"Elegoo CC2, emergency stop":            {"cc2 error sub=Emergency_Stop err=Printer_Error " + kept, "in progress", "failed", "lost"},
		"Elegoo CC, a state nobody knows":       {"cc idle " + kept, "in progress", "unknown", "lost"},
		"Elegoo CC2, a state nobody knows":      {"cc2 idle " + kept, "in progress", "unknown", "lost"},
		"Elegoo CC2, idle long after":           {"cc2 idle id=A p=0 d=900", "in progress", "vanished", "lost"},
		"Klipper, warming up":                   {"klipper warmingup id=A file=cube p=0 d=0 left=1500", "in progress", "in progress", "lost"},
		"Klipper, error":                        {"klipper error id=A file=cube p=0 d=600", "in progress", "failed", "lost"},
		"Klipper, canceled":                     {"klipper cancelled id=A file=cube p=0 d=600", "cancelled", "cancelled", "cancelled"},
		"Klipper, shut down":                    {"klipper idle " + zeros, "in progress", "vanished", "lost"},
		"OctoPrint, canceling":                  {"octoprint idle " + kept, "in progress", "unknown", "lost"},
		"OctoPrint, transferring":               {"octoprint idle " + zeros, "in progress", "vanished", "lost"},
		"OctoPrint, closed with an error":       {"octoprint error " + zeros, "in progress", "failed", "lost"},
		"PrusaLink, busy for the print":         {"prusa warmingup sub=Busy id=A file=cube p=0 d=0 left=1500", "in progress", "in progress", "lost"},
		"PrusaLink, busy without a job":         {"prusa warmingup sub=Busy " + zeros, "in progress", "vanished", "lost"},
		"PrusaLink, attention":                  {"prusa error sub=Printer_Error err=Printer_Error id=A p=0 d=0", "in progress", "in progress", "lost"},
		"PrusaLink, an error":                   {"prusa error sub=Heater_fault err=Heater_fault id=A p=0 d=0", "in progress", "in progress", "lost"},
		"a platform that is unknown, an error":  {"unknown error " + kept, "in progress", "in progress", "lost"},
		"a state that the Status API lacks":     {"klipper calibrating " + kept, "in progress", "in progress", "lost"},
		"no id: Klipper before a first print":   {"klipper printing file=cube p=41 d=660 left=840", "in progress", "in progress", "lost"},
		"no duration: Bambu, restarted plugin":  {"bambu printing id=A file=cube p=41 left=840", "in progress", "in progress", "lost"},
		"no numbers at all, as from an old one": {"octoprint printing", "in progress", "in progress", "lost"},
	} {
		for steps, want := range map[string]string{"%s": c.once, "10 x %s": c.often, "%s; 785": c.lost} {
			if got := begin().play("klipper printing " + kept + "; " + fmt.Sprintf(steps, c.reading)).prints(); got != want {
				t.Errorf("%s, %s: %q, not %q", situation, steps, got, want)
			}
		}
	}
}

func TestTimesOfAPrint(t *testing.T) {
	l := begin()
	start := l.now
	check := func(steps string, seen, progress, since int) { // minutes after the first step; -1: unknown
		t.Helper()
		l.play(steps)
		for what, c := range map[string]struct {
			at   time.Time
			want int
		}{"last seen": {l.Print.LastSeen, seen}, "last progress": {l.Print.LastProgress, progress}, "lost since": {l.Print.LostSince, since}} {
			got := -1
			if !c.at.IsZero() {
				got = int(c.at.Sub(start) / time.Minute)
			}
			if got != c.want {
				t.Errorf("%s: %s %d, not %d", steps, what, got, c.want)
			}
		}
		if l.Print.InProgress() && l.Print.Start != start.Add(time.Minute) {
			t.Errorf("%s: the start moved to %v", steps, l.Print.Start)
		}
	}
	check("klipper printing id=A file=cube p=10 d=60 layer=1", 1, 1, -1)
	check("klipper printing id=A file=cube p=10 d=120 layer=1", 2, 1, -1)
	check("klipper printing id=A file=cube p=11 d=180 layer=1", 3, 3, -1)
	check("klipper printing id=A file=cube p=11 d=240 layer=2", 4, 4, -1)
	check("klipper paused id=A file=cube p=9 d=300", 5, 4, -1)
	check("785; ping 200; 601", 5, 4, 6)
	check("403; 4 x 787", 5, 4, 6)
	check("klipper paused id=A file=cube p=9 d=300", 14, 4, -1)
	check("klipper printing id=A file=cube p=10 d=600", 15, 15, -1)
	check("klipper idle; 785", 15, 15, 17)
	check("prusa error; prusa warmingup file=cube p=0 d=0; prusa printing file=cube p=10 d=780", 20, 15, -1)
	check("klipper idle id=A file=cube p=10 d=780; 785", 21, 15, 22)
	check("klipper complete id=A file=cube p=100 d=900", 21, 15, -1)
	if l.Print.End != l.now || l.Print.Outcome != PrintComplete {
		t.Errorf("%+v", l.Print)
	}
}

// TestNumbersOfARememberedPrint: they are known while the last response shows the print. A number that is not that of the print is
// unknown: what is left over from the print before while the next one is prepared, and zeros for a print that was further.
func TestNumbersOfARememberedPrint(t *testing.T) {
	const file = " id=A file=cube "
	for steps, want := range map[string]string{
		"klipper printing p=40":                                   "p=0.4",
		"prusa warmingup p=40":                                    "",
		"klipper complete p=100":                                  "",
		"bambu printing p=40 d=60; bambu error p=40 d=60":         "p=0.4 d=60",
		"cc2 printing p=40 d=60; cc2 idle p=40 d=60":              "p=0.4 d=60",
		"prusa printing file=cube p=40 d=60; prusa error p=0 d=0": "",
		"klipper printing p=40 d=60; klipper idle p=0 d=0":        "",
		"klipper printing p=40 d=60; klipper unheard_of p=40":     "p=0.4",
		"klipper printing p=40 layer=9; klipper printing p=3":     "p=0.03",

		"klipper warmingup" + file + "p=0 d=0 left=900 layer=0 layers=90":                                        "p=0 d=0 left=900 layer=0 layers=90",
		"bambu warmingup" + file + "p=0 d=3 left=900":                                                            "p=0 d=3 left=900",
		"bambu warmingup" + file + "p=100 d=3 left=900 layer=90 layers=90":                                       "d=3 left=900",
		"bambu warmingup" + file + "p=100 d=3 left=0":                                                            "d=3",
		"bambu warmingup" + file + "p=0 d=3 left=900 layer=90 layers=90":                                         "p=0 d=3 left=900",
		"bambu printing job layer=9; bambu complete job; bambu warmingup id=B file=b p=40 d=3 layer=9":           "d=3",
		"bambu printing job; 601; bambu warmingup id=B file=b p=40 d=3":                                          "d=3",
		"bambu printing job layer=9 layers=90; bambu warmingup" + file + "p=41 d=660 left=840 layer=9 layers=90": "p=0.41 d=660 left=840 layer=9 layers=90", // heats again
		"bambu warmingup" + file + "p=100; bambu printing" + file + "p=0 d=60 layer=0 layers=80":                 "p=0 d=60 layer=0 layers=80",
		"prusa printing job; prusa warmingup sub=Busy" + file + "p=0 d=0 left=1500":                              "",
		"klipper printing job layer=9 layers=90; klipper error" + file + "p=0 d=600 left=900 layer=0 layers=90":  "d=600 left=900 layers=90",
		"octoprint printing job; octoprint idle" + file + "p=0":                                                  "",
		"klipper printing job; klipper unheard_of" + file + "p=0 d=601":                                          "d=601",
	} {
		l := begin().play(steps)
		var got []string
		for _, n := range []struct {
			word  string
			field Field
		}{{"p", Progress}, {"d", Duration}, {"left", TimeLeft}, {"layer", Layer}, {"layers", Layers}} {
			if v, known := l.Number(n.field, l.now); known {
				got = append(got, fmt.Sprintf("%s=%v", n.word, v))
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %q, not %q", steps, text, want)
		}
	}
}

// TestAReportEnds: a plugin that responds without a report of the printer does not renew the last one, though it proves that the
// host responds.
func TestAReportEnds(t *testing.T) {
	for _, code := range []int{613, 786, 788} {
		l := begin().play("klipper paused job")
		for range 3 {
			if l.status(code); !l.ReadingHolds(l.now) {
				t.Errorf("%d: the report of %v ago does not hold", code, l.now.Sub(l.readAt))
			}
		}
		l.play(fmt.Sprintf("30 x %d", code))
		if _, known := l.Number(Progress, l.now); known || l.ReadingHolds(l.now) {
			t.Errorf("%d: the report of %v ago holds", code, l.now.Sub(l.readAt))
		}
		if up, known := l.Layer(fault.Host, l.now); !up || !known || !l.Print.InProgress() {
			t.Errorf("%d: host up %t, %t; %s", code, up, known, l.prints())
		}
		if l.seeing("klipper paused job"); !l.ReadingHolds(l.now) {
			t.Errorf("%d: a new report does not hold", code)
		}
	}
}

func TestStateSince(t *testing.T) {
	l := begin().play("klipper paused")
	since := l.now
	if l.play("klipper paused; 785; 601; klipper paused"); l.StateSince != since {
		t.Errorf("%v, not %v", l.StateSince, since)
	}
	if l.play("klipper printing"); l.StateSince != l.now {
		t.Errorf("%v, not %v", l.StateSince, l.now)
	}
}

// TestPrintsInRandomSequences: whatever printers report, a print is never both lost and ended, it is counted once, and the
// times of a lost print do not move while it stays lost.
func TestPrintsInRandomSequences(t *testing.T) {
	random := rand.New(rand.NewPCG(13, 13))
	for sequence := range 4000 {
		l := begin()
		platform, begun := pick(random, "bambu", "prusa", "cc2", "klipper", "octoprint", "unknown"), uint64(0)
		for range 60 {
			before := l.Print
			l.now = l.now.Add(time.Duration(random.IntN(1+random.IntN(40))) * time.Second * time.Duration(1+random.IntN(30)))
			step := randomStep(random, platform)
			l.step(step)
			p := l.Print
			if p.InProgress() && p.Start != before.Start {
				begun++
			}
			ended, total := uint64(0), uint64(0)
			for o, n := range p.Ended {
				total += n
				if n < before.Ended[o] {
					t.Fatalf("sequence %d: a counter fell: %v, %v", sequence, before.Ended, p.Ended)
				}
				ended += n - before.Ended[o]
			}
			open := uint64(0)
			if p.InProgress() {
				open = 1
			}
			again := before.InProgress() && p.Start.Equal(before.Start)
			switch {
			case total+open != begun:
				t.Fatalf("sequence %d, %s: %d prints have begun, %d have ended, %d goes on", sequence, step, begun, total, open)
			case ended > 1, ended == 1 && !before.InProgress(), ended == 0 && before.InProgress() && !again:
				t.Fatalf("sequence %d, %s: %d ended at once", sequence, step, ended)
			case p.Lost() && !p.InProgress(), p.Lost() != l.LostDuringPrint(), (p.Outcome != 0) != !p.End.IsZero():
				t.Fatalf("sequence %d, %s: lost and ended: %+v", sequence, step, p)
			case p.Lost() && !l.Fault.None() && l.Fault.Layer > fault.Host, p.InProgress() && !p.Lost() && !l.Fault.None() && l.Fault.Layer <= fault.Host:
				t.Fatalf("sequence %d, %s: lost %t with fault %s", sequence, step, p.Lost(), l.Fault.Reason)
			case before.Lost() && p.Lost() && (p.LastSeen != before.LastSeen || p.LostSince != before.LostSince || p.Start != before.Start):
				t.Fatalf("sequence %d, %s: times of a lost print moved: %+v", sequence, step, p)
			case p.InProgress() && (p.LastSeen.Before(p.Start) || p.LastProgress.After(p.LastSeen) || p.Lost() && !p.LostSince.After(p.LastSeen)):
				t.Fatalf("sequence %d, %s: times out of order: %+v", sequence, step, p)
			}
		}
	}
}

func pick[T any](random *rand.Rand, all ...T) T { return all[random.IntN(len(all))] }

// randomStep is a step of a game in which most responses are those of a print.
func randomStep(random *rand.Rand, platform string) string {
	switch random.IntN(20) {
	case 0:
		return "acknowledge"
	case 1, 2, 3:
		return pick(random, "785", "601", "403", "603", "786", "502", "787", "789")
	case 4:
		return pick(random, "ping 200", "ping 601", "ping 502")
	case 5:
		return pick(random, "wait 1h", "wait 200h", "wait 750h")
	}
	state := pick(random, "printing", "printing", "printing", "paused", "resuming", "warmingup", "idle", "idle", "complete", "cancelled", "error", "mending")
	text := platform + " " + state
	for _, word := range []string{
		pick(random, "", " id=A", " id=A", " id=B"), pick(random, "", " file=cube", " file=cube", " file=other"),
		pick(random, "", " p=0", " p=40", " p=41", " p=100"), pick(random, "", " d=0", " d=600", " d=660"),
		pick(random, "", " left=900", " left=60"), pick(random, "", "", " err=Canceled"), pick(random, "", " layer=1", " layer=2"),
	} {
		text += word
	}
	return text
}

// TestFoldingAPrintDoesNotAllocate in the memory of a print that goes on.
func TestFoldingAPrintDoesNotAllocate(t *testing.T) {
	l := begin().play("klipper printing job")
	r := parseReading("klipper printing job")
	if n := testing.AllocsPerRun(100, func() {
		l.now = l.now.Add(time.Minute)
		l.Status = l.Next(Result{Request: StatusRequest, Sent: l.now, Reading: r})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
