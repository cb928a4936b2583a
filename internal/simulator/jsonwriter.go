package simulator

import (
	"math"
	"strconv"
)

// jsonWriter appends JSON in the format of Python's json module: a space after commas and colons, ".0" after a whole
// float, bare NaN.
type jsonWriter struct {
	b            []byte
	wholeNumbers bool // floats are written without a fraction, as some printers send them
}

func (w *jsonWriter) text(s string)   { w.b = append(w.b, s...) }
func (w *jsonWriter) integer(n int64) { w.b = strconv.AppendInt(w.b, n, 10) }

// number writes a float with at most that many decimals.
func (w *jsonWriter) number(x float64, decimals int) {
	switch {
	case math.IsNaN(x):
		w.text("NaN")
	case w.wholeNumbers:
		w.integer(int64(math.Round(x)))
	default:
		scale := math.Pow10(decimals)
		w.float(math.Round(x*scale) / scale)
	}
}

// float writes a float with all its decimals.
func (w *jsonWriter) float(x float64) {
	w.b = strconv.AppendFloat(w.b, x, 'f', -1, 64)
	if x == math.Trunc(x) {
		w.text(".0")
	}
}

// quoted writes a string that needs no escapes.
func (w *jsonWriter) quoted(s string) {
	w.text(`"`)
	w.text(s)
	w.text(`"`)
}

// optional writes a string that needs no escapes, or null for none.
func (w *jsonWriter) optional(s string) {
	if s == "" {
		w.text("null")
		return
	}
	w.quoted(s)
}
