package simulator

import (
	"math"
	"time"
)

// temperatures are in degrees Celsius. A chamber of NaN is a sensor without contact.
type temperatures struct {
	bed, hotend, chamber                   float64
	bedTarget, hotendTarget, chamberTarget float64
}

// temperatures returns what the sensors measure during a job with a filament.
func (p *printer) temperatures(j job, f filament, now time.Time) temperatures {
	room := 19.5 + 5*fraction(hashOf(p.key, purposeTemperature, 0))
	h := hashOf(p.key, purposeTemperature, uint64(now.Unix()))
	ripple := func(bits uint) float64 { return (fraction(h<<bits) - 0.5) * 0.6 }
	warmed := func(target float64) float64 { return room + (target-room)*j.heat }
	t := temperatures{bed: warmed(f.bed) + ripple(0), hotend: warmed(f.hotend) + ripple(16)}
	t.chamber = room + (f.bed-room)*j.heat*0.3 + ripple(32)
	if j.heatersOn {
		t.bedTarget, t.hotendTarget, t.chamberTarget = f.bed, f.hotend, f.chamber
	}
	if p.looseSensor && p.sensorLost(now) {
		t.chamber = math.NaN()
	}
	return t
}

// sensorLost reports whether a loose chamber sensor has no contact: one in eight half-minutes.
func (p *printer) sensorLost(now time.Time) bool {
	return hashOf(p.key, purposeSensor, uint64(now.Unix()/30))%8 == 0
}
