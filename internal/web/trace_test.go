package web

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

func TestDebugShowsTheTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := shop()
		late := failedResult(35*time.Second, probe.Waiting, probe.TimedOut)
		late.Took, late.Attempt.Reused = 15*time.Second, true
		f.add("hangs", nil, late)
		f.results["hangs"] = []probe.Result{late, result(probe.PingRequest, 20*time.Second, http.StatusOK, `{"Status":200,"Result":{}}`)}
		after := probe.NewStatus(newTarget("hangs", nil)).After(f.results["hangs"])
		f.printers[len(f.printers)-1] = &after
		f.add("hurried", nil, limited())
		cut := failedResult(time.Second, probe.Waiting, probe.Canceled)
		cut.Canceled = true
		f.add("ends", nil, cut)

		o := f.options()
		o.Lifecycle = true
		for file, target := range map[string]string{
			"trace_good.txt":     "/probe?debug=true&target=idle",
			"trace_fault.txt":    "/probe?debug=true&target=unplugged",
			"trace_hangs.txt":    "/probe?debug=true&target=hangs",
			"trace_limited.txt":  "/probe?debug=true&target=hurried",
			"trace_canceled.txt": "/probe?debug=true&target=ends",
			"trace_none.txt":     "/probe?debug=true&target=new",
		} {
			w := call(o, "GET", target, "Accept", "application/openmetrics-text", "Accept-Encoding", "gzip")
			if w.Header().Get("Content-Type") != plain || w.Code != http.StatusOK {
				t.Errorf("%s is %d %s", target, w.Code, w.Header())
			}
			sameAsFile(t, file, w.Body.String())
		}

		w := call(o, "POST", "/-/probe?target=unplugged")
		want := reply{200, plain, "", between(t, get(o, "/probe?debug=true&target=unplugged"), "Printer", "next probe at 2000-01-01T00:00:35Z\n")}
		if d := cmp.Diff(want, replyOf(w)); d != "" {
			t.Errorf("probed now: %s", d)
		}
	})
}

func limited() probe.Result {
	r := statusResult(3*time.Second, http.StatusTooManyRequests, "")
	r.RetryAfter = 90 * time.Second
	return r
}
