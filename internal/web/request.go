package web

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"octoeverywhere_exporter/probe"
)

// Bounds of a request. They bound the work and the size of the response: a page repeats its parameters in each link.
const (
	maxPath       = 2 << 10 // bytes
	maxQuery      = 2 << 10 // bytes
	maxParameters = 50
)

// repeatable is the parameter that may have several values.
const repeatable = "label"

// withBoundedURL rejects requests with a long path or query. The response repeats neither.
func withBoundedURL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case len(r.URL.EscapedPath()) > maxPath:
			http.Error(w, fmt.Sprintf("the path is too long: use at most %d bytes", maxPath), http.StatusRequestURITooLong)
		case len(r.URL.RawQuery) > maxQuery:
			http.Error(w, fmt.Sprintf("the query is too long: use at most %d bytes", maxQuery), http.StatusBadRequest)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// withParameters rejects requests with parameters that the route does not have: ignoring one would respond to another
// question than was asked.
func (s *site) withParameters(known []string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := checkParameters(r.URL, known); err != nil {
			s.fail(w, r, http.StatusBadRequest, err.Error())
			return
		}
		next.ServeHTTP(w, r)
	})
}

// parameterHints say what to use instead of the parameters of other exporters.
var parameterHints = map[string]string{
	"collect[]": metricsHint, "exclude[]": metricsHint, "name[]": metricsHint,
	"module": "; the configuration says how each printer is probed",
}

const metricsHint = "; choose metrics by --no-collector.print and the like, or by metric_relabel_configs"

func checkParameters(u *url.URL, known []string) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("malformed query: use NAME=VALUE&NAME=VALUE, percent-encoded")
	}
	count := 0
	for _, name := range slices.Sorted(maps.Keys(query)) {
		values := query[name]
		count += len(values)
		switch {
		case !slices.Contains(known, name):
			return fmt.Errorf("unknown parameter %.100q: %.100s takes %s%s", name, u.Path, cmp.Or(strings.Join(known, ", "), "none"), parameterHints[name])
		case len(values) > 1 && name != repeatable:
			return fmt.Errorf("the parameter %s is given %d times: use it once", name, len(values))
		}
	}
	if count > maxParameters {
		return fmt.Errorf("the query has %d parameters: use at most %d", count, maxParameters)
	}
	return nil
}

// printers yields the printers of the fleet. Once the client of r has disconnected it aborts the response: nobody reads it.
func (s *site) printers(r *http.Request) iter.Seq[*probe.Status] {
	return func(yield func(*probe.Status) bool) {
		for p := range s.Fleet.All() {
			if r.Context().Err() != nil {
				panic(http.ErrAbortHandler)
			}
			if !yield(p) {
				return
			}
		}
	}
}
