package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

func TestPrinterPage(t *testing.T) {
	f := shop()
	p := open(t, printerPage(f.serve(t), "mk4-02"), desk)
	p.until(`document.querySelector("h1").textContent === "mk4-02" && document.documentElement.classList.contains("js")`)
	const history = `[...document.querySelectorAll(".history tbody tr td:nth-child(2)")].map((td) => td.textContent.trim().replace(/\s+/g, " ")).join(", ")`
	if got := eval[string](p, history); got != "OK, Off 785, OK" {
		t.Errorf("the history is %s", got)
	}
	p.click("#more-metrics summary")
	f.respond("mk4-02", revoked)
	p.refresh()
	p.until(history + ` === "access connection revoked 604, OK, Off 785, OK"`)
	p.until(`document.querySelector("#more-metrics").open && document.querySelector("#todo").textContent.includes("owner")`)
	p.until(`document.querySelector("#trace").textContent.includes("HTTP 604")`)
	p.picture("changed")
}

// TestThePageOfARemovedPrinterIsOutdated and says so.
func TestThePageOfARemovedPrinterIsOutdated(t *testing.T) {
	f := shop()
	p := openWithErrors(t, printerPage(f.serve(t), "mk4-02"), desk) // Chromium logs the status 404 as an error
	p.until(`document.documentElement.classList.contains("js")`)
	f.mu.Lock()
	f.printers = f.printers[:1]
	f.mu.Unlock()
	p.refresh()
	p.until(`/^This page is out of date \(.*UTC\): the printer is no longer configured\.$/.test(document.querySelector("#stale").textContent)`)
}

// TestCopyButtons, with the clipboard API and without, as on plain HTTP.
func TestCopyButtons(t *testing.T) {
	p := open(t, printerPage(shop().serve(t), "voron-02"), desk)
	p.until(`document.documentElement.classList.contains("js")`)
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		call(p, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
		})
	}
	const matchers = `{printer="voron-02", model="voron", site="hall"}`
	p.click("[data-copy=matchers]")
	p.until(`document.querySelector("#announcement").textContent === "Label matchers copied."`)
	if got := eval[string](p, "navigator.clipboard.readText()"); got != matchers {
		t.Errorf("the clipboard has %q", got)
	}
	eval[bool](p, `navigator.clipboard.writeText("").then(() => true)`)
	eval[bool](p, `Object.defineProperty(Clipboard.prototype, "writeText", {value: undefined}) && true`)
	p.click("[data-copy=silence]")
	p.until(`document.querySelector("#announcement").textContent === "Silence copied."`)
	if got := eval[string](p, "navigator.clipboard.readText()"); !strings.HasPrefix(got, "amtool silence add ") {
		t.Errorf("the clipboard has %q", got)
	}
}

// TestProbeNow: the button leads back to the printer's page.
func TestProbeNow(t *testing.T) {
	p := open(t, printerPage(shop().serve(t), "mk4-01"), desk)
	p.click("#trace button")
	p.until(`location.pathname === "/printers/mk4-01" && location.hash === "#trace" && document.querySelector(".requests")`)
}

func TestSuggestionsOfTheErrorPage(t *testing.T) {
	p := openWithErrors(t, printerPage(shop().serve(t), "voron-1"), desk) // Chromium logs the status 404 as an error
	p.until(`document.querySelector("h1").textContent === "Not Found"`)
	p.picture("suggestions")
	p.click(`[href="../printers/voron-01"]`)
	p.until(`document.querySelector("h1").textContent === "voron-01"`)
}

// hostile is a name with markup.
const hostile = `<script>alert(1)</script> "x' ☃ 50%<img src=//evil.example/x onerror=alert(2)>`

// TestNamesAreEscaped, and the content security policy blocks what an escaping bug would let in.
func TestNamesAreEscaped(t *testing.T) {
	f := shop()
	f.add(hostile, map[string]string{"site": `<i onclick="alert(3)">x</i>`, "model": `"><script src=//evil.example/></script>`}, idle, offline)
	root := f.serve(t)
	for _, address := range []string{root, root + "?q=%3Cscript%3E", printerPage(root, hostile), root + "?label=site%3D%3Cscript%3Ealert(4)%3C/script%3E"} {
		p := open(t, address, desk)
		p.until(`document.documentElement.classList.contains("js") && document.scripts.length === 1 && document.images.length === 0`)
		p.refresh()
	}
	p := openWithErrors(t, printerPage(root, hostile), desk)
	p.until(fmt.Sprintf("document.querySelector('h1').textContent === %q", hostile))
	p.run(`
		window.violations = [];
		document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
		document.body.insertAdjacentHTML("beforeend", "<img src='http://evil.example/x' onerror='window.ran = true'><style>h1 { color: red }</style>");
		const script = document.createElement("script");
		script.textContent = "window.ran = true";
		document.body.append(script);
	`)
	p.until(`["img-src", "script-src-elem", "style-src-elem"].every((directive) => violations.includes(directive)) && !window.ran`)
	p.picture("hostile")
}
