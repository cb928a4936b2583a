package web

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

func TestDebugShowsTheExchangeStepByStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := shop()
		late := broken(35*time.Second, probe.Waiting, probe.TimedOut)
		late.Took, late.Attempt.Reused = 15*time.Second, true
		f.add("hangs", nil, late)
		f.steps["hangs"] = []probe.Result{late, answer(probe.PingRequest, 20*time.Second, http.StatusOK, `{"Status":200,"Result":{}}`)}
		after := probe.NewStatus(configured("hangs", nil)).After(f.steps["hangs"])
		f.printers[len(f.printers)-1] = &after
		f.add("hurried", nil, limited())
		cut := broken(time.Second, probe.Waiting, probe.Canceled)
		cut.Canceled = true
		f.add("ends", nil, cut)

		o := f.options()
		o.Lifecycle = true
		for file, target := range map[string]string{
			"exchange_good.txt":    "/probe?debug=true&target=idle",
			"exchange_fault.txt":   "/probe?debug=true&target=unplugged",
			"exchange_hangs.txt":   "/probe?debug=true&target=hangs",
			"exchange_limited.txt": "/probe?debug=true&target=hurried",
			"exchange_cut.txt":     "/probe?debug=true&target=ends",
			"exchange_none.txt":    "/probe?debug=true&target=new",
		} {
			w := call(o, "GET", target, "Accept", "application/openmetrics-text", "Accept-Encoding", "gzip")
			if w.Header().Get("Content-Type") != plain || w.Code != http.StatusOK {
				t.Errorf("%s is %d %s", target, w.Code, w.Header())
			}
			sameAsFile(t, file, w.Body.String())
		}

		w := call(o, "POST", "/-/probe?target=unplugged")
		want := reply{200, plain, "", between(t, get(o, "/probe?debug=true&target=unplugged"), "Printer", "since    1999-12-31T23:59:35Z\n")}
		if d := cmp.Diff(want, replyOf(w)); d != "" {
			t.Errorf("asked now: %s", d)
		}
	})
}

func limited() probe.Result {
	r := says(3*time.Second, http.StatusTooManyRequests, "")
	r.RetryAfter = 90 * time.Second
	return r
}
