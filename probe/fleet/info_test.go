package fleet

import (
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

// infoRecorder is an observer of info requests.
type infoRecorder struct {
	NopObserver
	changes []string
}

func (r *infoRecorder) InfoChanged(before, after *probe.Status) {
	was, _ := before.Info()
	is, _ := after.Info()
	r.changes = append(r.changes, was.Reason+">"+is.Reason)
}

// TestAFailingInfoIsToldOnce: its first success is no change, and its failure changes no verdict.
func TestAFailingInfoIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen infoRecorder
		status, body := 200, `{"Status":200,"Result":{"IsOnline":true}}`
		f := New(Options{Observer: &seen, RoundTripper: answering(func(r *http.Request) (int, string) {
			if r.Header.Get("Apptoken") != "" {
				return status, body
			}
			return 200, idle
		})})
		defer f.Close()
		target := targets("a")
		target[0].AppToken = probe.NewSecret("token")
		f.Replace(target)
		for _, step := range []struct {
			status int
			body   string
			want   string // "": no change
		}{
			{200, body, ""},
			{200, `{"IsOnline":false}`, ""},
			{200, `{"Status":400,"Error":"x"}`, ">unexpected_http_status"},
			{400, "", ""},
			{200, "<html>", "unexpected_http_status>not_the_api"},
			{200, body, "not_the_api>"},
			{200, body, ""},
		} {
			status, body, seen.changes = step.status, step.body, nil
			f.Probe(t.Context(), "a", time.Now())
			time.Sleep(5 * time.Minute)
			var want []string
			if step.want != "" {
				want = []string{step.want}
			}
			if !slices.Equal(seen.changes, want) || !know(t, f, "a").Success() {
				t.Errorf("%d %s: %q", step.status, step.body, seen.changes)
			}
		}
	})
}
