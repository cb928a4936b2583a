package alerting

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/eventrecorder"
	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/inhibit"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"github.com/prometheus/alertmanager/provider/mem"
	"github.com/prometheus/alertmanager/silence"
	"github.com/prometheus/alertmanager/silence/silencepb"
	"github.com/prometheus/alertmanager/template"
	"github.com/prometheus/alertmanager/timeinterval"
	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const routing = "../../deploy/alertmanager/alertmanager.yml"

var quiet = slog.New(slog.DiscardHandler)

// alertmanager has the shipped routes and inhibit rules, and records notifications instead of sending them.
type alertmanager struct {
	t        *testing.T
	config   *config.Config
	template *template.Template
	log      *nflog.Log
	silences *silence.Silences
	received inbox
	stopAll  func()
	alerts   *mem.Alerts
}

// newAlertmanager returns a running Alertmanager.
func newAlertmanager(t *testing.T) *alertmanager {
	t.Helper()
	c, err := config.LoadFile(routing)
	if err != nil {
		t.Fatal(err)
	}
	a := &alertmanager{t: t, config: c, received: inbox{began: time.Now(), firing: map[string]map[model.Fingerprint]time.Time{}}}
	if a.template, err = template.FromGlobs([]string{"../../deploy/alertmanager/octoeverywhere.tmpl"}); err != nil {
		t.Fatal(err)
	}
	a.template.ExternalURL = &url.URL{Scheme: "http", Host: "alertmanager.example"}
	if a.log, err = nflog.New(nflog.Options{Retention: 120 * time.Hour, Logger: quiet, Metrics: client.NewRegistry()}); err != nil {
		t.Fatal(err)
	}
	a.silences, err = silence.New(silence.Options{Retention: 120 * time.Hour, Logger: quiet, Metrics: client.NewRegistry(), EventRecorder: eventrecorder.NopRecorder()})
	if err != nil {
		t.Fatal(err)
	}
	a.start()
	return a
}

// start starts everything that a restart of Alertmanager loses. What it persists, silences and the log of notifications, stays.
func (a *alertmanager) start() {
	a.t.Helper()
	registry, record := client.NewRegistry(), eventrecorder.NopRecorder()
	silencer := silence.NewSilencer(a.silences, quiet, record)
	ctx, cancel := context.WithCancel(context.Background())
	alerts, err := mem.NewAlerts(ctx, 30*time.Minute, 0, silencer, quiet, record, registry, featurecontrol.NoopFlags{})
	if err != nil {
		a.t.Fatal(err)
	}
	receivers := map[string][]notify.Integration{}
	for _, r := range a.config.Receivers {
		n := &recordingNotifier{receiver: r.Name, in: &a.received}
		receivers[r.Name] = []notify.Integration{notify.NewIntegration(n, n, "recorder", 0, r.Name)}
	}
	intervals := map[string][]timeinterval.TimeInterval{}
	for _, i := range a.config.TimeIntervals {
		intervals[i.Name] = i.TimeIntervals
	}
	intervener := timeinterval.NewIntervener(intervals)
	inhibitor := inhibit.NewInhibitor(alerts, a.config.InhibitRules, quiet, record)
	go inhibitor.Run()
	inhibitor.WaitForLoading()
	pipeline := notify.NewPipelineBuilder(registry, featurecontrol.NoopFlags{}, record).New(
		receivers, func() time.Duration { return 0 }, inhibitor, silencer, intervener, a.log, nil)
	d := dispatch.NewDispatcher(alerts, dispatch.NewRoute(a.config.Route, nil), pipeline, intervener,
		func(d time.Duration) time.Duration { return max(d, 10*time.Second) }, 30*time.Second, nil, quiet, record,
		dispatch.NewDispatcherMetrics(false, registry, featurecontrol.NoopFlags{}), a.template)
	go d.Run(time.Now())
	d.WaitForLoading()
	a.alerts = alerts
	a.stopAll = func() { d.Stop(); inhibitor.Stop(); alerts.Close(); cancel() }
}

// restart loses the alerts, which Prometheus sends again.
func (a *alertmanager) restart() { a.stopAll(); a.start() }

// receive takes alerts as the API does.
func (a *alertmanager) receive(alerts []*notifier.Alert) {
	a.t.Helper()
	now := time.Now()
	for _, n := range alerts {
		set := model.LabelSet{}
		n.Labels.Range(func(l labels.Label) { set[model.LabelName(l.Name)] = model.LabelValue(l.Value) })
		texts := model.LabelSet{}
		n.Annotations.Range(func(l labels.Label) { texts[model.LabelName(l.Name)] = model.LabelValue(l.Value) })
		one := alert.New(model.Alert{Labels: set, Annotations: texts, StartsAt: n.StartsAt, EndsAt: n.EndsAt, GeneratorURL: n.GeneratorURL}, now, false)
		if err := a.alerts.Put(context.Background(), one); err != nil {
			a.t.Fatal(err)
		}
	}
}

// silence silences alerts with a label for a time.
func (a *alertmanager) silence(label, pattern string, lasts time.Duration) {
	a.t.Helper()
	err := a.silences.Set(context.Background(), &silencepb.Silence{
		MatcherSets: []*silencepb.MatcherSet{{Matchers: []*silencepb.Matcher{{Type: silencepb.Matcher_EQUAL, Name: label, Pattern: pattern}}}},
		StartsAt:    timestamppb.New(time.Now()), EndsAt: timestamppb.New(time.Now().Add(lasts)), CreatedBy: "test", Comment: "test",
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// inbox records notifications.
type inbox struct {
	mu     sync.Mutex
	began  time.Time
	firing map[string]map[model.Fingerprint]time.Time // by receiver: alerts of which it knows, and when they started
	got    counts
	lines  []string
	texts  []string
}

// counts are numbers of notifications: of those with an alert that the receiver did not know, and of those that say that an
// alert is resolved.
type counts struct{ pages, tickets, chats, pagesResolved, ticketsResolved int }

// recordingNotifier is the integration of a receiver.
type recordingNotifier struct {
	receiver string
	in       *inbox
}

// SendResolved implements notify.ResolvedSender.
func (n *recordingNotifier) SendResolved() bool {
	return n.receiver != "chat" && n.receiver != "deadman"
}

// Notify implements notify.Notifier.
func (n *recordingNotifier) Notify(_ context.Context, alerts ...*alert.Alert) notify.NotifyVerdict {
	if n.receiver != "deadman" {
		n.in.add(n.receiver, alerts)
	}
	return notify.Success()
}

// add records a notification.
func (i *inbox) add(receiver string, alerts []*alert.Alert) {
	i.mu.Lock()
	defer i.mu.Unlock()
	known := i.firing[receiver]
	if known == nil {
		known = map[model.Fingerprint]time.Time{}
		i.firing[receiver] = known
	}
	var begun, ended []string
	for _, a := range alerts {
		name := strings.TrimPrefix(string(a.Labels["alertname"]), "OctoEverywhere")
		for _, l := range []model.LabelName{"cluster", "site", "printer"} {
			if v := a.Labels[l]; v != "" {
				name += " " + string(v)
			}
		}
		since, ok := known[a.Fingerprint()]
		switch {
		case a.Resolved():
			delete(known, a.Fingerprint())
			ended = append(ended, name)
		case !ok || receiver == "chat" && !since.Equal(a.StartsAt):
			known[a.Fingerprint()] = a.StartsAt
			begun = append(begun, name)
			for _, text := range a.Annotations {
				i.texts = append(i.texts, string(text))
			}
		}
	}
	count := func(names []string, what string, by ...*int) {
		if len(names) == 0 {
			return
		}
		slices.Sort(names)
		i.lines = append(i.lines, time.Since(i.began).Round(time.Second).String()+" "+receiver+" "+what+": "+strings.Join(names, ", "))
		*by[slices.Index([]string{"page", "ticket", "chat"}, receiver)]++
	}
	var none int
	count(begun, "firing", &i.got.pages, &i.got.tickets, &i.got.chats)
	count(ended, "resolved", &i.got.pagesResolved, &i.got.ticketsResolved, &none)
}
