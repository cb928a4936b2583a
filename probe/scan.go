package probe

import (
	"encoding/json"
	"strconv"
)

// maxDepth bounds the nesting of an answer. Real ones have six levels.
const maxDepth = 128

// scanner reads one JSON text (RFC 8259) in a single pass and without allocating, and tells whether it is well formed.
// Beyond the standard it reads what Python's json module writes for numbers that JSON has not: NaN, Infinity and
// -Infinity; they count as null. encoding/json refuses those, and the rest of such an answer is good.
//
// Each method consumes one value or token. After the first mistake everything else is a no-op.
type scanner struct {
	b     []byte
	i     int
	depth int
	bad   bool
}

// kind is what a value is, known by its first byte.
type kind uint8

const (
	none kind = iota
	object
	array
	text
	number
	boolean
	null
)

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// peek tells the kind of the next value; none at the end and after a mistake.
func (s *scanner) peek() kind {
	s.space()
	if s.bad || s.i >= len(s.b) {
		return none
	}
	switch c := s.b[s.i]; {
	case c == '{':
		return object
	case c == '[':
		return array
	case c == '"':
		return text
	case c == 't', c == 'f':
		return boolean
	case c == 'n', c == 'N', c == 'I': // null, NaN, Infinity
		return null
	case c == '-' && s.i+1 < len(s.b) && s.b[s.i+1] == 'I':
		return null
	case c == '-', '0' <= c && c <= '9':
		return number
	}
	return none
}

// take consumes c, or fails.
func (s *scanner) take(c byte) {
	s.space()
	if s.bad || s.i >= len(s.b) || s.b[s.i] != c {
		s.bad = true
		return
	}
	s.i++
}

// next consumes c where it is next, and tells whether it was.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.bad || s.i >= len(s.b) || s.b[s.i] != c {
		return false
	}
	s.i++
	return true
}

// enter and key read an object without a callback, which would cost an allocation for each:
//
//	for more := s.enter(); more; more = s.leave() {
//		key := s.key()
//		… consume the value …
//	}
func (s *scanner) enter() (more bool) {
	s.take('{')
	if s.depth++; s.depth > maxDepth {
		s.bad = true
	}
	return !s.bad && !s.closed('}')
}

// leave goes on to the next key of an object, or ends it.
func (s *scanner) leave() (more bool) {
	if s.next(',') {
		return true
	}
	s.take('}')
	s.depth--
	return false
}

// closed consumes the end of an object or array that is empty.
func (s *scanner) closed(c byte) bool {
	if !s.next(c) {
		return false
	}
	s.depth--
	return true
}

// key reads a key and its colon.
func (s *scanner) key() []byte {
	k := s.text()
	s.take(':')
	return k
}

// skip reads any value and checks its form.
func (s *scanner) skip() {
	switch s.peek() {
	case object:
		for more := s.enter(); more; more = s.leave() {
			s.key()
			s.skip()
		}
	case array:
		s.array()
	case text:
		s.text()
	case number:
		s.number()
	case boolean:
		s.boolean()
	case null:
		s.null()
	default:
		s.bad = true
	}
}

func (s *scanner) array() {
	s.take('[')
	if s.depth++; s.depth > maxDepth {
		s.bad = true
	}
	if s.bad || s.closed(']') {
		return
	}
	for more := true; more; more = s.next(',') {
		s.skip()
	}
	s.take(']')
	s.depth--
}

// text reads a string. The result may lie in the answer itself.
func (s *scanner) text() []byte {
	s.take('"')
	start, escaped := s.i, false
	for ; !s.bad && s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			if escaped {
				return s.unescape(s.b[start-1 : s.i])
			}
			return s.b[start : s.i-1]
		case c == '\\':
			escaped = true
			s.i++
		case c < 0x20:
			s.bad = true
		}
	}
	s.bad = true
	return nil
}

func (s *scanner) unescape(quoted []byte) []byte {
	var v string
	if json.Unmarshal(quoted, &v) != nil {
		s.bad = true
	}
	return []byte(v)
}

// number reads a number; false where it is too large for a float64.
func (s *scanner) number() (float64, bool) {
	start := s.i
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else {
		s.digits()
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		s.digits()
	}
	if s.i < len(s.b) && (s.b[s.i] == 'e' || s.b[s.i] == 'E') {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		s.digits()
	}
	if s.bad {
		return 0, false
	}
	v, err := strconv.ParseFloat(string(s.b[start:s.i]), 64)
	return v, err == nil
}

func (s *scanner) digits() {
	start := s.i
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
		s.i++
	}
	s.bad = s.bad || s.i == start
}

// word consumes one of words.
func (s *scanner) word(words ...string) string {
	for _, w := range words {
		if end := s.i + len(w); end <= len(s.b) && string(s.b[s.i:end]) == w {
			s.i = end
			return w
		}
	}
	s.bad = true
	return ""
}

func (s *scanner) boolean() bool { return s.word("true", "false") == "true" }

func (s *scanner) null() { s.word("null", "NaN", "Infinity", "-Infinity") }

// whole reports whether the text was well formed and nothing but white space follows.
func (s *scanner) whole() bool {
	s.space()
	return !s.bad && s.i == len(s.b)
}
