package probe

import (
	"math"
	"strings"
	"time"

	"octoeverywhere_exporter/probe/jsonscan"
)

// form is how much of a response's body is what it should be.
type form uint8

const (
	notJSON  form = iota + 1 // a page or a text
	notAnAPI                 // JSON, but not the envelope
	envelope                 // an object with a whole number as Status
)

// response is the body of a response of the Plugin API, decoded but not judged.
type response struct {
	form      form
	status    int  // the envelope's Status
	hasResult bool // there is a Result, and it is an object
	Reading
}

// Fields of each response, by their paths.
var (
	statusPaths = newPathTree(fieldTable[:], StatusRequest)
	infoPaths   = newPathTree(fieldTable[:], InfoRequest)
)

// pathNode is a key of a response: the field that it holds, or an object with further keys.
type pathNode struct {
	key      string
	row      *FieldInfo // nil: an object
	below    fieldSet   // all fields at or below this key
	children []*pathNode
}

// newPathTree returns the root of the paths of all fields in the response to a request.
func newPathTree(table []FieldInfo, q Request) *pathNode {
	root := &pathNode{}
	for i := range table {
		row := &table[i]
		if row.request != q {
			continue
		}
		n := root
		for key := range strings.SplitSeq(row.path, ".") {
			child := n.child([]byte(key))
			if child == nil {
				child = &pathNode{key: key}
				n.children = append(n.children, child)
			}
			child.below |= 1 << row.Field
			n = child
		}
		n.row = row
	}
	return root
}

// child returns the node of a key, nil where no field is at or below it.
func (n *pathNode) child(key []byte) *pathNode {
	for _, c := range n.children {
		if c.key == string(key) {
			return c
		}
	}
	return nil
}

// decoder collects the fields of a response.
type decoder struct {
	Reading
	absurd fieldSet // numbers that were written but cannot be true
	raw    rawTexts
}

// decodePlugin decodes a response of the Plugin API. paths are those of its fields.
func decodePlugin(body []byte, paths *pathNode) response {
	s := jsonscan.New(body)
	a, d := response{form: notJSON}, decoder{}
	kind := s.Peek()
	if kind != jsonscan.Object {
		if s.Skip(); s.Done() || kind == jsonscan.Array {
			a.form = notAnAPI
		}
		return a
	}
	result := paths.child([]byte("Result"))
	hasStatus := false
	for more := s.Object(); more; more = s.More() {
		switch string(s.Key()) {
		case "Status":
			a.status, hasStatus = readInteger(&s)
		case "Result":
			a.hasResult = s.Peek() == jsonscan.Object
			d.read(&s, result)
		default:
			s.Skip()
		}
	}
	a.form = notAnAPI
	if s.Done() && hasStatus {
		a.form = envelope
	}
	a.Reading = d.complete()
	return a
}

// read reads a value into the fields at or below n. Of several values with the same path the last one counts.
func (d *decoder) read(s *jsonscan.Scanner, n *pathNode) {
	d.forget(n.below)
	if n.row != nil {
		d.readField(s, n.row)
		return
	}
	for more := s.Object(); more; more = s.More() {
		if c := n.child(s.Key()); c != nil {
			d.read(s, c)
		} else {
			s.Skip()
		}
	}
}

// readField reads a value of the JSON type that the field's unit calls for, and skips any other.
func (d *decoder) readField(s *jsonscan.Scanner, row *FieldInfo) {
	switch row.Unit {
	case unitState:
		if word, ok := s.Text(); ok {
			d.State = parseState(word)
		}
	case unitText:
		if text, ok := s.Text(); ok {
			d.raw[row.Field-platformField] = text
		}
	case UnitBool:
		if v, ok := s.Bool(); ok {
			number := 0.0
			if v {
				number = 1
			}
			d.set(row, number)
		}
	case UnitTime:
		text, ok := s.Text()
		if !ok {
			return
		}
		if t, err := parseTime(string(text)); err == nil {
			d.set(row, float64(t.UnixMicro())/1e6) // UnixNano overflows in 2262
		}
	default:
		if v, ok := s.Number(); ok {
			d.set(row, v)
		}
	}
}

// forget makes a set of fields unknown.
func (d *decoder) forget(set fieldSet) {
	d.Reading.forget(set)
	d.absurd &^= set
	if set < 1<<platformField {
		return
	}
	for i := range d.raw {
		if set.has(platformField + Field(i)) {
			d.raw[i] = nil
		}
	}
}

// set stores a number in the unit of the field's row, unless it is out of bounds.
func (d *decoder) set(row *FieldInfo, v float64) {
	if row.divisor != 0 {
		v /= row.divisor
	}
	switch {
	case row.notZero && v == 0:
	case !(v >= row.min && v <= row.max), row.Unit == UnitCount && v != math.Trunc(v):
		d.absurd |= 1 << row.Field
	default:
		if v == 0 {
			v = 0 // instead of -0
		}
		d.values[row.Field] = v
		d.known |= 1 << row.Field
	}
}

// missing reports whether no number was written for a field. An absurd one does not make other fields unknown.
func (d *decoder) missing(f Field) bool { return !d.known.has(f) && !d.absurd.has(f) }

// complete returns the reading, without the numbers that others show to be none.
func (d *decoder) complete() Reading {
	for i := range fieldTable {
		row := &fieldTable[i]
		if row.requires != 0 && !d.known.has(row.requires) || row.TargetOf != 0 && d.missing(row.TargetOf) {
			d.forget(1 << row.Field)
		}
	}
	layer, layers := d.values[Layer], d.values[Layers] // 0 where they are unknown
	if layer == 0 && layers == 0 || layers > 0 && layer > layers {
		d.forget(setOf(Layer)) // a platform that does not count layers writes 0
	}
	if d.values[Duration] == 0 && d.values[Progress] > 0 {
		d.forget(setOf(Duration)) // a plugin that was restarted during the print does not know when it began
	}
	if d.values[TimeLeft] == 0 && d.values[Progress] < 1 {
		d.forget(setOf(TimeLeft)) // there is time left before the end, but the platform cannot estimate it
	}
	if d.State == 0 {
		d.State = UnknownState
	}
	r := d.Reading
	r.texts = d.raw.clean()
	if r.PlatformVersion() == unknownVersion {
		r.texts.set(platformField, "")
	}
	if r.JobID() == unknownJob {
		r.texts.set(jobIDField, "")
	}
	return r
}

// parseTime reads a time in the format of RFC 3339. One without a zone is in UTC.
func parseTime(text string) (time.Time, error) {
	const withoutZone = "2006-01-02T15:04:05"
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t, err = time.Parse(withoutZone, text)
	}
	return t, err
}

// readInteger reads a whole number; false for any other value, and for one that float64 cannot hold exactly.
func readInteger(s *jsonscan.Scanner) (int, bool) {
	v, ok := s.Number()
	if !ok || v != math.Trunc(v) || math.Abs(v) > min(1<<53, math.MaxInt) {
		return 0, false
	}
	return int(v), true
}
