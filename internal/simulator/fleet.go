package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"
)

// spec is what is configured of a printer. The rest is derived from the seed.
type spec struct {
	name        string
	model       *model
	site        string
	description string
	script      script
	cycle       printCycle
	cycleOffset time.Duration // position in the print cycle at the start
	oldPlugin   bool
	looseSensor bool
	hasAppToken bool // the owner kept the app token
	disabled    bool // in the exporter's configuration
}

// sites are the values of the label "site" in a generated fleet.
var sites = [...]string{"lab", "hall-a", "hall-b", "farm"}

// generateFleet generates n printers. A larger fleet of the same seed starts with the same printers, but the faults are
// assigned again.
func generateFleet(seed uint64, n int, ratios FaultRatios) []spec {
	faults := ratios.assign(n)
	rand.New(rand.NewPCG(seed, ^uint64(0))).Shuffle(n, func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	specs := make([]spec, n)
	for i := range specs {
		specs[i] = generateSpec(printerRand(seed, i, 1), i, faults[i])
	}
	return specs
}

// generateSpec generates one printer.
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

// printerRand returns a random source per printer and stream, so that a printer does not depend on those before it.
func printerRand(seed uint64, i int, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, hashOf(stream, 0, uint64(i))))
}

func randomDuration(r *rand.Rand, low, high time.Duration) time.Duration {
	return (low + time.Duration(r.Int64N(int64(high-low)))).Round(time.Second)
}

// newPrinter creates the printer of a spec.
func newPrinter(seed uint64, i int, s spec, createdAt time.Time) *printer {
	r := printerRand(seed, i, 2)
	p := &printer{
		Printer: Printer{
			Name: s.name, Platform: s.model.platform, Site: s.site, Model: s.model.label, Description: s.description, Disabled: s.disabled,
			ID: "app-" + randomID(r, 40),
		},
		model: s.model, key: r.Uint64(), oldPlugin: s.oldPlugin, looseSensor: s.looseSensor, script: s.script,
		cycle: s.cycle, createdAt: createdAt, cycleStart: createdAt.Add(-s.cycleOffset), firstPrint: 1,
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

// randomID returns n characters, as in the IDs and tokens of the real service.
func randomID(r *rand.Rand, n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}
