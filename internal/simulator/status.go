package simulator

import (
	"math"
	"time"
)

// statusBody is the content of a `status` response.
type statusBody struct {
	*printer
	*platformFormat
	job       job
	part      printedPart
	variant   bodyVariant
	now       time.Time
	errorText string // "" for none
}

// appendStatus writes the plugin's response to `status`. The fields are documented at
// https://docs.octoeverywhere.com/plugin-api/printer-status/; which of them a platform omits, and what it writes for an
// unknown value, was measured with the plugin.
func appendStatus(b []byte, p *printer, j job, body bodyVariant, now time.Time) []byte {
	if p.oldPlugin && body == normalBody {
		body = oldPluginBody
	}
	r := statusBody{printer: p, platformFormat: platformFormats[p.model.platform], job: j, part: p.printedPart(j.printNumber), variant: body, now: now}
	if body == printerErrorBody {
		r.job = job{state: "error", printNumber: j.printNumber, age: j.age, heat: j.heat}
		if p.model.platform == prusalink { // the only plugin that reports why
			r.errorText = "Thermal protection: the hotend got too hot"
		}
	}
	w := &jsonWriter{b: b}
	w.text(`{"Status": 200, "Result": {"JobStatus": {"State": "`)
	w.text(r.job.state)
	r.jobStatus(w)
	w.text(`, "OctoEverywhereStatus": {`)
	r.serviceStatus(w)
	w.text(`}, "PlatformVersion": `)
	w.quoted(p.model.version)
	if body != oldPluginBody {
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

func (r *statusBody) jobStatus(w *jsonWriter) {
	newer := r.hasExtraFields && r.variant != oldPluginBody
	if newer {
		w.text(`", "SubState": `)
		w.optional(r.errorText)
		w.text(`, "Error": `)
	} else {
		w.text(`", "Error": `)
	}
	w.optional(r.errorText)
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

func (r *statusBody) currentPrint(w *jsonWriter) {
	known := r.job.heatersOn || r.job.progress > 0
	w.wholeNumbers = r.model.wholeNumbers
	w.text(`"Progress": `)
	if r.decimals == 0 {
		w.number(math.Floor(100*r.job.progress), 0)
	} else {
		w.number(100*r.job.progress, r.decimals)
	}
	w.text(`, "DurationSec": `)
	w.integer(int64(r.job.printedFor / time.Second))
	w.text(`, "TimeLeftSec": `)
	switch {
	case r.job.state == "warmingup":
		w.text(r.unknownTimeLeft)
	case r.job.timeLeft == 0:
		w.text(r.idleTimeLeft)
	default:
		w.integer(int64(r.job.timeLeft / time.Second))
	}
	w.text(`, "FileName": "`)
	if known {
		w.text(r.part.file)
		w.text(r.fileSuffix)
	}
	w.text(`", "EstTotalFilUsedMm": `)
	r.filament(w, known, r.part.millimeters)
	if r.hasWeight && r.variant != oldPluginBody {
		w.text(`, "EstTotalFilWeightMg": `)
		r.filament(w, known, r.part.milligrams)
	}
	w.text(`, "CurrentLayer": `)
	r.layer(w, known, int(r.job.progress*float64(r.part.layers)))
	w.text(`, "TotalLayers": `)
	r.layer(w, known, r.part.layers)
}

// filament writes an amount. The plugin writes -1 if it cannot compute one.
func (r *statusBody) filament(w *jsonWriter, known bool, amount int) {
	switch {
	case r.variant == nanBody:
		w.integer(-1)
	case known:
		w.integer(int64(amount))
	default:
		w.integer(0)
	}
}

func (r *statusBody) layer(w *jsonWriter, known bool, n int) {
	if !r.hasLayers || !known {
		w.text(r.noLayer)
		return
	}
	w.integer(int64(n))
}

func (r *statusBody) temps(w *jsonWriter) {
	t := r.temperatures(r.job, r.part.filament, r.now)
	if r.variant == nanBody {
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
	if r.model.chamber == chamberAbsent || r.variant == oldPluginBody {
		return
	}
	if r.model.chamber == chamberZero {
		t.chamber, t.chamberTarget = 0, 0
	}
	w.text(`, "ChamberActual": `)
	w.number(t.chamber, 2)
	w.text(`, "ChamberTarget": `)
	w.number(t.chamberTarget, 2)
}

func (r *statusBody) serviceStatus(w *jsonWriter) {
	w.wholeNumbers = false
	w.text(`"MostRecentPrintIdStr": `)
	if r.job.printNumber < 1 {
		w.text(`null, "PrintStartTimeSec": 0.0`)
	} else {
		w.text(`"`)
		w.b = r.appendPrintID(w.b, r.job.printNumber)
		w.text(`", "PrintStartTimeSec": `)
		w.float(unixSeconds(r.now.Add(-r.job.age)))
	}
	w.text(`, "Gadget": {`)
	r.gadget(w)
	w.text(`, "IntervalSec": `)
	w.float(scoreInterval.Seconds())
	w.text(`, "IsSuppressed": `)
	if r.job.isPrinting() && r.job.printNumber%8 == 5 {
		w.text("true")
	} else {
		w.text("false")
	}
	w.text(`, "TimeSinceLastWarnSec": null, "TimeSinceLastPauseSec": null}`)
}

// gadget writes the scores. Without one, the plugin writes the time since 1970 as the time since the last score.
func (r *statusBody) gadget(w *jsonWriter) {
	if !r.hasScore(r.job) {
		w.text(`"LastScore": 0.0, "ScoreHistory": [], "TimeSinceLastScoreSec": `)
		w.float(unixSeconds(r.now))
		return
	}
	last := int(r.job.printedFor / scoreInterval)
	w.text(`"LastScore": `)
	w.number(r.score(r.job.printNumber, last), 1)
	w.text(`, "ScoreHistory": [`)
	for n := max(1, last-scoreHistorySize+1); n <= last; n++ {
		w.number(r.score(r.job.printNumber, n), 1)
		if n < last {
			w.text(", ")
		}
	}
	w.text(`], "TimeSinceLastScoreSec": `)
	w.number((r.job.printedFor % scoreInterval).Seconds(), 3)
}

// unixSeconds returns t as the plugin writes it.
func unixSeconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }
