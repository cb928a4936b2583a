// Package jsonscan reads one JSON text (RFC 8259) in a single pass, without allocating and without a schema. It is lenient
// in one point: the bare words that Python's json module writes for numbers JSON does not have (NaN, Infinity, -Infinity)
// read as null. encoding/json rejects a text that contains them.
package jsonscan

import (
	"encoding/json"
	"strconv"
)

// MaxDepth is the deepest nesting of objects and arrays that is accepted.
const MaxDepth = 128

// Scanner reads a JSON text. Each method consumes one value or token. After the first syntax error, values are zero and
// Done is false. A Scanner is used by value or by pointer within one goroutine.
//
// An object is read in a loop, which unlike a callback costs no allocation:
//
//	for more := s.Object(); more; more = s.More() {
//		key := s.Key()
//		… consume the value …
//	}
type Scanner struct {
	text   []byte
	pos    int
	depth  int
	failed bool
}

// New returns a Scanner at the beginning of text. The text must not change while it is scanned.
func New(text []byte) Scanner { return Scanner{text: text} }

// Kind is the type of a value.
type Kind uint8

// The kinds of values. None is the kind at the end of the text and after a syntax error.
const (
	None Kind = iota
	Object
	Array
	String
	Number
	Bool
	Null // also NaN, Infinity and -Infinity
)

// Peek returns the kind of the next value, judged by its first byte.
func (s *Scanner) Peek() Kind {
	s.skipSpace()
	if s.failed || s.pos >= len(s.text) {
		return None
	}
	switch c := s.text[s.pos]; {
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == '"':
		return String
	case c == 't', c == 'f':
		return Bool
	case c == 'n', c == 'N', c == 'I': // null, NaN, Infinity
		return Null
	case c == '-' && s.pos+1 < len(s.text) && s.text[s.pos+1] == 'I':
		return Null
	case c == '-', '0' <= c && c <= '9':
		return Number
	}
	return None
}

// Object begins an object and reports whether it has a first key. A value of another kind is skipped.
func (s *Scanner) Object() (more bool) {
	if s.Peek() != Object {
		s.Skip()
		return false
	}
	return s.open('{') && !s.closes('}')
}

// More reports whether the object has another key, and ends the object otherwise.
func (s *Scanner) More() bool {
	if s.accept(',') {
		return true
	}
	s.expect('}')
	s.depth--
	return false
}

// Key returns a key and consumes the colon after it. The result is valid like that of Text.
func (s *Scanner) Key() []byte {
	key := s.readString()
	s.expect(':')
	return key
}

// Text returns a string. The result may be part of the scanned text and must not be changed. A value of another kind is
// skipped, and ok is false.
func (s *Scanner) Text() (text []byte, ok bool) {
	if s.Peek() != String {
		s.Skip()
		return nil, false
	}
	text = s.readString()
	return text, !s.failed
}

// Number returns a number; ok is false if float64 cannot hold it. A value of another kind is skipped, and ok is false.
func (s *Scanner) Number() (v float64, ok bool) {
	if s.Peek() != Number {
		s.Skip()
		return 0, false
	}
	return s.readNumber()
}

// Bool returns true or false. A value of another kind is skipped, and ok is false.
func (s *Scanner) Bool() (v, ok bool) {
	if s.Peek() != Bool {
		s.Skip()
		return false, false
	}
	v = s.literal("true", "false") == "true"
	return v, !s.failed
}

// Skip consumes any value and checks its syntax.
func (s *Scanner) Skip() {
	switch s.Peek() {
	case Object:
		for more := s.Object(); more; more = s.More() {
			s.Key()
			s.Skip()
		}
	case Array:
		s.skipArray()
	case String:
		s.readString()
	case Number:
		s.readNumber()
	case Bool:
		s.literal("true", "false")
	case Null:
		s.literal("null", "NaN", "Infinity", "-Infinity")
	default:
		s.failed = true
	}
}

// Done reports whether the text had no syntax error and only white space is left.
func (s *Scanner) Done() bool {
	s.skipSpace()
	return !s.failed && s.pos == len(s.text)
}

func (s *Scanner) skipArray() {
	if !s.open('[') || s.closes(']') {
		return
	}
	for more := true; more; more = s.accept(',') {
		s.Skip()
	}
	s.expect(']')
	s.depth--
}

func (s *Scanner) skipSpace() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// expect consumes c, and fails if another byte is next.
func (s *Scanner) expect(c byte) {
	if !s.accept(c) {
		s.failed = true
	}
}

// accept consumes c if it is next, and reports whether it was.
func (s *Scanner) accept(c byte) bool {
	s.skipSpace()
	if s.failed || s.pos >= len(s.text) || s.text[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// open consumes the first byte of an object or array.
func (s *Scanner) open(c byte) bool {
	s.expect(c)
	if s.depth++; s.depth > MaxDepth {
		s.failed = true
	}
	return !s.failed
}

// closes consumes the end of an object or array if it is next.
func (s *Scanner) closes(c byte) bool {
	if !s.accept(c) {
		return false
	}
	s.depth--
	return true
}

func (s *Scanner) readString() []byte {
	s.expect('"')
	start, escaped := s.pos, false
	for ; !s.failed && s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			if escaped {
				return s.unescape(s.text[start-1 : s.pos])
			}
			return s.text[start : s.pos-1]
		case c == '\\':
			escaped = true
			s.pos++
		case c < 0x20:
			s.failed = true
		}
	}
	s.failed = true
	return nil
}

func (s *Scanner) unescape(quoted []byte) []byte {
	var v string
	if json.Unmarshal(quoted, &v) != nil {
		s.failed = true
	}
	return []byte(v)
}

func (s *Scanner) readNumber() (float64, bool) {
	start := s.pos
	s.acceptAny('-', '-')
	if !s.acceptAny('0', '0') {
		s.digits()
	}
	if s.acceptAny('.', '.') {
		s.digits()
	}
	if s.acceptAny('e', 'E') {
		s.acceptAny('+', '-')
		s.digits()
	}
	if s.failed {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(s.text[start:s.pos]), 64)
	return v, err == nil
}

// acceptAny consumes the next byte if it is a or b. It skips no white space.
func (s *Scanner) acceptAny(a, b byte) bool {
	if s.pos >= len(s.text) || s.text[s.pos] != a && s.text[s.pos] != b {
		return false
	}
	s.pos++
	return true
}

// digits consumes at least one digit.
func (s *Scanner) digits() {
	start := s.pos
	for s.pos < len(s.text) && '0' <= s.text[s.pos] && s.text[s.pos] <= '9' {
		s.pos++
	}
	s.failed = s.failed || s.pos == start
}

// literal consumes and returns the one of words that is next.
func (s *Scanner) literal(words ...string) string {
	for _, w := range words {
		if end := s.pos + len(w); end <= len(s.text) && string(s.text[s.pos:end]) == w {
			s.pos = end
			return w
		}
	}
	s.failed = true
	return ""
}
