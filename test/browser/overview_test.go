package browser

import "testing"

// TestOverview refreshes itself, and a wall display has no navigation and larger text.
func TestOverview(t *testing.T) {
	f := shop()
	root := f.serve(t)
	p := open(t, root, desk)
	p.click(`nav [href="./overview"]`)
	p.until(`document.querySelector("h1").textContent === "Overview" && document.documentElement.classList.contains("js")`)
	p.until(`document.querySelectorAll(".heat").length === 2 && document.querySelectorAll(".heat tbody td").length === 6 * (24 + 30)`)
	p.until(`new Set([...document.querySelectorAll(".heat td")].map((cell) => getComputedStyle(cell).backgroundImage)).size === 6`)
	const first = `document.querySelector("#outages tbody a").textContent`
	p.until(first + ` !== "mk4-01"`)
	f.respond("mk4-01", jammed)
	p.refresh()
	p.until(first + ` === "mk4-01" && document.querySelector("#outages tbody").textContent.includes("so far")`)
	p.picture("desk")
	size := eval[float64](p, `parseFloat(getComputedStyle(document.body).fontSize)`)
	p.click(`[href="overview?kiosk"]`)
	p.until(`document.body.classList.contains("kiosk") && document.documentElement.classList.contains("js")`)
	if large := eval[float64](p, `parseFloat(getComputedStyle(document.body).fontSize)`); large < 1.25*size {
		t.Errorf("the text of a wall display has %v pixels, elsewhere %v", large, size)
	}
	p.until(`[...document.querySelectorAll("nav a")].filter((a) => a.offsetParent).every((a) => a.closest(".overview"))`)
	f.respond("mk4-01", idle)
	p.refresh()
	p.until(`document.querySelector("#outages tbody a").textContent !== "mk4-01" && document.body.classList.contains("kiosk")`)
	p.setScreen(screen{1920, 1080, true})
	p.picture("kiosk")
}
