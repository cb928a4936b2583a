package simulator

import "time"

// printedPart is what a print makes.
type printedPart struct {
	file        string // without the platform's suffix
	layers      int
	millimeters int // of filament
	milligrams  int
	filament    filament
}

// filament is a material with its temperatures in degrees Celsius.
type filament struct {
	name                 string
	hotend, bed, chamber float64
}

var filaments = [...]filament{
	{"pla", 215, 60, 0},
	{"petg", 240, 80, 0},
	{"asa", 255, 105, 45},
}

var partNames = [...]string{
	"corner-bracket", "fan-duct", "cable-chain-link", "spool-hub", "drawer-knob", "gear-24t", "vase-spiral", "hinge-left",
	"pcb-case-lid", "tool-holder", "calibration-tower", "camera-mount", "hex-bin-3x5", "belt-tensioner",
}

// printedPart returns what the print with that number makes. It is the same on every call.
func (p *printer) printedPart(number int) printedPart {
	h := hashOf(p.key, purposePrint, uint64(number))
	f := filaments[h>>8%uint64(len(filaments))]
	length := 1800 + int(h>>16%22000)
	return printedPart{
		file:        partNames[h>>24%uint64(len(partNames))] + "-" + f.name,
		layers:      80 + int(h>>32%420),
		millimeters: length,
		milligrams:  length * 2983 / 1000,
		filament:    f,
	}
}

const (
	scoreInterval    = 30 * time.Second // between two scores
	firstScoreAfter  = time.Minute      // printing time before the first score
	scoreHistorySize = 6
)

// hasScore reports whether Gadget has a score. It needs a webcam, and some owners have disabled it.
func (p *printer) hasScore(j job) bool {
	return p.model.webcam != "" && p.key%4 != 0 && j.heatersOn && j.printedFor >= firstScoreAfter
}

// score returns Gadget's n-th score of a print, from 0 to 10; 10 is best.
func (p *printer) score(number, n int) float64 {
	return 5.5 + 4.3*fraction(hashOf(p.key, purposeScore, uint64(number)<<32+uint64(n)))
}

const printIDLength = 60

// appendPrintID appends the plugin's ID of a print.
func (p *printer) appendPrintID(b []byte, number int) []byte {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var h uint64
	for i := range printIDLength {
		if i%10 == 0 {
			h = hashOf(p.key, purposePrintID, uint64(number*printIDLength+i))
		}
		b = append(b, alphabet[h%uint64(len(alphabet))])
		h /= uint64(len(alphabet))
	}
	return b
}
