package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/probe"
)

// Entries per page of history.
const (
	defaultHistoryLimit = 100
	maxHistoryLimit     = 1000
)

// apiPrinterHistory writes a page of a printer's past.
func (s *site) apiPrinterHistory(w http.ResponseWriter, r *http.Request) {
	page, ok := s.historyPage(w, r)
	if !ok {
		return
	}
	if periods, prints, ok := s.past(w, r, r.PathValue("name")); ok {
		writeJSON(w, api.HistoryOf(periods, prints, page, time.Now()))
	}
}

// past reads a printer's past. Where it cannot be read, it writes the error and returns false.
func (s *site) past(w http.ResponseWriter, r *http.Request, name string) (periods []probe.Verdict, prints []probe.EndedPrint, ok bool) {
	periods, prints, err := s.History.Past(r.Context(), name)
	switch {
	case errors.Is(err, probe.ErrNoSuchPrinter):
		s.fail(w, r, http.StatusNotFound, s.missing(name))
	case err != nil:
		s.fail(w, r, http.StatusServiceUnavailable, fmt.Sprintf("reading the history of %q was canceled", name))
	}
	return periods, prints, err == nil
}

// apiHistory writes a page of the fleet's past.
func (s *site) apiHistory(w http.ResponseWriter, r *http.Request) {
	page, ok := s.historyPage(w, r)
	if !ok {
		return
	}
	events, more, err := s.History.Events(r.Context(), page.Since, page.Until, page.Limit)
	if err != nil {
		s.fail(w, r, http.StatusServiceUnavailable, "reading the history was canceled")
		return
	}
	writeJSON(w, api.FleetHistoryOf(s.History.Hours(), events, more, page))
}

// historyPage reads the parameters. Where one is wrong, it writes the error and returns false.
func (s *site) historyPage(w http.ResponseWriter, r *http.Request) (p api.Page, ok bool) {
	p, err := historyPageOf(r.URL.Query())
	if err != nil {
		s.fail(w, r, http.StatusBadRequest, err.Error())
	}
	return p, err == nil
}

// historyPageOf reads the parameters of a page of history.
func historyPageOf(v url.Values) (p api.Page, err error) {
	p = api.Page{Until: time.Unix(1<<40, 0), Limit: defaultHistoryLimit} // what has begun is shown even if the clock was set back
	if text := v.Get("since"); text != "" {
		if p.Since, err = parameterTime("since", text); err != nil {
			return p, err
		}
	}
	if text := v.Get("until"); text != "" {
		if p.Until, err = parameterTime("until", text); err != nil {
			return p, err
		}
	}
	if !p.Since.Before(p.Until) {
		return p, fmt.Errorf("since must be earlier than until")
	}
	if text := v.Get("limit"); text != "" {
		if p.Limit, err = strconv.Atoi(text); err != nil || p.Limit < 1 || p.Limit > maxHistoryLimit {
			return p, fmt.Errorf("invalid limit %.100q: use a number from 1 to %d", text, maxHistoryLimit)
		}
	}
	return p, nil
}

// parameterTime reads a time.
func parameterTime(name, text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err == nil {
		return t, nil
	}
	hint := ""
	if strings.Contains(text, " ") {
		hint = "; write + as %2B"
	}
	return t, fmt.Errorf("invalid %s %.100q: use a time in RFC 3339, such as 2026-01-02T15:04:05Z%s", name, text, hint)
}
