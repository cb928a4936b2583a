package browser

import (
	"os"
	"testing"
)

// axe is where .ci/run and the Makefile install axe-core, an accessibility checker.
const axe = "../../out/node_modules/axe-core/axe.min.js"

type violation struct {
	ID     string
	Impact string // minor, moderate, serious, critical
	Help   string
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// TestAxeFindsNothingSerious in the pages, with light and dark colors and on a phone.
func TestAxeFindsNothingSerious(t *testing.T) {
	script, err := os.ReadFile(axe)
	if err != nil {
		missing(t, "axe-core", "make axe")
	}
	f := shop()
	f.add(hostile, map[string]string{"site": "hall"}, printing, offline)
	root := f.serve(t)
	allScreens := map[string]screen{"light": desk, "dark": night, "phone": phone}
	desktop := map[string]screen{"light": desk}
	for page, c := range map[string]struct {
		address string
		screens map[string]screen
	}{
		"fleet":    {root, allScreens},
		"lost":     {printerPage(root, "voron-02"), allScreens},
		"overview": {root + "overview", allScreens},
		"kiosk":    {root + "overview?kiosk", desktop},
		"filtered": {root + "?layer=host&sort=-name", desktop},
		"empty":    {root + "?q=nobody", desktop},
		"new":      {printerPage(root, "new"), desktop},
		"hostile":  {printerPage(root, hostile), desktop},
	} {
		p := open(t, c.address, desk)
		p.until(`document.documentElement.classList.contains("js")`)
		p.run("for (const more of document.querySelectorAll('details')) more.open = true")
		p.run(string(script))
		for name, l := range c.screens {
			p.setScreen(l)
			found := eval[struct {
				Passes     int
				Violations []violation
			}](p, "axe.run().then((found) => ({passes: found.passes.length, violations: found.violations}))")
			if found.Passes < 20 {
				t.Errorf("%s %s: axe checked only %d rules", page, name, found.Passes)
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
