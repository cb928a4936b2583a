package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// maxSuggestions is how many printers are named where a reader asked for one that is not there.
const maxSuggestions = 10

// failPage is what a person sees in place of a page.
type failPage struct {
	frame
	Message     string
	Query       string // what to look for instead; "" where nothing is known
	Suggestions []fleetLink
}

// fail answers that there is no answer, in the form that the asker reads: JSON below /api/, a page in a browser, else
// text.
func (s *site) fail(w http.ResponseWriter, r *http.Request, status int, message string) {
	s.failLike(w, r, status, message, "")
}

// failLike is fail; a page also names printers whose names are like the one that was looked for.
func (s *site) failLike(w http.ResponseWriter, r *http.Request, status int, message, like string) {
	w.Header().Add("Vary", "Accept")
	switch {
	case strings.HasPrefix(r.URL.Path, "/api/"):
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": message})
	case !readsHTML(r):
		http.Error(w, message, status)
	default:
		page := failPage{frame: s.frame(http.StatusText(status), rootOf(r.URL), time.Now()), Message: title(message), Query: like}
		page.Live = false
		for _, l := range s.namesLike(like) {
			l.Path = page.Root + l.Path
			page.Suggestions = append(page.Suggestions, l)
		}
		s.show(w, status, "fail.html", page)
	}
}

// readsHTML reports whether whoever asks is a browser.
func readsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// rootOf is the way from an address to the fleet page.
func rootOf(u *url.URL) string {
	if up := strings.Count(u.EscapedPath(), "/") - 1; up > 0 {
		return strings.Repeat("../", up)
	}
	return "./"
}

// namesLike are the printers whose names are nearest to one that is none: they begin like it.
func (s *site) namesLike(name string) []fleetLink {
	if name == "" {
		return nil
	}
	const enough = 2 // of the beginning, to be like it
	type near struct {
		fleetLink
		same int
	}
	var found []near
	for p := range s.Fleet.All() {
		if n := sameBeginning(strings.ToLower(p.Name), strings.ToLower(name)); n >= enough {
			found = append(found, near{linkOf(p), n})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return b.same - a.same })
	links := make([]fleetLink, 0, maxSuggestions)
	for _, n := range found[:min(len(found), maxSuggestions)] {
		links = append(links, n.fleetLink)
	}
	return links
}

// sameBeginning is how many bytes two texts begin with in common.
func sameBeginning(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// helpful answers what no route answers in the form that the asker reads. Whether a path or only a method is unknown is
// the mux's to say.
func (s *site) helpful(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var answer body
		mux.ServeHTTP(&answer, r)
		switch allow := answer.Header().Get("Allow"); answer.status {
		case http.StatusNotFound:
			s.fail(w, r, answer.status, "nothing is served at "+r.URL.Path)
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", allow)
			s.fail(w, r, answer.status, r.URL.Path+" answers only "+allow)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}
