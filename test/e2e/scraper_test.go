package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// scraper reads /metrics again and again, and looks whether all of it is there and no counter goes back.
type scraper struct {
	url      string
	form     form
	stays    map[string]bool // printers that must be in each scrape
	counters map[string]float64
	scrapes  int
	problems []string // the first few
}

// form is a way to ask for metrics.
type form struct{ accept, encoding string }

var forms = []form{
	{"text/plain;version=0.0.4", "identity"},
	{"text/plain;version=0.0.4", "gzip"},
	{"application/openmetrics-text;version=1.0.0", "gzip"},
	{"application/openmetrics-text;version=1.0.0", "identity"},
}

// run scrapes until ctx ends.
func (s *scraper) run(ctx context.Context, every time.Duration) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		if err := s.scrape(client); err != nil && len(s.problems) < 3 {
			s.problems = append(s.problems, fmt.Sprintf("scrape %d as %s, %s: %v", s.scrapes, s.form.accept, s.form.encoding, err))
		}
		s.scrapes++
		select {
		case <-ctx.Done():
		case <-time.After(every):
		}
	}
}

func (s *scraper) scrape(client *http.Client) error {
	req, err := http.NewRequest(http.MethodGet, s.url+"/metrics", http.NoBody)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", s.form.accept)
	req.Header.Set("Accept-Encoding", s.form.encoding)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body := io.Reader(resp.Body)
	if got := resp.Header.Get("Content-Encoding"); resp.StatusCode != http.StatusOK || (got == "gzip") != (s.form.encoding == "gzip") {
		return fmt.Errorf("%s, encoded as %q", resp.Status, got)
	}
	if s.form.encoding == "gzip" {
		if body, err = gzip.NewReader(body); err != nil { // its checksum says that it is whole
			return err
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	open := strings.Contains(s.form.accept, "openmetrics")
	if whole := map[bool]string{true: "# EOF\n", false: "\n"}[open]; !bytes.HasSuffix(text, []byte(whole)) {
		return errors.New("its end is missing")
	}
	if !open && s.scrapes%8 == 0 { // the library's parser is a tenth as fast
		parser := expfmt.NewTextParser(model.UTF8Validation)
		if _, err := parser.TextToMetricFamilies(bytes.NewReader(text)); err != nil {
			return err
		}
	}
	return s.read(string(text))
}

// read takes each sample apart.
func (s *scraper) read(text string) error {
	counts := false // the family that is being read does
	missing := len(s.stays)
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if kind, ok := strings.CutPrefix(line, "# TYPE "); ok {
			counts = strings.HasSuffix(kind, " counter") || strings.HasSuffix(kind, " histogram")
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil || at < 1 {
			return fmt.Errorf("no sample: %q", line)
		}
		name := printerOf(line)
		if s.stays[name] && strings.HasPrefix(line, "octoeverywhere_probes_total{") {
			missing--
		}
		if !counts || name != "" && !s.stays[name] {
			continue
		}
		series := line[:at]
		if before := s.counters[series]; value < before {
			return fmt.Errorf("%s went from %v back to %v", series, before, value)
		}
		s.counters[series] = value
	}
	if missing != 0 {
		return fmt.Errorf("%d printers are missing", missing)
	}
	return nil
}

// printerOf is the label `printer` of a sample, "" where there is none.
func printerOf(line string) string {
	_, rest, _ := strings.Cut(line, `printer="`)
	name, _, _ := strings.Cut(rest, `"`)
	return name
}
