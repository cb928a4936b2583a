package browser

import (
	"strconv"
	"testing"
)

// TestPrintersBeginOnTheFirstScreen, with faults at each layer: above the fold on a desktop, within one screen on a phone.
func TestPrintersBeginOnTheFirstScreen(t *testing.T) {
	for name, f := range map[string]*fleet{"a fault of each kind": shop(), "10,000 printers": many(10_000), "one printer": many(1)} {
		p := open(t, f.serve(t), desk)
		for _, c := range []screen{{390, 844, false}, {768, 1024, false}, desk, {1920, 1080, true}} {
			p.setScreen(c)
			if top := eval[int64](p, `Math.round(document.querySelector(".fleet tbody a").getBoundingClientRect().bottom)`); top > c.height {
				t.Errorf("%s: the first printer is at %d on a screen of %d by %d", name, top, c.width, c.height)
			}
			if wide := eval[int64](p, "document.documentElement.scrollWidth"); wide > c.width {
				t.Errorf("%s: the page is %d wide on a screen of %d", name, wide, c.width)
			}
			if cut := eval[string](p, `[...document.querySelectorAll(".tiles b")].filter((b) => b.offsetHeight > 1.6 * parseFloat(getComputedStyle(b).fontSize) || b.getBoundingClientRect().right > b.closest("li").getBoundingClientRect().right).map((b) => b.textContent).join()`); cut != "" {
				t.Errorf("%s: tiles are too narrow for %s on a screen of %d", name, cut, c.width)
			}
			p.picture(strconv.FormatInt(c.width, 10))
		}
	}
}

// TestFiltersOfAPhone are behind a box, so that printers are on the first screen.
func TestFiltersOfAPhone(t *testing.T) {
	p := open(t, shop().serve(t), phone)
	visible := func(want bool) {
		t.Helper()
		p.until(`(document.querySelector("#find-layer").getBoundingClientRect().height > 0) === ` + strconv.FormatBool(want))
	}
	visible(false)
	p.click(".toggle input")
	visible(true)
	p.set("#find-layer", "plugin")
	p.waitForRows("voron-02")
	visible(true)
	p.until(`location.search === "?layer=plugin"`)
}

// TestPatternsOfTimelines are visible: each part of a timeline has a pattern that exists, and each pattern has its own shape.
func TestPatternsOfTimelines(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	p.until(`document.querySelectorAll(".strip rect").length >= 7`)
	p.until(`[...document.querySelectorAll(".strip rect, .swatch rect")].every((part) => document.querySelector(getComputedStyle(part).fill.match(/#[a-z-]+/)[0]) && part.getBoundingClientRect().height > 5)`)
	const shapes = `new Set([...document.querySelectorAll("pattern")].map((p) => [...p.querySelectorAll("path")].map((d) => d.getAttribute("d")).join())).size`
	const colors = `new Set([...document.querySelectorAll("pattern")].map((p) => getComputedStyle(p).color)).size`
	for _, l := range []screen{desk, night} {
		p.setScreen(l)
		if s, c := eval[int](p, shapes), eval[int](p, colors); s != 9 || c != 8 { // off and unknown are both gray
			t.Errorf("%d shapes, %d colors", s, c)
		}
	}
	p.until(`[...document.querySelectorAll(".past a")].every((a) => a.getAttribute("aria-label").startsWith("Last 24 h") && a.tabIndex === 0)`)
}

// TestTextsAreWhole: the longest age fits its column, labels that are cut are shown in full to the pointer and the keyboard, and
// on a phone no name is broken in two.
func TestTextsAreWhole(t *testing.T) {
	f := many(20)
	root := f.serve(t)
	p := open(t, root, desk)
	p.until(`document.querySelectorAll(".fleet td[data-label=since] time").length === 20`)
	p.run(`for (const age of document.querySelectorAll(".fleet td[data-label=since] time")) age.textContent = "9 h 59 min ago"`)
	if cut := eval[string](p, `[...document.querySelectorAll(".fleet td")].filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent).join()`); cut != "" {
		t.Errorf("cells are too narrow for %s", cut)
	}
	const isCut = `((labels) => labels.scrollWidth > labels.clientWidth)(document.querySelector(".fleet small"))`
	p.until(isCut)
	p.run(`document.querySelector(".fleet tbody th a").focus()`)
	p.until(`document.activeElement === document.querySelector(".fleet tbody th a")`)
	p.until(`!` + isCut)
	p.picture("labels")

	p = open(t, root+"overview", screen{390, 844, false})
	p.until(`document.querySelectorAll("#outages th a").length > 0`)
	if names := eval[string](p, `[...document.querySelectorAll("#outages th a")].filter((name) => name.getClientRects().length > 1).map((name) => name.textContent).join()`); names != "" {
		t.Errorf("%s is broken in two", names)
	}
	p.picture("outages")
}
