package alerting

import (
	"net/url"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/common/model"
)

// TestMessages: titles and texts that receivers get by the shipped templates.
func TestMessages(t *testing.T) {
	shipped, err := template.FromGlobs([]string{"../../deploy/alertmanager/octoeverywhere.tmpl"})
	if err != nil {
		t.Fatal(err)
	}
	shipped.ExternalURL = &url.URL{Scheme: "http", Host: "alertmanager.example"}
	now := time.Now()
	of := func(ends time.Time, annotations model.LabelSet) *alert.Alert {
		return &alert.Alert{Alert: model.Alert{
			Labels: model.LabelSet{"cluster": "eu"}, Annotations: annotations, StartsAt: now.Add(-time.Hour), EndsAt: ends,
		}}
	}
	lost := of(now.Add(time.Hour), model.LabelSet{
		"summary": "Print lost: mk4-01", "description": "Why: host, 785", "runbook_url": "https://git.example/PrintLost.md",
		"dashboard_url": "https://grafana.example/d/octoeverywhere-exporter?var-printer=mk4-01",
	})
	ended := of(now.Add(-time.Minute), model.LabelSet{"summary": "Plugin offline: mk4-02", "description": "Why: plugin"})
	for _, c := range []struct {
		alerts      []*alert.Alert
		title, text string
	}{
		{[]*alert.Alert{lost}, "Print lost: mk4-01 (eu)", `Print lost: mk4-01
Why: host, 785
Dashboard: https://grafana.example/d/octoeverywhere-exporter?var-printer=mk4-01
Runbook: https://git.example/PrintLost.md

Silence: http://alertmanager.example/#/silences/new
`},
		{[]*alert.Alert{lost, ended}, "Print lost: mk4-01 and 1 more (eu)", `Print lost: mk4-01
Why: host, 785
Dashboard: https://grafana.example/d/octoeverywhere-exporter?var-printer=mk4-01
Runbook: https://git.example/PrintLost.md

Resolved: Plugin offline: mk4-02
Why: plugin

Silence: http://alertmanager.example/#/silences/new
`},
		{[]*alert.Alert{ended}, "Resolved: Plugin offline: mk4-02 (eu)", `Resolved: Plugin offline: mk4-02
Why: plugin

Silence: http://alertmanager.example/#/silences/new
`},
	} {
		data := shipped.Data("page", model.LabelSet{}, model.LabelSet{}, "", c.alerts...)
		for name, want := range map[string]string{"title": c.title, "text": c.text} {
			if got, err := shipped.ExecuteTextString(`{{ template "octoeverywhere.`+name+`" . }}`, data); err != nil || got != want {
				t.Errorf("%s: %v\n%s\nwant:\n%s", name, err, got, want)
			}
		}
	}
}
