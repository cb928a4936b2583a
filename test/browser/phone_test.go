package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
)

// TestNoPageScrollsSideways, with long names and on narrow screens.
func TestNoPageScrollsSideways(t *testing.T) {
	f := shop()
	long := strings.Repeat("averylongname", 8)
	f.add(long, map[string]string{"site": long, "model": "x"}, printing, offline)
	f.addProbed("past", nil, 9*time.Hour, printing, idle, offline, idle, printing, idle, idle, jammed, jammed, jammed, jammed) // its times are dates
	f.add(hostile, map[string]string{"site": "hall"}, printing)
	root := f.serve(t)
	for name, address := range map[string]string{
		"fleet": root, "overview": root + "overview", "kiosk": root + "overview?kiosk", "hostile": printerPage(root, hostile), "printer": printerPage(root, "voron-02"), "past": printerPage(root, "past"), "long": printerPage(root, long),
	} {
		p := open(t, address, phone)
		p.until(`document.documentElement.classList.contains("js")`)
		p.picture(name)
		for _, wide := range []int64{phone.width, 390, 600, 768, 840, 1030, 1280, 1920} {
			p.setScreen(screen{wide, 800, false})
			if width := eval[int64](p, "document.documentElement.scrollWidth"); width > wide {
				t.Errorf("%s is %d pixels wide on a screen of %d", name, width, wide)
			}
		}
	}
}

// TestMarksDifferWithoutColor: in shape and in word.
func TestMarksDifferWithoutColor(t *testing.T) {
	p := open(t, shop().serve(t), desk)
	shapes := eval[int](p, `new Set(["up", "down", "unknown"].map((mark) => getComputedStyle(document.querySelector("td." + mark), "::before").maskImage)).size`)
	words := eval[string](p, `["up", "down", "unknown"].map((mark) => document.querySelector("td." + mark).textContent.trim()).join(" ")`)
	if shapes != 3 || words != "up down unknown" {
		t.Errorf("%d shapes, %q", shapes, words)
	}
}

func TestDarkColors(t *testing.T) {
	root := shop().serve(t)
	for name, address := range map[string]string{"fleet": root, "overview": root + "overview", "printer": printerPage(root, "voron-02")} {
		p := open(t, address, night)
		if background := eval[string](p, "getComputedStyle(document.body).backgroundColor"); background != "rgb(13, 17, 23)" {
			t.Errorf("%s is %s", name, background)
		}
		p.picture(name)
	}
}

// TestPaper shows the marks of the layers, which are backgrounds, and nothing to click.
func TestPaper(t *testing.T) {
	root := shop().serve(t)
	for address, hidden := range map[string]string{root: ".find, .bar nav", root + "overview": ".bar nav", printerPage(root, "voron-02"): "button"} {
		p := open(t, address, desk)
		p.until(`document.querySelectorAll("td.up, td.down, .heat td").length > 0`)
		call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		p.until(`[...document.querySelectorAll("td.up, td.down")].every((mark) => getComputedStyle(mark, "::before").printColorAdjust === "exact")`)
		p.until(`[...document.querySelectorAll(".heat td")].every((cell) => getComputedStyle(cell).printColorAdjust === "exact")`)
		p.until(`[...document.querySelectorAll("` + hidden + `")].every((control) => getComputedStyle(control).display === "none")`)
		p.picture("paper")
	}
}
