package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"mime"
	"net/http"
	"path"
	"strconv"
	"time"
)

//go:embed assets
var assetFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// parsePages reads the embedded templates. A mistake in one is a mistake of this program, and any test shows it.
func parsePages() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
}

// assets are the embedded files by name, and a version that changes when one of them does.
type assets struct {
	files   map[string][]byte
	version string
}

func readAssets() assets {
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // embedded: it is there
	}
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	for _, e := range entries {
		content, err := assetFiles.ReadFile(path.Join("assets", e.Name()))
		if err != nil {
			panic(err) // embedded: it is there
		}
		a.files[e.Name()] = content
		sum.Write(content)
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return a
}

// asset serves an embedded file, always as a whole. Pages name its version, so that a browser may keep it.
func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, ok := s.assets.files[name]
	if !ok {
		s.fail(w, r, http.StatusNotFound, "there is no asset "+name)
		return
	}
	if r.URL.Query().Get("v") == s.assets.version {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}

// frame is what every page has around its content.
type frame struct {
	Title   string
	Root    string // the way back to the fleet page, relative: the exporter may stand behind a proxy's path prefix
	Assets  string // version of the assets
	Metrics string // path of the metrics, relative to Root
	Version string
	Shard   string
	Updated moment
	Live    bool // the page keeps itself up to date
}

func (s *site) frame(title, root string, now time.Time) frame {
	return frame{
		Title: title, Root: root, Assets: s.assets.version, Metrics: s.MetricsPath[1:], Version: s.Version, Shard: s.Shard,
		Updated: clock(now, now), Live: true,
	}
}

// show writes a page, or nothing of it.
func (s *site) show(w http.ResponseWriter, status int, name string, page any) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, page); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}
