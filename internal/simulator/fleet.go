package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"time"
)

// spec is what is decided about a printer; the rest comes from the seed.
type spec struct {
	name   string
	model  *model
	site   string
	story  string
	script script
	life   life
	begun  time.Duration // how far into its life a printer is when the relay begins
	old    bool
	loose  bool
	app    bool // the owner kept the app token
}

// sites are the label values of a fleet that is not the demo's.
var sites = [...]string{"lab", "hall-a", "hall-b", "farm"}

// fleet decides n printers. A longer fleet of the same seed begins with the same printers; only the faults are dealt
// anew.
func fleet(seed uint64, n int, shares Shares) []spec {
	faults := shares.deal(n)
	rand.New(rand.NewPCG(seed, ^uint64(0))).Shuffle(n, func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	specs := make([]spec, n)
	for i := range specs {
		specs[i] = drawn(chance(seed, i, 1), i, faults[i])
	}
	return specs
}

// drawn decides one printer.
func drawn(r *rand.Rand, i int, f Fault) spec {
	m := &models[r.IntN(len(models))]
	s := spec{
		name:  fmt.Sprintf("%s-%05d", m.prefix, i+1),
		model: m,
		site:  sites[r.IntN(len(sites))],
		story: f.Story(),
		loose: m.chamber == warmChamber && m.platform == moonraker && r.IntN(4) == 0,
		app:   r.IntN(5) < 3,
	}
	if r.IntN(4) > 0 {
		s.life = life{
			warm:  between(r, 60*time.Second, 180*time.Second),
			print: between(r, 15*time.Minute, 3*time.Hour),
			rest:  between(r, 5*time.Minute, 40*time.Minute),
		}
		s.begun = between(r, 0, s.life.round())
	}
	if f != None {
		s.script = script{{fault: f}}
	}
	return s
}

// chance is a source of its own for each printer and stream, so that a printer does not depend on those before it.
func chance(seed uint64, i int, stream uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, mix(stream, 0, uint64(i))))
}

func between(r *rand.Rand, low, high time.Duration) time.Duration {
	return (low + time.Duration(r.Int64N(int64(high-low)))).Round(time.Second)
}

// build makes the printer that a spec decides.
func build(seed uint64, i int, s spec, born time.Time) *printer {
	r := chance(seed, i, 2)
	p := &printer{
		Printer: Printer{
			Name: s.name, Platform: s.model.platform, Site: s.site, Model: s.model.label, Story: s.story,
			ID: "app-" + letters(r, 40),
		},
		model: s.model, key: r.Uint64(), old: s.old, loose: s.loose, script: s.script,
		life: s.life, born: born, lifeBegan: born.Add(-s.begun), firstPrint: 1,
	}
	if len(s.script) == 1 {
		p.Fault = s.script[0].fault
	}
	if r.IntN(5) < 3 {
		p.Bearer = letters(r, 48)
		p.authorization = "Bearer " + p.Bearer
	} else {
		p.Username, p.Password = letters(r, 16), letters(r, 32)
		p.authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(p.Username+":"+p.Password))
	}
	if token := letters(r, 64); s.app {
		p.AppToken = token
	}
	return p
}

// letters writes n characters of the kind that ids and tokens are made of.
func letters(r *rand.Rand, n int) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	text := make([]byte, n)
	for i := range text {
		text[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(text)
}
