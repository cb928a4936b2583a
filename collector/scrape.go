package collector

import (
	"bufio"
	"context"
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
// write ends early with an error when ctx does.
func (c *Collector) write(ctx context.Context, w io.Writer, e encoding, printers iter.Seq[*probe.Status], others []*dto.MetricFamily) error {
	s := c.scrapes.Get().(*scrape)
	s.snapshot.next, s.snapshot.panicked = c.options.Schedule.NextProbe, c.options.Panicked
	defer c.scrapes.Put(s)
	s.snapshot.take(printers, c.labelNames())
	defer s.snapshot.clear()
	s.page.Reset(w)
	defer s.page.Reset(io.Discard) // keeps no reference to w
	if err := s.writeEncoded(ctx, e, c.rows, others); err != nil {
		return err
	}
	return s.page.Flush()
}

func (s *scrape) writeEncoded(ctx context.Context, e encoding, rows []printerRow, others []*dto.MetricFamily) error {
	if !e.gzip {
		return s.writePlain(ctx, s.page, e, rows, others)
	}
	s.zip.Reset(s.page)
	if err := s.writePlain(ctx, s.zip, e, rows, others); err != nil {
		return err
	}
	return s.zip.Close()
}

// writePlain merges rows and families, both sorted by name.
func (s *scrape) writePlain(ctx context.Context, w io.Writer, e encoding, rows []printerRow, others []*dto.MetricFamily) error {
	encoder := expfmt.NewEncoder(w, e.format, e.options()...)
	writeRow, done := s.rowWriter(w, e)
	defer done()
	for i := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
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
func (s *scrape) rowWriter(w io.Writer, e encoding) (write func(*printerRow) error, done func()) {
	switch t := e.format.FormatType(); t {
	case expfmt.TypeTextPlain, expfmt.TypeOpenMetrics:
		s.text.begin(&s.snapshot, w, t == expfmt.TypeOpenMetrics, e.created)
		return s.text.write, s.text.end
	}
	// None of our names needs escaping, and with escaping expfmt copies each family.
	encoder := expfmt.NewEncoder(w, e.format.WithEscapingScheme(model.NoEscaping))
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
