package probe

import (
	"unicode"
	"unicode/utf8"
)

// textFields is how many fields are texts.
const textFields = int(errorField-platformField) + 1

// maxText is the longest text that is kept of a response, in bytes. A version becomes a label value and is shorter.
const (
	maxText     = 200
	maxPlatform = 100
)

// texts are the texts of a response: joined in one string, so that they cost one allocation, in the order of the field
// table. Each is printable, valid UTF-8, short, and without space at its ends. Texts with equal content are equal.
type texts struct {
	joined string
	ends   [textFields]uint16
}

// get returns a text; "" where it is unknown.
func (t *texts) get(f Field) string {
	i := f - platformField
	start := uint16(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.joined[start:t.ends[i]]
}

// set replaces a text by one that is already clean.
func (t *texts) set(f Field, text string) {
	var next texts
	for i := range textFields {
		each := platformField + Field(i)
		if each == f {
			next.joined += text
		} else {
			next.joined += t.get(each)
		}
		next.ends[i] = uint16(len(next.joined))
	}
	*t = next
}

// rawTexts are the texts of a response as they were scanned. They may be part of the body.
type rawTexts [textFields][]byte

// clean returns texts that can be shown.
func (raw *rawTexts) clean() (t texts) {
	var buffer [textFields * maxText]byte
	joined := buffer[:0]
	for i, text := range raw {
		joined = appendClean(joined, text, int(fieldTable[int(platformField)-1+i].max))
		t.ends[i] = uint16(len(joined))
	}
	t.joined = string(joined)
	return t
}

// appendClean appends at most limit bytes of a text. Space is collapsed and trimmed. Invalid UTF-8 and what is not printable
// is dropped, U+FFFD as well: decoders write it in place of invalid bytes.
func appendClean(dst, text []byte, limit int) []byte {
	start, space := len(dst), 0 // space: 1 if the next character is preceded by one
	for len(text) > 0 {
		size := asciiWord(text)
		if size == 0 {
			var r rune
			r, size = utf8.DecodeRune(text)
			isSpace := unicode.IsSpace(r)
			if isSpace || r == utf8.RuneError || !unicode.IsPrint(r) {
				if isSpace {
					space = min(1, len(dst)-start)
				}
				text = text[size:]
				continue
			}
		}
		left := limit - (len(dst) - start) - space
		if size > left && text[0] >= utf8.RuneSelf || left <= 0 {
			break
		}
		dst = append(dst, " "[:space]...)
		dst = append(dst, text[:min(size, left)]...)
		text, space = text[size:], 0
	}
	return dst
}

// asciiWord returns how many printable ASCII characters other than space a text begins with.
func asciiWord(text []byte) int {
	for i, c := range text {
		if c <= ' ' || c >= 0x7f {
			return i
		}
	}
	return len(text)
}

// PlatformVersion returns the platform and its version as reported by the plugin; "" where it is unknown.
func (r *Reading) PlatformVersion() string { return r.texts.get(platformField) }

// JobID returns the plugin's identifier of the most recent print, which stays after the print has ended; "" where it is
// unknown. It is never shown.
func (r *Reading) JobID() string { return r.texts.get(jobIDField) }

// FileName returns the name of the file that is printed; "" where it is unknown. It is never shown.
func (r *Reading) FileName() string { return r.texts.get(fileNameField) }

// SubState returns what the plugin adds to the state, in words; "" where it is unknown.
func (r *Reading) SubState() string { return r.texts.get(subStateField) }

// ErrorText returns the printer's error in words; "" where it is unknown.
func (r *Reading) ErrorText() string { return r.texts.get(errorField) }
