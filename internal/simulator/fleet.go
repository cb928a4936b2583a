package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"
)

// spec is what is decided about a printer; the rest comes from the seed.
type spec struct {
	name        string
	model       *model
	site        string
	description string
	script      script
	cycle       printCycle
	cycleOffset time.Duration // how far into its life a printer is when the relay begins
	oldPlugin   bool
	looseSensor bool
	hasAppToken bool // the owner kept the app token
}

// sites are the label values of a fleet that is not the demo's.
var sites = [...]string{"lab", "hall-a", "hall-b", "farm"}

// fleet decides n printers. A longer fleet of the same seed begins with the same printers; only the faults are dealt
// anew.
func generateFleet(seed uint64, n int, shares FaultRatios) []spec {
	faults := shares.assign(n)
	rand.New(rand.NewPCG(seed, ^uint64(0))).Shuffle(n, func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	specs := make([]spec, n)
	for i := range specs {
		specs[i] = generateSpec(printerRand(seed, i, 1), i, faults[i])
	}
	return specs
}

// drawn decides one printer.
func generateSpec(r *rand.Rand, i int, f Fault) spec {
	m := &models[r.IntN(len(models))]
	s := spec{
		name:        fmt.Sprintf("%s-%05d", m.prefix, i+1),
		model:       m,
		site:        sites[r.IntN(len(sites))],
		description: f.Description(),
		looseSensor: m.chamber == chamberMeasured && m.platform == moonraker && r.IntN(4) == 0,
		hasAppToken: r.IntN(5) < 3,
	}
	if r.IntN(4) > 0 {
		s.cycle = printCycle{
			warmup:   randomDuration(r, 60*time.Second, 180*time.Second),
			printing: randomDuration(r, 15*time.Minute, 3*time.Hour),
			idle:     randomDuration(r, 5*time.Minute, 40*time.Minute),
		}
		s.cycleOffset = randomDuration(r, 0, s.cycle.length())
	}
	if f != None {
		s.script = script{{fault: f}}
	}
	return s
}

// chance is a source of its own for each printer and stream, so that a printer does not depend on those before it.
func printerRand(seed uint64, i int, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hashOf(stream, 0, uint64(i))))
}

func randomDuration(r *rand.Rand, low, high time.Duration) time.Duration {
	return (low + time.Duration(r.Int64N(int64(high-low)))).Round(time.Second)
}

// build makes the printer that a spec decides.
func newPrinter(seed uint64, i int, s spec, born time.Time) *printer {
	r := printerRand(seed, i, 2)
	p := &printer{
		Printer: Printer{
			Name: s.name, Platform: s.model.platform, Site: s.site, Model: s.model.label, Description: s.description,
			ID: "app-" + randomID(r, 40),
		},
		model: s.model, key: r.Uint64(), oldPlugin: s.oldPlugin, looseSensor: s.looseSensor, script: s.script,
		cycle: s.cycle, createdAt: born, cycleStart: born.Add(-s.cycleOffset), firstPrint: 1,
	}
	if len(s.script) == 1 {
		p.Fault = s.script[0].fault
	}
	if r.IntN(5) < 3 {
		p.Bearer = randomID(r, 48)
		p.authorization = "Bearer " + p.Bearer
	} else {
		p.Username, p.Password = randomID(r, 16), randomID(r, 32)
		p.authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(p.Username+":"+p.Password))
	}
	if token := randomID(r, 64); s.hasAppToken {
		p.AppToken = token
	}
	return p
}

// letters writes n characters of the kind that ids and tokens are made of.
func randomID(r *rand.Rand, n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}
