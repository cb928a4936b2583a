package collector

import (
	"bufio"
	"io"
	"iter"
	"slices"

	"github.com/klauspost/compress/gzip"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"octoeverywhere_exporter/probe"
)

// pageSize is how many bytes are written to a client at once.
const pageSize = 64 << 10

// scrape holds the buffers of one scrape. A pool keeps them for later ones.
type scrape struct {
	snapshot snapshot
	text     textWriter
	families families
	zip      *gzip.Writer
	page     *bufio.Writer
}

func newScrape() *scrape {
	// The fastest level: slower ones make the text at most 5 % smaller.
	zip, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return &scrape{zip: zip, page: bufio.NewWriterSize(io.Discard, pageSize)}
}

// write writes the rows of all printers, and other families that are sorted by name, to w.
func (c *Collector) write(w io.Writer, e encoding, printers iter.Seq[*probe.Status], others []*dto.MetricFamily) error {
	s := c.scrapes.Get().(*scrape)
	defer c.scrapes.Put(s)
	s.snapshot.take(printers, c.labelNames(), c.options.Schedule.NextProbe)
	defer s.snapshot.clear()
	s.page.Reset(w)
	defer s.page.Reset(io.Discard) // keeps no reference to w
	if err := s.writeEncoded(e, c.rows, others); err != nil {
		return err
	}
	return s.page.Flush()
}

func (s *scrape) writeEncoded(e encoding, rows []printerRow, others []*dto.MetricFamily) error {
	if !e.gzip {
		return s.writePlain(s.page, e.format, rows, others)
	}
	s.zip.Reset(s.page)
	if err := s.writePlain(s.zip, e.format, rows, others); err != nil {
		return err
	}
	return s.zip.Close()
}

// writePlain merges rows and families, both sorted by name.
func (s *scrape) writePlain(w io.Writer, format expfmt.Format, rows []printerRow, others []*dto.MetricFamily) error {
	encoder := expfmt.NewEncoder(w, format)
	writeRow, done := s.rowWriter(w, format)
	defer done()
	for i := range rows {
		n := slices.IndexFunc(others, func(f *dto.MetricFamily) bool { return f.GetName() > rows[i].name })
		if n < 0 {
			n = len(others)
		}
		if err := encodeAll(encoder, others[:n]); err != nil {
			return err
		}
		others = others[n:]
		if err := writeRow(&rows[i]); err != nil {
			return err
		}
	}
	if err := encodeAll(encoder, others); err != nil {
		return err
	}
	return encoder.(expfmt.Closer).Close() // every encoder of expfmt has it
}

// rowWriter returns a function that writes rows in a format, and one to call afterwards.
func (s *scrape) rowWriter(w io.Writer, format expfmt.Format) (write func(*printerRow) error, done func()) {
	switch t := format.FormatType(); t {
	case expfmt.TypeTextPlain, expfmt.TypeOpenMetrics:
		s.text.begin(&s.snapshot, w, t == expfmt.TypeOpenMetrics)
		return s.text.write, s.text.end
	}
	// None of our names needs escaping, and with escaping expfmt copies each family.
	encoder := expfmt.NewEncoder(w, format.WithEscapingScheme(model.NoEscaping))
	s.families.begin(&s.snapshot)
	return func(r *printerRow) error {
		f := s.families.fill(r)
		if len(f.Metric) == 0 {
			return nil
		}
		return encoder.Encode(f)
	}, s.families.end
}

func encodeAll(e expfmt.Encoder, families []*dto.MetricFamily) error {
	for _, f := range families {
		if err := e.Encode(f); err != nil {
			return err
		}
	}
	return nil
}
