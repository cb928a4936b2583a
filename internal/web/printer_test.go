package web

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

func TestPrinterPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := shop()
		f.add("busy", map[string]string{"site": "hall", "empty": ""},
			statusResult(time.Hour, 601, ""), statusResult(50*time.Minute, 602, ""), statusResult(20*time.Second, 200, printing),
			result(probe.InfoRequest, 19*time.Second, 200, online))
		f.add("watched", nil, statusResult(20*time.Second, 200, strings.Replace(printing, `"LastScore"`, `"TimeSinceLastPauseSec":30,"TimeSinceLastWarnSec":90,"LastScore"`, 1)),
			result(probe.InfoRequest, 19*time.Second, 400, ""))
		f.add("paused", nil, statusResult(time.Hour, 200, printing), statusResult(80*time.Second, 200, code(785)))
		o := f.options()
		for file, name := range map[string]string{
			"printer_busy.html":    "busy",
			"printer_lost.html":    "lost",
			"printer_watched.html": "watched",
			"printer_paused.html":  "paused",
			"printer_new.html":     "new",
			"printer_hostile.html": hostile,
		} {
			sameAsFile(t, file, between(t, get(o, "/printers/"+url.PathEscape(name)), "<main", "</main>"))
		}
	})
}

// TestNamesAreOnlyText follows the fleet page's links to printers whose names try to be more.
func TestNamesAreOnlyText(t *testing.T) {
	names := []string{
		hostile, `"><img src=x onerror=alert(1)>`, `'onmouseover='alert(1)`, "a b", "ünïcode ☃ 印刷", "50%", "a?b#c&d", `back\slash`,
		"javascript:alert(1)", "{{.Version}}", "</script>", "\u202eright-to-left", "new\nline", "+plus",
	}
	f := &fleet{}
	for _, name := range names {
		f.add(name, map[string]string{"label": name}, statusResult(time.Second, 200, strings.Replace(idle, "OctoPrint 1.11.2", "</p><script>", 1)))
	}
	o := f.options()
	page := get(o, "/")
	foreign := regexp.MustCompile(`<script>|<img|<[a-z]+(?:\s+[a-z-]+(?:="[^"]*")?)*\s+on[a-z]+=`)
	var reached []string
	for _, m := range regexp.MustCompile(`<th scope="row"><a href="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		link, err := url.Parse("http://localhost/")
		if err != nil {
			t.Fatal(err)
		}
		if link, err = link.Parse(html.UnescapeString(m[1])); err != nil {
			t.Fatal(err)
		}
		w := call(o, "GET", link.RequestURI())
		if w.Code != 200 || foreign.MatchString(w.Body.String()) {
			t.Errorf("%s: %d %s", link, w.Code, w.Body)
		}
		reached = append(reached, html.UnescapeString(strings.TrimSuffix(strings.TrimPrefix(
			between(t, w.Body.String(), "<h1>", "</h1>"), "<h1>"), "</h1>")))
	}
	slices.Sort(names)
	slices.Sort(reached)
	if !slices.Equal(names, reached) {
		t.Errorf("reached %q, not %q", reached, names)
	}
	if foreign.MatchString(page) {
		t.Errorf("something got into the page:\n%s", page)
	}
}
