package exporter

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/gzip"

	"octoeverywhere_exporter/internal/config"
)

// keepConfig keeps what /config shows. It is compressed, because that of a large fleet has megabytes and is rarely read.
func (e *Exporter) keepConfig(c *config.Config) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, c.Redacted()) // a Buffer takes everything
	_ = w.Close()
	compressed := bytes.Clone(b.Bytes())
	e.config.Store(&compressed)
}

// shownConfig returns what /config shows.
func (e *Exporter) shownConfig() io.Reader {
	r, err := gzip.NewReader(bytes.NewReader(*e.config.Load()))
	if err != nil {
		panic(err) // keepConfig wrote it
	}
	return r
}
