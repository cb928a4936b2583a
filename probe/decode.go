package probe

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// form is how much of an answer's body is what it should be.
type form uint8

const (
	notJSON  form = iota + 1 // a page, a text
	notAnAPI                 // JSON, but not the envelope
	envelope                 // an object with a whole number as Status
)

// answer is the body of an answer, read but not judged.
type answer struct {
	form   form
	status int  // the envelope's Status
	result bool // there is a Result, and it is an object
	Reading
}

// Bounds of what can be true. A print of more than a year, or a score older than a month, is none.
const (
	year  = 366 * 24 * 3600.0
	month = 31 * 24 * 3600.0
)

// decode reads the answer of the Plugin API.
// Source: https://docs.octoeverywhere.com/plugin-api/printer-status/
func decode(body []byte) answer {
	s := &scanner{b: body}
	a := answer{form: notJSON}
	if s.peek() != object {
		if s.skip(); s.whole() || len(body) > 0 && firstByte(body) == '[' {
			a.form = notAnAPI
		}
		return a
	}
	statusKnown := false
	for more := s.enter(); more; more = s.leave() {
		switch string(s.key()) {
		case "Status":
			a.status, statusKnown = s.integer()
		case "Result":
			a.Reading = Reading{}
			a.result = s.peek() == object
			a.readResult(s)
		default:
			s.skip()
		}
	}
	a.form = notAnAPI
	if s.whole() && statusKnown {
		a.form = envelope
	}
	a.tidy()
	return a
}

func firstByte(b []byte) byte {
	s := scanner{b: b}
	s.space()
	if s.i == len(b) {
		return 0
	}
	return b[s.i]
}

// object begins an object, or skips what is none: then there is nothing to read.
func (s *scanner) object() (more bool) {
	if s.peek() != object {
		s.skip()
		return false
	}
	return s.enter()
}

func (r *Reading) readResult(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		switch string(s.key()) {
		case "JobStatus":
			r.State = 0
			r.forget(Progress, Duration, TimeLeft, Layer, Layers)
			r.readJob(s)
		case "OctoEverywhereStatus":
			r.readService(s)
		case "PlatformVersion":
			if s.peek() == text {
				r.platform = platformVersion(s.text())
			} else {
				s.skip()
			}
		default:
			s.skip()
		}
	}
}

func (r *Reading) readJob(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		switch key := s.key(); {
		case string(key) == "State" && s.peek() == text:
			r.State = stateOf(s.text())
		case string(key) == "CurrentPrint":
			r.readPrint(s)
		default:
			s.skip()
		}
	}
}

func (r *Reading) readPrint(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		switch string(s.key()) {
		case "Progress":
			s.number64(r, Progress)
		case "DurationSec":
			s.number64(r, Duration)
		case "TimeLeftSec":
			s.number64(r, TimeLeft)
		case "CurrentLayer":
			s.number64(r, Layer)
		case "TotalLayers":
			s.number64(r, Layers)
		case "Temps":
			r.forget(BedActual, BedTarget, HotendActual, HotendTarget, ChamberActual, ChamberTarget)
			r.readTemperatures(s)
		default:
			s.skip()
		}
	}
}

func (r *Reading) readTemperatures(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		switch string(s.key()) {
		case "BedActual":
			s.number64(r, BedActual)
		case "BedTarget":
			s.number64(r, BedTarget)
		case "HotendActual":
			s.number64(r, HotendActual)
		case "HotendTarget":
			s.number64(r, HotendTarget)
		case "ChamberActual":
			s.number64(r, ChamberActual)
		case "ChamberTarget":
			s.number64(r, ChamberTarget)
		default:
			s.skip()
		}
	}
}

func (r *Reading) readService(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		if string(s.key()) != "Gadget" {
			s.skip()
			continue
		}
		r.forget(GadgetScore, GadgetSuppressed, scoreAge)
		r.readGadget(s)
	}
}

func (r *Reading) readGadget(s *scanner) {
	for more := s.object(); more; more = s.leave() {
		switch string(s.key()) {
		case "LastScore":
			s.number64(r, GadgetScore)
		case "TimeSinceLastScoreSec":
			s.number64(r, scoreAge)
		case "IsSuppressed":
			s.boolean64(r, GadgetSuppressed)
		default:
			s.skip()
		}
	}
}

// tidy forgets what cannot be true, and what stands for "there is none".
func (r *Reading) tidy() {
	if v, ok := r.Value(Progress); ok {
		r.set(Progress, v/100)
	}
	r.keep(Progress, 0, 1)
	r.keep(Duration, 0, year)
	r.keep(TimeLeft, 0, year)
	r.keep(Layer, 0, math.MaxInt32)
	r.keep(Layers, 1, math.MaxInt32)
	if _, ok := r.Value(Layers); !ok {
		r.forget(Layer) // 0 of 0 layers: the platform does not count them
	}
	if actual, _ := r.Value(ChamberActual); actual == 0 {
		if target, _ := r.Value(ChamberTarget); target == 0 {
			r.forget(ChamberActual, ChamberTarget) // both 0: no sensor
		}
	}
	r.keep(scoreAge, 0, month) // before the first score it counts from 1970
	r.keep(GadgetScore, 0, math.MaxFloat64)
	if _, scored := r.Value(scoreAge); !scored {
		r.forget(GadgetScore, GadgetSuppressed)
	}
	r.forget(scoreAge)
	if r.State == 0 {
		r.State = UnknownState
	}
}

// platformVersion makes a label value of what a printer calls itself: valid, printable, short. What stands for a
// character that could not be read (U+FFFD) goes too: it is how a decoder writes an invalid byte, and says nothing.
func platformVersion(b []byte) string {
	const most = 100 // bytes
	v := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, string(b))
	if len(v) > most {
		v = strings.Clone(strings.ToValidUTF8(v[:most], "")) // a copy: the long one would be kept with it
	}
	return strings.TrimSpace(v)
}

// decodeInfo reads the answer of the App Connection Info API, false where it is none.
// Source: https://docs.octoeverywhere.com/app-connections/apis/info-api/
func decodeInfo(body []byte) (Reading, bool) {
	s := &scanner{b: body}
	if s.peek() != object {
		return Reading{}, false
	}
	var r Reading
	for more := s.enter(); more; more = s.leave() {
		switch string(s.key()) {
		case "IsOnline":
			s.boolean64(&r, ConnectionOnline)
		case "LastConnectionTimeUtc":
			s.time64(&r, LastConnection)
		case "LastDisconnectTimeUtc":
			s.time64(&r, LastDisconnection)
		default:
			s.skip()
		}
	}
	_, said := r.Value(ConnectionOnline)
	return r, said && s.whole()
}

// number64 reads a number into a field, or skips what is none: then the field is unknown.
func (s *scanner) number64(r *Reading, f Field) {
	r.forget(f)
	if s.peek() != number {
		s.skip()
		return
	}
	if v, ok := s.number(); ok {
		r.set(f, v)
	}
}

// boolean64 reads true as 1 and false as 0.
func (s *scanner) boolean64(r *Reading, f Field) {
	r.forget(f)
	if s.peek() != boolean {
		s.skip()
		return
	}
	v := 0.0
	if s.boolean() {
		v = 1
	}
	r.set(f, v)
}

// time64 reads a time as Unix time. A time before 1971 stands for never.
func (s *scanner) time64(r *Reading, f Field) {
	r.forget(f)
	if s.peek() != text {
		s.skip()
		return
	}
	if t, err := time.Parse(time.RFC3339Nano, string(s.text())); err == nil && t.Unix() > int64(year) {
		r.set(f, float64(t.UnixMicro())/1e6) // nanoseconds since 1970 fit in an int64 until 2262 only
	}
}

// integer reads a whole number; false where there is another value, or one that is too large to be exact.
func (s *scanner) integer() (int, bool) {
	if s.peek() != number {
		s.skip()
		return 0, false
	}
	v, ok := s.number()
	if !ok || v != math.Trunc(v) || math.Abs(v) > min(1<<53, math.MaxInt) {
		return 0, false
	}
	return int(v), true
}
