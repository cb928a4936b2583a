package browser

import (
	"os"
	"testing"
)

// axe is where .ci/run and the Makefile install axe-core, a checker of accessibility.
const axe = "../../out/node_modules/axe-core/axe.min.js"

type violation struct {
	ID     string
	Impact string // minor, moderate, serious, critical
	Help   string
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// TestAxeFindsNothingSerious in the pages, by day, by night and on a phone.
func TestAxeFindsNothingSerious(t *testing.T) {
	script, err := os.ReadFile(axe)
	if err != nil {
		missing(t, "axe-core", "make axe")
	}
	f := shop()
	f.add(hostile, map[string]string{"site": "hall"}, printing, offline)
	root := f.serve(t)
	everywhere := map[string]look{"by day": desk, "by night": night, "on a phone": phone}
	once := map[string]look{"by day": desk}
	for page, c := range map[string]struct {
		address string
		looks   map[string]look
	}{
		"fleet":    {root, everywhere},
		"lost":     {printerPage(root, "voron-02"), everywhere},
		"filtered": {root + "?layer=host&sort=-name", once},
		"nobody":   {root + "?q=nobody", once},
		"new":      {printerPage(root, "new"), once},
		"hostile":  {printerPage(root, hostile), once},
	} {
		p := open(t, c.address, desk)
		p.until(`document.documentElement.classList.contains("js")`)
		p.run("for (const more of document.querySelectorAll('details')) more.open = true")
		p.run(string(script))
		for name, l := range c.looks {
			p.lookLike(l)
			found := eval[struct {
				Held       int
				Violations []violation
			}](p, "axe.run().then((found) => ({held: found.passes.length, violations: found.violations}))")
			if found.Held < 20 {
				t.Errorf("%s %s: axe has looked at no more than %d rules", page, name, found.Held)
			}
			for _, v := range found.Violations {
				report := t.Logf
				if v.Impact == "serious" || v.Impact == "critical" {
					report = t.Errorf
				}
				report("%s %s: %s %s: %s\n%v", page, name, v.Impact, v.ID, v.Help, v.Nodes)
			}
		}
	}
}
