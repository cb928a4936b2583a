package collector

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// textWriter writes rows in Prometheus' text format or in OpenMetrics, byte for byte as package expfmt does, which a test
// checks. expfmt needs a multiple of the time, because it validates the names of each sample, and it needs all metric
// families in memory (docs/internals/performance.md).
//
// Sources: https://prometheus.io/docs/instrumenting/exposition_formats/ and
// https://prometheus.io/docs/specs/om/open_metrics_spec/
type textWriter struct {
	*snapshot
	openMetrics bool
	created     bool // OpenMetrics with created timestamps
	to          io.Writer
	buf         []byte
	blocks      []byte   // the labels of all printers: name="value", with a comma after each
	ends        []uint32 // where in blocks each label ends
}

// begin prepares to write the metrics of a snapshot to w.
func (t *textWriter) begin(s *snapshot, w io.Writer, openMetrics, created bool) {
	t.snapshot, t.to, t.openMetrics, t.created = s, w, openMetrics, openMetrics && created
	t.buf, t.blocks, t.ends = t.buf[:0], t.blocks[:0], append(t.ends[:0], 0)
	for _, p := range s.printers {
		for i, name := range s.names {
			t.blocks = append(t.blocks, name...)
			t.blocks = append(t.blocks, `="`...)
			t.blocks = append(appendEscaped(t.blocks, s.label(p, i)), `",`...)
			t.ends = append(t.ends, uint32(len(t.blocks)))
		}
	}
}

// block returns the labels from (included) to to (excluded) of the i-th printer.
func (t *textWriter) block(i, from, to int) []byte {
	first := i * len(t.names)
	return t.blocks[t.ends[first+from]:t.ends[first+to]]
}

// write writes a row's series with their header, and nothing if there are none.
func (t *textWriter) write(row *printerRow) error {
	var cuts [maxLabels]int // how many of the printers' labels sort before each of the row's own
	for k, name := range row.labels {
		cuts[k] = t.labelsBefore(name)
	}
	headed := false
	for i, s := range t.samples(row) {
		if !headed {
			t.head(row)
			headed = true
		}
		b := t.appendSample(t.buf, row, row.name, i, s, &cuts, s.value)
		if created := row.createdAt(t.printers[i]); t.created && !created.IsZero() {
			b = t.appendSample(b, row, strings.TrimSuffix(row.name, "_total")+"_created", i, s, &cuts, float64(created.UnixNano())/1e9)
		}
		if t.buf = b; len(b) >= pageSize {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return t.flush()
}

// appendSample appends a line: a name, the labels of the i-th printer and of the sample, and a value.
func (t *textWriter) appendSample(b []byte, row *printerRow, name string, i int, s *sample, cuts *[maxLabels]int, value float64) []byte {
	b = append(append(b, name...), '{')
	from := 0
	for k, label := range row.labels {
		b = append(b, t.block(i, from, cuts[k])...)
		b = append(append(b, label...), `="`...)
		b = append(appendEscaped(b, s.labels[k]), `",`...)
		from = cuts[k]
	}
	b = append(b, t.block(i, from, len(t.names))...)
	b[len(b)-1] = '}'
	return append(t.appendValue(append(b, ' '), value), '\n')
}

// end drops the reference to the writer.
func (t *textWriter) end() { t.to = nil }

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

// appendValue appends a value. In OpenMetrics a whole number has a decimal point.
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

// appendEscaped appends the value of a label.
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
