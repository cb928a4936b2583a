package browser

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds whatever a test waits for; the machine may be busy.
const patience = 30 * time.Second

// chrome is the browser of all tests. It begins with the first that wants it.
var chrome struct {
	sync.Mutex
	ctx  context.Context
	stop []context.CancelFunc
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, stop := range chrome.stop {
		stop()
	}
	os.Exit(code)
}

// missing leaves a test out, but not in CI.
func missing(t *testing.T, what, remedy string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing, and this is CI", what)
	}
	t.Skipf("%s is missing: %s brings it", what, remedy)
}

func browserContext(t *testing.T) context.Context {
	t.Helper()
	chrome.Lock()
	defer chrome.Unlock()
	if chrome.ctx != nil {
		return chrome.ctx
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = cmp.Or(path, found)
		}
	}
	if path == "" {
		missing(t, "Chromium", "apt-get install chromium")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(2 * patience),
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		end()
		stop()
		t.Fatalf("Chromium does not start: %v", err)
	}
	chrome.ctx, chrome.stop = ctx, []context.CancelFunc{end, stop}
	return ctx
}

// tab is a page in the browser. What goes wrong in it, and whom it asks, is noted, and is judged when the test ends.
type tab struct {
	*testing.T
	ctx context.Context

	mu        sync.Mutex
	asked     map[network.RequestID]string // addresses; not those that the policy kept back
	complains []string                     // errors on the console, exceptions, dialogs
}

// look is how a page is looked at.
type look struct {
	width, height int64
	dark          bool
}

var (
	desk  = look{1280, 900, false}
	night = look{1280, 900, true}
	phone = look{360, 740, false}
)

// open opens an address. When the test ends, nothing but its host must have been asked, and nothing complained.
func open(t *testing.T, address string, l look) *tab {
	t.Helper()
	p := openTrusted(t, address, l)
	t.Cleanup(func() {
		for _, c := range p.complaints() {
			t.Errorf("the browser complains: %s", c)
		}
	})
	return p
}

// openTrusted is open for a test that provokes complaints, and judges them itself.
func openTrusted(t *testing.T, address string, l look) *tab {
	t.Helper()
	p := &tab{T: t, asked: map[network.RequestID]string{}}
	ctx, end := chromedp.NewContext(browserContext(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.note))
	ctx, stop := context.WithTimeout(ctx, 10*patience)
	p.ctx = ctx
	t.Cleanup(func() {
		p.askedNobodyElse(address)
		stop()
		end()
	})
	p.do()
	p.lookLike(l)
	p.do(chromedp.Navigate(address))
	return p
}

func (p *tab) lookLike(l look) {
	p.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 600,
	})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

func (p *tab) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.asked[e.RequestID] = e.Request.URL
	case *network.EventLoadingFailed:
		if e.BlockedReason == "csp" {
			delete(p.asked, e.RequestID)
		}
	case *runtime.EventExceptionThrown:
		p.complains = append(p.complains, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.complains = append(p.complains, fmt.Sprintf("console %s: %s", e.Type, e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.complains = append(p.complains, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *page.EventJavascriptDialogOpening:
		p.complains = append(p.complains, "a dialog: "+e.Message)
		go func() {
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	}
}

func (p *tab) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.complains...)
}

func (p *tab) askedNobodyElse(address string) {
	p.Helper()
	own, err := url.Parse(address)
	if err != nil {
		p.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asked) == 0 {
		p.Error("nobody was asked at all")
	}
	for _, a := range p.asked {
		if u, err := url.Parse(a); err != nil || u.Host != own.Host && u.Scheme != "data" {
			p.Errorf("%s was asked", a)
		}
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// call sends a command of the protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	answer, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.Fatalf("%s: %v", command.Method, err)
	}
	return answer
}

// click clicks in the middle of what a selector finds.
func (p *tab) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// typeIn types into what a selector finds.
func (p *tab) typeIn(selector, text string) {
	p.Helper()
	p.do(chromedp.Focus(chromedp.CSS(selector)), chromedp.KeyEvent(text))
}

// set gives a field a value, as its reader does.
func (p *tab) set(selector, value string) {
	p.Helper()
	p.run(fmt.Sprintf(`const field = document.querySelector(%q); field.value = %q; field.dispatchEvent(new Event("input", {bubbles: true}))`, selector, value))
}

// run runs statements in the page.
func (p *tab) run(statements string) {
	p.Helper()
	eval[bool](p, "(() => {"+statements+"; return true})()")
}

// eval gives what an expression is in the page; promises are waited for.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for an expression to be true.
func (p *tab) until(expression string) {
	p.Helper()
	p.within(patience, expression)
}

// within is until for what takes long.
func (p *tab) within(limit time.Duration, expression string) {
	p.Helper()
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if eval[bool](p, "(() => { try { return Boolean("+expression+") } catch { return false } })()") { // a page may be on its way
			return
		}
		if time.Now().After(deadline) {
			p.picture("failed")
			p.Fatalf("never true: %s\n%s", expression, strings.Join(p.complaints(), "\n"))
		}
	}
}

// refresh lets the page ask for news at once, as it does when its reader comes back to it.
func (p *tab) refresh() {
	p.Helper()
	p.run(`document.dispatchEvent(new Event("visibilitychange"))`)
}

// picture writes what is seen into the ignored folder out, for people.
func (p *tab) picture(name string) {
	p.Helper()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Fatal(err)
	}
	path := filepath.Join("../../out", strings.ReplaceAll(p.Name(), "/", "_")+"_"+name+".png")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		p.Fatal(err)
	}
}
