package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"iter"
	"mime"
	"net/http"
	"path"
	"strconv"
	"time"

	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

//go:embed assets
var assetFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// parsePages parses the embedded templates. An error in them is a bug that any test finds.
func parsePages() *template.Template {
	return template.Must(template.ParseFS(templateFiles, "templates/*.html"))
}

// assets are the embedded files by name. The version is a hash of them all.
type assets struct {
	files   map[string][]byte
	version string
}

func readAssets() assets {
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // cannot happen: embedded
	}
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	for _, e := range entries {
		content, err := assetFiles.ReadFile(path.Join("assets", e.Name()))
		if err != nil {
			panic(err) // cannot happen: embedded
		}
		a.files[e.Name()] = content
		sum.Write(content)
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return a
}

// asset serves an embedded file as a whole. Pages request it with its version, so that browsers may cache it.
func (s *site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	content, ok := s.assets.files[name]
	if !ok {
		s.fail(w, r, http.StatusNotFound, fmt.Sprintf("no such asset: %.100s", name))
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
	Root    string // path of the fleet page, relative because a proxy may add a path prefix
	Assets  string // version of the assets
	Metrics string // path of the metrics, relative to Root
	Version string
	Shard   string
	Section string // the link of the navigation to the page itself; "" where there is none
	Kiosk   bool   // for a display on a wall: large, and without navigation
	// Live is whether the page refreshes itself. Only then it has the following fields.
	Live    bool
	Updated timeText
	Health  chip // of all printers
}

// chip is a status in a word.
type chip struct{ Text, Class string }

func (s *site) frame(title, root string) frame {
	return frame{Title: title, Root: root, Assets: s.assets.version, Metrics: s.MetricsPath[1:], Version: s.Version, Shard: s.Shard}
}

func (s *site) liveFrame(r *http.Request, title, root, section string, now time.Time) frame {
	f := s.frame(title, root)
	f.Section, f.Live, f.Updated, f.Health = section, true, clock(now, now), healthOf(s.printers(r))
	return f
}

// healthOf is the status of all printers.
func healthOf(printers iter.Seq[*probe.Status]) chip {
	faults, ok := 0, 0
	for p := range printers {
		switch {
		case view.IsFaulty(p):
			faults++
		case p.Success():
			ok++
		}
	}
	switch {
	case faults > 0:
		return chip{view.Number(faults) + " down", "is-down"}
	case ok > 0:
		return chip{view.OK, "is-ok"}
	}
	return chip{"Unknown", "is-off"}
}

// show writes a page, or an error where its template fails.
func (s *site) show(w http.ResponseWriter, status int, name string, page any) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, page); err != nil {
		http.Error(w, "internal error: the page template failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w)
}
