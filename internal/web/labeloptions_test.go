package web

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLabelOptionsAreBounded(t *testing.T) {
	l := labelValues{}
	for i := range 1000 {
		l.add(map[string]string{"serial": fmt.Sprint(i), "all_alike": "x", "site": []string{"", "hall", "lab"}[i%3]})
	}
	if n := len(l["serial"]); n > maxLabelValues+1 {
		t.Errorf("%d values are kept", n)
	}
	site := labelOption{Name: "site", Values: []string{"", "hall", "lab"}}
	siteLab := site
	siteLab.Selected = "site=lab"
	for name, c := range map[string]struct {
		selected []label
		want     []labelOption
	}{
		"no label is selected":               {nil, []labelOption{site}},
		"an option is selected":              {[]label{{"site", "lab"}}, []labelOption{siteLab}},
		"two values are selected":            {[]label{{"site", "lab"}, {"site", "x"}}, []labelOption{siteLab, {"site", []string{"x"}, "site=x"}}},
		"a label without option is selected": {[]label{{"serial", "7"}}, []labelOption{site, {"serial", []string{"7"}, "serial=7"}}},
		"an unknown label is selected":       {[]label{{"a", ""}}, []labelOption{site, {"a", []string{""}, "a="}}},
	} {
		if d := cmp.Diff(c.want, l.options(c.selected)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	many := labelValues{}
	for i := range 100 {
		many.add(map[string]string{fmt.Sprintf("label_%02d", i): "a"})
		many.add(map[string]string{fmt.Sprintf("label_%02d", i): "b"})
	}
	if n := len(many.options(nil)); n != maxLabelOptions {
		t.Errorf("%d options", n)
	}
}
