package simulator

import (
	"math"
	"time"
)

// reading is what a `status` answer tells of a printer.
type reading struct {
	*printer
	*dialect
	job     job
	part    part
	body    twist
	now     time.Time
	trouble string // the text of an error; "" for none
}

// appendStatus writes the plugin's answer to `status`. Fields as in
// https://docs.octoeverywhere.com/plugin-api/printer-status/; which of them a platform leaves out, and what it writes for
// what it does not know, was measured against the plugin.
func appendStatus(b []byte, p *printer, j job, body twist, now time.Time) []byte {
	if p.old && body == plain {
		body = ofOldPlugin
	}
	r := reading{printer: p, dialect: dialects[p.model.platform], job: j, part: p.part(j.number), body: body, now: now}
	if body == inError {
		r.job = job{state: "error", number: j.number, age: j.age, heat: j.heat}
		if p.model.platform == prusalink { // the only plugin that tells why
			r.trouble = "Thermal protection: the hotend got too hot"
		}
	}
	w := &pen{b: b}
	w.text(`{"Status": 200, "Result": {"JobStatus": {"State": "`)
	w.text(r.job.state)
	r.jobStatus(w)
	w.text(`, "OctoEverywhereStatus": {`)
	r.serviceStatus(w)
	w.text(`}, "PlatformVersion": `)
	w.quoted(p.model.version)
	if body != ofOldPlugin {
		w.text(`, "Features": `)
		w.integer(int64(p.model.features))
	}
	w.text(`, "ListWebcams": {"Webcams": [`)
	if p.model.webcam != "" {
		w.text(`{"Name": `)
		w.quoted(p.model.webcam)
		w.text(`, "FlipH": false, "FlipV": false, "Rotation": 0, "Enabled": true}`)
	}
	w.text(`], "DefaultIndex": 0}}}`)
	return w.b
}

func (r *reading) jobStatus(w *pen) {
	newer := r.extras && r.body != ofOldPlugin
	if newer {
		w.text(`", "SubState": `)
		w.optional(r.trouble)
		w.text(`, "Error": `)
	} else {
		w.text(`", "Error": `)
	}
	w.optional(r.trouble)
	if newer {
		w.text(`, "Lights": `)
		w.text(r.lights)
	}
	w.text(`, "CurrentPrint": {`)
	r.currentPrint(w)
	w.text(`, "Temps": {`)
	r.temps(w)
	w.text(`}}}`)
}

func (r *reading) currentPrint(w *pen) {
	known := r.job.heated || r.job.progress > 0
	w.whole = r.model.whole
	w.text(`"Progress": `)
	if r.decimals == 0 {
		w.number(math.Floor(100*r.job.progress), 0)
	} else {
		w.number(100*r.job.progress, r.decimals)
	}
	w.text(`, "DurationSec": `)
	w.integer(int64(r.job.active / time.Second))
	w.text(`, "TimeLeftSec": `)
	switch {
	case r.job.state == "warmingup":
		w.text(r.noTimeLeft)
	case r.job.left == 0:
		w.text(r.atRest)
	default:
		w.integer(int64(r.job.left / time.Second))
	}
	w.text(`, "FileName": "`)
	if known {
		w.text(r.part.file)
		w.text(r.suffix)
	}
	w.text(`", "EstTotalFilUsedMm": `)
	r.filament(w, known, r.part.millimetres)
	if r.weight && r.body != ofOldPlugin {
		w.text(`, "EstTotalFilWeightMg": `)
		r.filament(w, known, r.part.milligrams)
	}
	w.text(`, "CurrentLayer": `)
	r.layer(w, known, int(r.job.progress*float64(r.part.layers)))
	w.text(`, "TotalLayers": `)
	r.layer(w, known, r.part.layers)
}

// filament writes an amount; -1 is what the plugin makes of one that it cannot compute.
func (r *reading) filament(w *pen, known bool, amount int) {
	switch {
	case r.body == withNaN:
		w.integer(-1)
	case known:
		w.integer(int64(amount))
	default:
		w.integer(0)
	}
}

func (r *reading) layer(w *pen, known bool, n int) {
	if !r.layers || !known {
		w.text(r.noLayer)
		return
	}
	w.integer(int64(n))
}

func (r *reading) temps(w *pen) {
	t := r.temperatures(r.job, r.part.filament, r.now)
	if r.body == withNaN {
		t.hotend = math.NaN()
	}
	w.text(`"BedActual": `)
	w.number(t.bed, 2)
	w.text(`, "BedTarget": `)
	w.number(t.bedTarget, 2)
	w.text(`, "HotendActual": `)
	w.number(t.hotend, 2)
	w.text(`, "HotendTarget": `)
	w.number(t.hotendTarget, 2)
	if r.model.chamber == noChamber || r.body == ofOldPlugin {
		return
	}
	if r.model.chamber == zeroChamber {
		t.chamber, t.chamberTarget = 0, 0
	}
	w.text(`, "ChamberActual": `)
	w.number(t.chamber, 2)
	w.text(`, "ChamberTarget": `)
	w.number(t.chamberTarget, 2)
}

func (r *reading) serviceStatus(w *pen) {
	w.whole = false
	w.text(`"MostRecentPrintIdStr": `)
	if r.job.number < 1 {
		w.text(`null, "PrintStartTimeSec": 0.0`)
	} else {
		w.text(`"`)
		w.b = r.appendPrintID(w.b, r.job.number)
		w.text(`", "PrintStartTimeSec": `)
		w.float(unix(r.now.Add(-r.job.age)))
	}
	w.text(`, "Gadget": {`)
	r.gadget(w)
	w.text(`, "IntervalSec": `)
	w.float(scoreEvery.Seconds())
	w.text(`, "IsSuppressed": `)
	if r.job.printing() && r.job.number%8 == 5 {
		w.text("true")
	} else {
		w.text("false")
	}
	w.text(`, "TimeSinceLastWarnSec": null, "TimeSinceLastPauseSec": null}`)
}

// gadget writes the scores. Without one the plugin counts the time since the last from 1970 on.
func (r *reading) gadget(w *pen) {
	if !r.watched(r.job) {
		w.text(`"LastScore": 0.0, "ScoreHistory": [], "TimeSinceLastScoreSec": `)
		w.float(unix(r.now))
		return
	}
	last := int(r.job.active / scoreEvery)
	w.text(`"LastScore": `)
	w.number(r.score(r.job.number, last), 1)
	w.text(`, "ScoreHistory": [`)
	for n := max(1, last-scoresKept+1); n <= last; n++ {
		w.number(r.score(r.job.number, n), 1)
		if n < last {
			w.text(", ")
		}
	}
	w.text(`], "TimeSinceLastScoreSec": `)
	w.number((r.job.active % scoreEvery).Seconds(), 3)
}

// unix is a time as the plugin writes it.
func unix(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
