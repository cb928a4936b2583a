package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxSuggestions is how many similar names an error page lists.
const maxSuggestions = 10

// maxPageDepth is how deep a path may be for an error page. Each link of a page begins with the way to the root, and no page
// is deeper.
const maxPageDepth = 8

// failPage is an error page.
type failPage struct {
	frame
	Message     string
	Query       string // of the search form
	Suggestions []printerLink
}

// fail writes an error: as JSON below /api/, as a page for a browser, otherwise as text.
func (s *site) fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	s.failWithSuggestions(w, r, status, message, "")
}

// failWithSuggestions is fail; a page also lists printers with names similar to name.
func (s *site) failWithSuggestions(w http.ResponseWriter, r *http.Request, status int, message, name string) {
	w.Header().Add("Vary", "Accept")
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
	case !acceptsHTML(r), strings.Count(r.URL.Path, "/") > maxPageDepth:
		http.Error(w, message, status)
	default:
		page := failPage{frame: s.frame(http.StatusText(status), rootOf(r.URL)), Message: capitalize(message), Query: name}
		for _, l := range s.similarNames(r, name) {
			l.Path = page.Root + l.Path
			page.Suggestions = append(page.Suggestions, l)
		}
		s.show(w, status, "fail.html", page)
	}
}

// acceptsHTML reports whether the client is a browser.
func acceptsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// rootOf is the relative path from u to the fleet page.
func rootOf(u *url.URL) string {
	if up := strings.Count(u.EscapedPath(), "/") - 1; up > 0 {
		return strings.Repeat("../", up)
	}
	return "./"
}

// similarNames are the printers whose names share the longest prefix with name.
func (s *site) similarNames(r *http.Request, name string) []printerLink {
	if name == "" {
		return nil
	}
	const minPrefix = 2 // bytes
	type candidate struct {
		printerLink
		prefix int
	}
	var found []candidate
	for p := range s.printers(r) {
		if n := commonPrefix(strings.ToLower(p.Name), strings.ToLower(name)); n >= minPrefix {
			found = append(found, candidate{linkOf(p), n})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return b.prefix - a.prefix })
	links := make([]printerLink, 0, maxSuggestions)
	for _, c := range found[:min(len(found), maxSuggestions)] {
		links = append(links, c.printerLink)
	}
	return links
}

// commonPrefix is the length of the common prefix of two texts, in bytes.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
