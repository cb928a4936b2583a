package browser

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"octoeverywhere_exporter/test/testkit/loopback"
)

var (
	update   = flag.Bool("update", false, "take the screenshots of the documentation")
	terminal = flag.String("terminal", "", "a `file` with the output of a terminal, which becomes docs/images/terminal.png")
)

const (
	imageFolder  = "../../docs/images"
	maxImageSize = 150_000 // bytes
)

// TestPicturesOfTheDemo takes the screenshots of the README with -update.
func TestPicturesOfTheDemo(t *testing.T) {
	if !*update || *terminal != "" {
		t.Skip("pictures are taken with -update")
	}
	root := demo(t)
	p := open(t, root, screen{1280, 1000, false})
	const demoTimeout = 3 * time.Minute
	p.within(demoTimeout, `document.querySelectorAll(".tiles .bad").length === 6 && document.querySelectorAll(".banner a").length > 0`)
	p.save("fleet.png")
	p.do(chromedp.Navigate(root + "printers/ender-06"))
	p.within(demoTimeout, `document.querySelectorAll(".history tbody tr").length >= 4`)
	p.save("printer.png")
	p.do(chromedp.Navigate(root + "overview"))
	p.until(`document.querySelectorAll("#outages tbody tr").length > 10`)
	p.save("overview.png")
}

// TestPictureOfATerminal renders the output of a terminal.
func TestPictureOfATerminal(t *testing.T) {
	if *terminal == "" {
		t.Skip("a picture is made with -terminal FILE")
	}
	text, err := os.ReadFile(*terminal)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" { // and no icon
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(terminalPage(string(text))))
		}
	}))
	t.Cleanup(srv.Close)
	p := open(t, srv.URL+"/", desk)
	width, height := eval[int](p, "Math.ceil(document.querySelector('pre').getBoundingClientRect().width)"), eval[int](p, "Math.ceil(document.querySelector('pre').getBoundingClientRect().height)")
	p.setScreen(screen{int64(max(width, 600)), int64(height), false})
	p.save("terminal.png")
}

// demo builds the exporter, starts its demo and gives its address.
func demo(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "octoeverywhere_exporter")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	at, err := loopback.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "demo", "--web.listen-address="+at)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for deadline := time.Now().Add(waitTimeout); ; time.Sleep(100 * time.Millisecond) {
		if c, err := net.Dial("tcp", at); err == nil {
			_ = c.Close()
			return "http://" + at + "/"
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

// save saves a screenshot for the documentation.
func (p *tab) save(name string) {
	p.Helper()
	screenshot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	small, err := reduceColors(screenshot)
	if err != nil {
		p.Fatal(err)
	}
	if len(small) > maxImageSize {
		p.Errorf("%s has %d bytes", name, len(small))
	}
	if err := os.MkdirAll(imageFolder, 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(imageFolder, name), small, 0o644); err != nil {
		p.Fatal(err)
	}
	fmt.Printf("%s: %d bytes\n", name, len(small))
}

// reduceColors reduces a PNG to its 256 most frequent colors.
func reduceColors(from []byte) ([]byte, error) {
	decoded, err := png.Decode(bytes.NewReader(from))
	if err != nil {
		return nil, err
	}
	bounds := decoded.Bounds()
	full := image.NewRGBA(bounds)
	draw.Draw(full, bounds, decoded, bounds.Min, draw.Src)
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[full.RGBAAt(x, y)]++
		}
	}
	colors := make([]color.RGBA, 0, len(count))
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int { return cmp.Compare(count[b], count[a]) })
	palette := make(color.Palette, 0, 256)
	for _, c := range colors[:min(len(colors), 256)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for _, c := range colors {
		nearest[c] = uint8(palette.Index(c))
	}
	few := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			few.SetColorIndex(x, y, nearest[full.RGBAAt(x, y)])
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, few)
	return b.Bytes(), err
}
