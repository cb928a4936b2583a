//go:build !race

package deploy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// gate is a proxy in front of an exporter that can be closed: then Prometheus sees an exporter that is down.
type gate struct {
	URL    string
	closed atomic.Bool
}

// newGate returns an open gate.
func newGate(t *testing.T, exporter string) *gate {
	t.Helper()
	to, err := url.Parse(exporter)
	if err != nil {
		t.Fatal(err)
	}
	g, proxy := &gate{}, httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.closed.Load() {
			http.Error(w, "closed", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.URL = server.URL
	return g
}

// samples returns the samples of a series in the last five minutes, one per line.
func (p *process) samples(series string) string {
	var response struct {
		Data struct {
			Result []struct{ Values [][2]any }
		}
	}
	p.getJSON("/api/v1/query?query="+url.QueryEscape(series+"[5m]"), &response)
	var b strings.Builder
	for _, r := range response.Data.Result {
		for _, v := range r.Values {
			fmt.Fprintf(&b, "%.1f %v\n", v[0], v[1])
		}
	}
	return b.String()
}

// notifications is the webhook server that records what is sent to page, ticket and chat.
type notifications struct {
	began time.Time
	mu    sync.Mutex
	all   []notification
}

// notification is a webhook request of Alertmanager.
type notification struct {
	receiver string
	at       time.Duration // since the beginning
	Status   string
	Alerts   []struct {
		Status      string
		Labels      map[string]string
		Annotations map[string]string
	}
}

func (n *notifications) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	sent := notification{receiver: strings.TrimPrefix(r.URL.Path, "/"), at: time.Since(n.began).Round(100 * time.Millisecond)}
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, sent)
}

// String returns the receiver and the alerts in one line.
func (n notification) String() string {
	var alerts []string
	for _, a := range n.Alerts {
		alerts = append(alerts, strings.TrimSpace(a.Status+" "+strings.TrimPrefix(a.Labels["alertname"], "OctoEverywhere")+" "+a.Labels["printer"]))
	}
	slices.Sort(alerts)
	return n.receiver + ": " + strings.Join(alerts, ", ")
}

// has returns a condition: a notification was received.
func (n *notifications) has(line string) func() bool {
	return func() bool { return slices.Contains(n.pagesAndTickets(), line) }
}

// pagesAndTickets returns the notifications that need action, sorted.
func (n *notifications) pagesAndTickets() (lines []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.all {
		if one.receiver != "chat" {
			lines = append(lines, one.String())
		}
	}
	slices.Sort(lines)
	return lines
}

// log returns all notifications and when they came.
func (n *notifications) log() (lines []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.all {
		lines = append(lines, one.at.String()+" "+one.String())
	}
	return lines
}

// texts returns all annotations of all notifications.
func (n *notifications) texts() (texts []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.all {
		for _, a := range one.Alerts {
			for _, text := range a.Annotations {
				texts = append(texts, text)
			}
		}
	}
	return texts
}
