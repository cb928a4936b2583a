package collector

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// textWriter writes rows in the text format of Prometheus or that of OpenMetrics, byte for byte as package expfmt does
// (a test compares them). It is here because expfmt's writing takes three quarters or more of the 0.4 µs a series that a
// whole scrape may take (it asks for each sample anew whether the names are valid), and filling families and sending the
// text do not fit in what is left; BenchmarkExpfmt and BenchmarkScrape compare the two. And it needs no metric families,
// which are 70 MB for 10,000 printers.
//
// Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
// https://prometheus.io/docs/specs/om/open_metrics_spec/
type textWriter struct {
	*roster
	openMetrics bool
	to          io.Writer
	buf         []byte
	blocks      []byte   // the labels of all printers: name="value", with a comma after each
	ends        []uint32 // where in blocks each label ends
}

// textBuffer is how many bytes are written at once.
const textBuffer = 64 << 10

// begin prepares to write the roster's printers to w.
func (t *textWriter) begin(r *roster, w io.Writer, openMetrics bool) {
	t.roster, t.to, t.openMetrics = r, w, openMetrics
	t.buf, t.blocks, t.ends = t.buf[:0], t.blocks[:0], append(t.ends[:0], 0)
	for _, s := range r.printers {
		for i, name := range r.names {
			t.blocks = append(t.blocks, name...)
			t.blocks = append(t.blocks, `="`...)
			t.blocks = append(appendEscaped(t.blocks, r.label(s, i)), `",`...)
			t.ends = append(t.ends, uint32(len(t.blocks)))
		}
	}
}

// block gives the labels from to to of the i-th printer.
func (t *textWriter) block(i, from, to int) []byte {
	first := i * len(t.names)
	return t.blocks[t.ends[first+from]:t.ends[first+to]]
}

// write writes a row's series, and nothing where there is none.
func (t *textWriter) write(row *printerRow) error {
	var cuts [maxLabels]int // how many of the printers' labels stand before each of the row's own
	for k, name := range row.labels {
		cuts[k] = t.before(name)
	}
	headed := false
	for i, s := range t.samples(row) {
		if !headed {
			t.head(row)
			headed = true
		}
		b := append(append(t.buf, row.name...), '{')
		from := 0
		for k, name := range row.labels {
			b = append(b, t.block(i, from, cuts[k])...)
			b = append(append(b, name...), `="`...)
			b = append(appendEscaped(b, s.labels[k]), `",`...)
			from = cuts[k]
		}
		b = append(b, t.block(i, from, len(t.names))...)
		b[len(b)-1] = '}'
		b = append(t.appendValue(append(b, ' '), s.value), '\n')
		if t.buf = b; len(b) >= textBuffer {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return t.flush()
}

// forget lets go of the writer.
func (t *textWriter) forget() { t.to = nil }

func (t *textWriter) head(row *printerRow) {
	name, kind := row.name, "gauge"
	if row.kind == dto.MetricType_COUNTER {
		kind = "counter"
		if t.openMetrics {
			name = strings.TrimSuffix(name, "_total")
		}
	}
	for _, part := range [...]string{"# HELP ", name, " ", row.help, "\n# TYPE ", name, " ", kind, "\n"} {
		t.buf = append(t.buf, part...)
	}
}

func (t *textWriter) flush() error {
	_, err := t.to.Write(t.buf)
	t.buf = t.buf[:0]
	return err
}

// appendValue writes a value; in OpenMetrics, a whole number has a point all the same.
func (t *textWriter) appendValue(b []byte, v float64) []byte {
	begin := len(b)
	if v == 0 || v == 1 {
		b = append(b, '0'+byte(v))
	} else {
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	if t.openMetrics && !bytes.ContainsAny(b[begin:], "e.I") { // I as in Inf
		b = append(b, ".0"...)
	}
	return b
}

// appendEscaped writes a label's value.
func appendEscaped(b []byte, value string) []byte {
	for i := range len(value) {
		switch c := value[i]; c {
		case '\\', '"':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		default:
			b = append(b, c)
		}
	}
	return b
}
