package web

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSortOrders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		f.add("b", nil, statusResult(3*time.Minute, 200, printing), statusResult(50*time.Second, 200, printing))
		f.add("a", nil, statusResult(20*time.Second, 200, strings.Replace(printing, "42.25", "80", 1)))
		f.add("d", nil, statusResult(time.Hour, 200, idle), statusResult(10*time.Second, 601, ""))
		f.add("c", nil)
		f.add("e", nil, statusResult(2*time.Minute, 200, idle), statusResult(5*time.Second, 200, idle))
		o := f.options()
		for sort, want := range map[string]string{
			"": "d c a b e", "severity": "d c a b e", "-severity": "a b e c d",
			"name": "a b c d e", "-name": "e d c b a",
			"progress": "a b c d e", "-progress": "b a c d e",
			"since": "d a e b c", "-since": "b e a d c",
			"last": "e d a b c", "-last": "b a d e c",
			"next": "b a d e c", "-next": "e d a b c",
		} {
			page := get(o, "/?sort="+sort)
			if got := strings.Join(rowNames(page), " "); got != want {
				t.Errorf("%s: %s, not %s", sort, got, want)
			}
			name := strings.TrimPrefix(sort, "-")
			columns := 1
			if name == "next" { // it has no column
				columns = 0
			}
			if got := strings.Count(page, `aria-sort="`); got != columns {
				t.Errorf("%s: %d columns have aria-sort", name, got)
			}
		}
	})
}

// TestColumnHeadsReverseTheOrder: the link of the column that is sorted by reverses the order, and the filter stays.
func TestColumnHeadsReverseTheOrder(t *testing.T) {
	const base = "./?label=site%3Dhall"
	for sort, want := range map[string][]columnHead{
		"": {
			{"Printer", "wide", base + "&sort=name#printers", ""},
			{"Status", "wide", base + "&sort=-severity#printers", "descending"},
			{"State", "wide", base + "&sort=progress#printers", ""},
			{"Last 24 h, uptime", "past", "", ""},
			{"Since", "", base + "&sort=since#printers", ""},
			{"Last probe", "narrow", base + "&sort=last#printers", ""},
		},
		"-severity": {{"Printer", "wide", base + "&sort=name#printers", ""}, {"Status", "wide", base + "#printers", "ascending"}},
		"name":      {{"Printer", "wide", base + "&sort=-name#printers", "ascending"}, {"Status", "wide", base + "#printers", ""}},
		"-name":     {{"Printer", "wide", base + "&sort=name#printers", "descending"}, {"Status", "wide", base + "#printers", ""}},
	} {
		f, err := filterOf(url.Values{"sort": {sort}, "label": {"site=hall"}})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, columnHeads(f)[:len(want)]); d != "" {
			t.Errorf("%s: %s", sort, d)
		}
	}
}
