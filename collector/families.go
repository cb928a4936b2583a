package collector

import (
	"time"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// families converts rows to metric families, for the formats that package expfmt writes. There is one family at a time, valid
// until the next one, and its metrics are reused: all families of 10,000 printers together would take 70 MB.
type families struct {
	*snapshot
	printerLabels [][]*dto.LabelPair
	ownLabels     map[[2]string]*dto.LabelPair
	blocks        []*[blockSize]cell
	family        dto.MetricFamily
}

const blockSize = 512

// cell is the storage of one series.
type cell struct {
	metric  dto.Metric
	gauge   dto.Gauge
	counter *dto.Counter           // nil until a counter needs it
	created *timestamppb.Timestamp // of counter
	value   float64
	labels  []*dto.LabelPair
}

// begin prepares to convert the metrics of a snapshot.
func (f *families) begin(s *snapshot) {
	f.snapshot, f.printerLabels, f.ownLabels = s, f.printerLabels[:0], map[[2]string]*dto.LabelPair{}
	for _, p := range s.printers {
		pairs := make([]*dto.LabelPair, len(s.names))
		for i, name := range s.names {
			pairs[i] = &dto.LabelPair{Name: &name, Value: new(s.label(p, i))}
		}
		f.printerLabels = append(f.printerLabels, pairs)
	}
}

// fill returns the family with a row's series.
func (f *families) fill(row *printerRow) *dto.MetricFamily {
	f.family.Name, f.family.Help, f.family.Type = &row.name, &row.help, row.kind.Enum()
	f.family.Metric = f.family.Metric[:0]
	for i, s := range f.samples(row) {
		c := f.cell(len(f.family.Metric))
		c.set(row.kind, s.value, row.createdAt(f.printers[i]))
		c.metric.Label = f.labels(c, row, f.printerLabels[i], s)
		f.family.Metric = append(f.family.Metric, &c.metric)
	}
	return &f.family
}

func (f *families) cell(n int) *cell {
	if n/blockSize == len(f.blocks) {
		f.blocks = append(f.blocks, new([blockSize]cell))
	}
	return &f.blocks[n/blockSize][n%blockSize]
}

func (c *cell) set(kind dto.MetricType, value float64, created time.Time) {
	c.value, c.metric.Gauge, c.metric.Counter = value, nil, nil
	if kind != dto.MetricType_COUNTER {
		c.gauge.Value, c.metric.Gauge = &c.value, &c.gauge
		return
	}
	if c.counter == nil {
		c.counter, c.created = &dto.Counter{Value: &c.value}, &timestamppb.Timestamp{}
	}
	c.counter.CreatedTimestamp = nil
	if !created.IsZero() {
		c.created.Seconds, c.created.Nanos = created.Unix(), int32(created.Nanosecond())
		c.counter.CreatedTimestamp = c.created
	}
	c.metric.Counter = c.counter
}

// labels merges the row's own labels with those of the printer; both are sorted.
func (f *families) labels(c *cell, row *printerRow, printer []*dto.LabelPair, s *sample) []*dto.LabelPair {
	if len(row.labels) == 0 {
		return printer
	}
	c.labels = c.labels[:0]
	from := 0
	for k, name := range row.labels {
		to := f.labelsBefore(name)
		c.labels = append(append(c.labels, printer[from:to]...), f.pair(name, s.labels[k]))
		from = to
	}
	c.labels = append(c.labels, printer[from:]...)
	return c.labels
}

// pair returns a label, the same one for all series that have it.
func (f *families) pair(name, value string) *dto.LabelPair {
	key := [2]string{name, value}
	p, ok := f.ownLabels[key]
	if !ok {
		p = &dto.LabelPair{Name: new(name), Value: new(value)}
		f.ownLabels[key] = p
	}
	return p
}

// end drops the printers' labels.
func (f *families) end() {
	clear(f.printerLabels)
	f.printerLabels, f.ownLabels = f.printerLabels[:0], nil
}
