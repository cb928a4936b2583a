package web

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOffersAreBounded(t *testing.T) {
	o := newOffers()
	for i := range 1000 {
		o.see(map[string]string{"serial": fmt.Sprint(i), "all_alike": "x", "site": []string{"", "hall", "lab"}[i%3]})
	}
	if n := len(o["serial"]); n > maxValues+1 {
		t.Errorf("%d values are noted", n)
	}
	site := offer{Name: "site", Values: []string{"", "hall", "lab"}}
	chosen := site
	chosen.Chosen = "site=lab"
	for name, c := range map[string]struct {
		chosen []label
		want   []offer
	}{
		"nothing is chosen":             {nil, []offer{site}},
		"what is offered is chosen":     {[]label{{"site", "lab"}}, []offer{chosen}},
		"two values are chosen":         {[]label{{"site", "lab"}, {"site", "x"}}, []offer{chosen, {"site", []string{"x"}, "site=x"}}},
		"what is not offered is chosen": {[]label{{"serial", "7"}}, []offer{site, {"serial", []string{"7"}, "serial=7"}}},
		"what does not exist is chosen": {[]label{{"a", ""}}, []offer{site, {"a", []string{""}, "a="}}},
	} {
		if d := cmp.Diff(c.want, o.list(c.chosen)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	many := newOffers()
	for i := range 100 {
		many.see(map[string]string{fmt.Sprintf("label_%02d", i): "a"})
		many.see(map[string]string{fmt.Sprintf("label_%02d", i): "b"})
	}
	if n := len(many.list(nil)); n != maxOffers {
		t.Errorf("%d labels are offered", n)
	}
}
