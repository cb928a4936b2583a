package web

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTilesCountTheScope: a label narrows the counts, a layer does not. What is 0 is shown only where it is selected.
func TestTilesCountTheScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		for query, want := range map[string]string{
			"":                                    "1/10 1/10 2/10 1/10 1/10 2/10 1/10 1/10",
			"layer=host":                          "1/10 1/10 2/10 1/10 1/10 2/10 1/10 1/10",
			"label=site%3Dlab":                    "1/2 1/2",
			"label=site%3Dlab&layer=switched_off": "1/2 1/2",
			"label=site%3Dlab&layer=network":      "0/2 1/2 1/2",
			"q=hall":                              "1/2 1/2",
		} {
			var got []string
			for _, m := range regexp.MustCompile(`<b>(\d+)</b> <small>of (\d+)</small>`).FindAllStringSubmatch(get(o, "/?"+query), -1) {
				got = append(got, m[1]+"/"+m[2])
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s, not %s", query, strings.Join(got, " "), want)
			}
		}
	})
}
