package browser

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// rowNames is a script: the names in the table, in its order.
const rowNames = `[...document.querySelectorAll("tbody th a")].map((a) => a.textContent).join(" ")`

// waitForRows waits until the table has these printers.
func (p *tab) waitForRows(want string) {
	p.Helper()
	p.until(fmt.Sprintf("%s === %q", rowNames, want))
}

const allRows = "x1c-01 voron-02 p1s-01 cc-01 a1-01 new mk4-01 mk4-02 voron-01"

func TestFleetPage(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	p.waitForRows(allRows)
	p.until(`document.querySelector("#summary").textContent === "4 of 9 printers have a fault, 1 switched off, 1 not probed yet."`)
	tiles := eval[string](p, `[...document.querySelectorAll(".tiles li")].map((li) => li.textContent.trim().replace(/\s+/g, " ")).join(" · ")`)
	const want = "Access: 1 of 9 · Plugin: 1 of 9 · Host: 1 of 9 · Printer: 1 of 9 · OK: 3 of 9 · Off: 1 of 9 · Not probed yet: 1 of 9"
	if strings.ReplaceAll(tiles, " : ", ": ") != want {
		t.Errorf("the tiles are %q", tiles)
	}
	if title := eval[string](p, "document.title"); !strings.HasPrefix(title, "(4) Printers") {
		t.Error(title)
	}
	p.picture("first")
}

// TestSearchAsYouType: the page is not reloaded, its address has the parameters, and the caret stays.
func TestSearchAsYouType(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	p.until("document.documentElement.classList.contains('js')")
	p.run("window.same = true")
	p.typeIn("input[name=q]", "Hall")
	p.waitForRows("voron-02 voron-01")
	p.until(`location.search === "?q=Hall" && document.activeElement.name === "q" && document.activeElement.value === "Hall" && same`)
	p.until(`document.querySelector("#selected").textContent === "2 of 9 printers"`)
	p.set("select[name=reason]", "plugin_offline")
	p.waitForRows("voron-02")
	p.set("input[name=q]", "")
	p.set("select[name=reason]", "")
	p.waitForRows(allRows)
	p.until(`location.search === "" && same`)
	p.set("#find-label-site", "site=lab")
	p.waitForRows("a1-01 mk4-01 mk4-02")
	p.set("#find-sort", "name")
	p.waitForRows("a1-01 mk4-01 mk4-02")
	p.until(`document.querySelector("th[aria-sort]").textContent.trim() === "Printer" && same`)
	p.click("#reset a")
	p.waitForRows(allRows)
}

func TestHeadersSortTheTable(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	for _, c := range []struct {
		column                int
		header, first, sorted string
	}{
		{1, "Printer", "a1-01", "ascending"},
		{1, "Printer", "x1c-01", "descending"},
		{9, "State", "voron-01", "descending"},
		{2, "Status", "x1c-01", "descending"},
		{2, "Status", "mk4-01", "ascending"},
	} {
		p.click(fmt.Sprintf("thead tr th:nth-child(%d) a", c.column))
		p.until(fmt.Sprintf(`document.querySelector("th[aria-sort=%s]")?.textContent.trim() === %q && %s.split(" ")[0] === %q && location.hash === "#printers"`,
			c.sorted, c.header, rowNames, c.first))
	}
}

// TestTheKeyboardReachesEverything: the first tab stop leads to the content, and the links of the rows are tab stops.
func TestTheKeyboardReachesEverything(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	p.do(chromedp.KeyEvent(kb.Tab))
	p.until(`document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left >= 0`)
	p.picture("skip")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`location.hash === "#content"`)
	reached := map[string]bool{}
	for range 75 {
		p.do(chromedp.KeyEvent(kb.Tab))
		reached[eval[string](p, `(document.activeElement.getAttribute("href") ?? document.activeElement.name ?? document.activeElement.localName)`)] = true
	}
	for _, want := range []string{"./?layer=host", "./?layer=switched_off", "q", "layer", "reason", "label", "sort", "./?sort=name#printers", "printers/x1c-01", "printers/x1c-01#timeline", "printers/voron-01"} {
		if !reached[want] {
			t.Errorf("%s is no tab stop", want)
		}
	}
}

// TestARefreshKeepsTheState: scroll position, focus, typed text and open details stay.
func TestARefreshKeepsTheState(t *testing.T) {
	f := many(120)
	p := open(t, f.serve(t), desk)
	p.until("document.querySelectorAll('tbody tr').length === 120")
	p.click(".causes summary")
	p.typeIn("input[name=q]", "voron")
	p.until(`location.search === "?q=voron"`)
	p.run(`document.querySelector("input[name=q]").setSelectionRange(2, 4)`)

	keepsPosition := func(row string, change func()) {
		t.Helper()
		at := fmt.Sprintf(`Math.round(document.querySelector('[href="printers/%s"]').getBoundingClientRect().top)`, row)
		p.run(fmt.Sprintf(`document.querySelector('[href="printers/%s"]').scrollIntoView({block: "center"})`, row))
		before := eval[int](p, at)
		change()
		if after := eval[int](p, at); after-before > 2 || before-after > 2 {
			t.Errorf("a visible row has moved from %d to %d", before, after)
		}
	}
	keepsPosition("voron-00076", func() {
		f.respond("voron-00118", revoked) // it moves to the top, and another cause appears above the rows
		f.respond("voron-00077", jammed)
		p.refresh()
		p.until(`document.querySelector("#cause-connection_revoked")`)
		p.until(fmt.Sprintf(`%s.split(" ")[0] === "voron-00118"`, rowNames))
	})
	p.until(`document.activeElement.name === "q" && document.activeElement.value === "voron" && document.activeElement.selectionStart === 2 && document.activeElement.selectionEnd === 4`)
	p.until(`document.querySelectorAll("details[open]").length === 1 && document.querySelector("#cause-plugin_offline details").open`)

	p.run(`document.querySelector('[href="printers/voron-00062"]').focus()`)
	keepsPosition("voron-00063", func() {
		f.respond("voron-00117", revoked)
		p.refresh()
		p.until(fmt.Sprintf(`%s.split(" ")[0] === "voron-00117"`, rowNames))
	})
	p.until(`document.activeElement.getAttribute("href") === "printers/voron-00062"`)
	f.respond("voron-00062", revoked) // the focused row moves
	p.refresh()
	p.until(fmt.Sprintf(`%s.split(" ")[0] === "voron-00062"`, rowNames))
	p.until(`document.activeElement.getAttribute("href") === "printers/voron-00062"`)
	p.picture("changed")
}

// TestSelectedTextStays: the page does not refresh while text is selected.
func TestSelectedTextStays(t *testing.T) {
	f := shop()
	p := open(t, f.serve(t), desk)
	p.waitForRows(allRows)
	p.run(`getSelection().selectAllChildren(document.querySelector(".causes li"))`)
	selected := eval[string](p, "getSelection().toString()")
	f.respond("mk4-01", jammed)
	p.refresh()
	time.Sleep(300 * time.Millisecond) // nothing must change
	if now := eval[string](p, "getSelection().toString()"); now != selected || selected == "" {
		t.Errorf("%q was selected, now it is %q", selected, now)
	}
	p.waitForRows(allRows)
	p.run(`getSelection().removeAllRanges()`)
	p.refresh()
	p.until(`document.querySelector("#summary").textContent.startsWith("5 of 9")`)
}

// TestAnOutdatedPageSaysSo when the exporter does not respond.
func TestAnOutdatedPageSaysSo(t *testing.T) {
	f := shop()
	root := f.serve(t)
	p := openWithErrors(t, root, desk)
	p.waitForRows(allRows)
	p.run(`window.fetch = () => Promise.reject(new TypeError("gone"))`)
	p.refresh()
	p.until(`!document.querySelector("#stale").hidden && /^This page is out of date \(\d\d:\d\d:\d\d UTC\): the exporter does not respond\.$/.test(document.querySelector("#stale").textContent)`)
	p.until(`(box => box.top >= 0 && box.bottom <= innerHeight)(document.querySelector("#stale").getBoundingClientRect())`)
	p.picture("stale")
}

// TestTenThousandPrinters: the page stays usable.
func TestTenThousandPrinters(t *testing.T) {
	p := open(t, many(10_000).serve(t), desk)
	p.until("document.querySelectorAll('tbody tr').length === 200")
	p.picture("first")
	took := eval[float64](p, `(async () => {
		const times = [];
		for (let i = 0; i < 5; i++) {
			const begin = performance.now();
			await (await fetch("./?label=group%3Dfarm-04&layer=host&q=voron")).text();
			times.push(performance.now() - begin);
		}
		return Math.min(...times);
	})()`)
	t.Logf("a filter over 10,000 printers takes %.0f ms", took)
	if took > 2000 { // a sanity check; the benchmark measures
		t.Errorf("a filter takes %.0f ms", took)
	}
	p.typeIn("input[name=q]", "09999")
	p.waitForRows("voron-09999")
	p.do(chromedp.Navigate(eval[string](p, "location.origin") + "/?page=50"))
	p.until(`document.querySelector(".pager").textContent.includes("9,801 to 10,000 of 10,000")`)
}
