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

// waitTimeout bounds every wait of a test.
const waitTimeout = 30 * time.Second

// chrome is the browser of all tests. The first test starts it.
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

// missing skips a test because of a missing tool; in CI the test fails.
func missing(t *testing.T, what, remedy string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing, and this is CI", what)
	}
	t.Skipf("%s is missing: install it with %s", what, remedy)
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
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(2 * waitTimeout),
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

// tab is a page in the browser. It records requests and errors, which are checked when the test ends.
type tab struct {
	*testing.T
	ctx context.Context

	mu        sync.Mutex
	requested map[network.RequestID]string // addresses, without those that the content security policy blocked
	errors    []string                     // errors on the console, exceptions, dialogs
}

// screen is the size and the color scheme of a screen.
type screen struct {
	width, height int64
	dark          bool
}

var (
	desk  = screen{1280, 900, false}
	night = screen{1280, 900, true}
	phone = screen{360, 740, false}
)

// open opens an address. When the test ends, all requests must have gone to its host, without any error.
func open(t *testing.T, address string, l screen) *tab {
	t.Helper()
	p := openWithErrors(t, address, l)
	t.Cleanup(func() {
		for _, e := range p.recordedErrors() {
			t.Errorf("browser: %s", e)
		}
	})
	return p
}

// openWithErrors is open for a test that causes errors and checks them itself.
func openWithErrors(t *testing.T, address string, l screen) *tab {
	t.Helper()
	p := &tab{T: t, requested: map[network.RequestID]string{}}
	ctx, end := chromedp.NewContext(browserContext(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(p.record))
	ctx, stop := context.WithTimeout(ctx, 10*waitTimeout)
	p.ctx = ctx
	t.Cleanup(func() {
		p.checkRequests(address)
		stop()
		end()
	})
	p.do()
	p.setScreen(l)
	p.do(chromedp.Navigate(address))
	return p
}

func (p *tab) setScreen(l screen) {
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

func (p *tab) record(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requested[e.RequestID] = e.Request.URL
	case *network.EventLoadingFailed:
		if e.BlockedReason == "csp" {
			delete(p.requested, e.RequestID)
		}
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, fmt.Sprint(e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description))
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			p.errors = append(p.errors, fmt.Sprintf("console %s: %s", e.Type, e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" || e.Entry.Level == "warning" {
			p.errors = append(p.errors, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *page.EventJavascriptDialogOpening:
		p.errors = append(p.errors, "a dialog: "+e.Message)
		go func() {
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}()
	}
}

func (p *tab) recordedErrors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.errors...)
}

func (p *tab) checkRequests(address string) {
	p.Helper()
	own, err := url.Parse(address)
	if err != nil {
		p.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.requested) == 0 {
		p.Error("no requests")
	}
	for _, a := range p.requested {
		if u, err := url.Parse(a); err != nil || u.Host != own.Host && u.Scheme != "data" {
			p.Errorf("request to another host: %s", a)
		}
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// call sends a command of the DevTools protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) R {
	p.Helper()
	result, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// click clicks on the element of a selector. The element is looked up again if the page was replaced before the click.
func (p *tab) click(selector string) {
	p.Helper()
	var err error
	for range 3 {
		err = chromedp.Do(p.ctx, chromedp.Click(chromedp.CSS(selector)))
		if err == nil || !strings.Contains(err.Error(), "Could not find node") {
			break
		}
	}
	if err != nil {
		p.Fatal(err)
	}
}

// typeIn types into the element of a selector.
func (p *tab) typeIn(selector, text string) {
	p.Helper()
	p.do(chromedp.Focus(chromedp.CSS(selector)), chromedp.KeyEvent(text))
}

// set gives a field a value, with the event of an input.
func (p *tab) set(selector, value string) {
	p.Helper()
	p.run(fmt.Sprintf(`const field = document.querySelector(%q); field.value = %q; field.dispatchEvent(new Event("input", {bubbles: true}))`, selector, value))
}

// run executes statements in the page.
func (p *tab) run(statements string) {
	p.Helper()
	eval[bool](p, "(() => {"+statements+"; return true})()")
}

// eval evaluates an expression in the page and waits for promises.
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
	p.within(waitTimeout, expression)
}

// within is until with a longer timeout.
func (p *tab) within(limit time.Duration, expression string) {
	p.Helper()
	condition := chromedp.Evaluate[bool]("(() => { try { return Boolean(" + expression + ") } catch { return false } })()")
	for deadline := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		holds, err := chromedp.Run(p.ctx, condition) // fails while a page is replaced by the next one
		if err == nil && holds {
			return
		}
		if time.Now().After(deadline) {
			p.picture("failed")
			p.Fatalf("never true: %s\n%v\n%s", expression, err, strings.Join(p.recordedErrors(), "\n"))
		}
	}
}

// refresh makes the page refresh now, as it does when it becomes visible.
func (p *tab) refresh() {
	p.Helper()
	p.run(`document.dispatchEvent(new Event("visibilitychange"))`)
}

// picture saves a screenshot in the ignored folder out.
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
