package probe

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

// life is a printer whose probes are a minute apart unless noted otherwise.
type life struct {
	Status
	now time.Time
}

func begin() *life {
	return &life{Status: NewStatus(Target{Name: "a", Interval: time.Minute}), now: time.Unix(1_800_000_000, 0)}
}

// withInfo is a printer that has an app token.
func withInfo() *life {
	l := begin()
	l.Status = NewStatus(Target{Name: "a", Interval: time.Minute, AppToken: NewSecret("t")})
	return l
}

// fold waits a minute and folds in a result.
func (l *life) fold(q Request, f fault.Fault) *life { return l.foldReading(q, f, Reading{}) }

func (l *life) foldReading(q Request, f fault.Fault, r Reading) *life {
	l.now = l.now.Add(time.Minute)
	l.Status = l.Next(Result{Request: q, Sent: l.now, Fault: f, Reading: r})
	return l
}

func (l *life) status(code int) *life { return l.fold(StatusRequest, code2fault(code)) }
func (l *life) ping(code int) *life   { return l.fold(PingRequest, code2fault(code)) }
func (l *life) info(code int) *life {
	l.now = l.now.Add(-time.Minute) // it is requested in the same probe
	return l.fold(InfoRequest, code2fault(code))
}

// doing is a good status response with a state.
func (l *life) doing(s State) *life {
	return l.foldReading(StatusRequest, fault.Fault{}, Reading{State: s})
}

func code2fault(code int) fault.Fault {
	switch {
	case code == 200:
		return fault.Fault{}
	case code == noResponse:
		return fault.NoAnswer
	case code >= 700:
		return fault.FromPlugin(code)
	}
	return fault.FromHTTP(code)
}

// layers shows the six layers as + up, - down, . unknown, and the active fault.
func (l *life) layers() string {
	var b strings.Builder
	for _, layer := range fault.Layers {
		switch up, known := l.Layer(layer, l.now); {
		case !known:
			b.WriteByte('.')
		case up:
			b.WriteByte('+')
		default:
			b.WriteByte('-')
		}
	}
	if l.Fault.None() {
		return b.String()
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", b.String(), l.Fault.CodeLabel(), l.Fault.Reason))
}

func TestEvidencePerLayer(t *testing.T) {
	ours := func(f fault.Fault) func(*life) *life {
		return func(l *life) *life { return l.fold(StatusRequest, f) }
	}
	for name, c := range map[string]struct {
		after *life
		want  string
	}{
		"never probed":                       {begin(), "......"},
		"a good status proves all":           {begin().status(200), "++++++"},
		"network":                            {ours(fault.ConnectFailed)(begin()), "-.....  connect_failed"},
		"service":                            {begin().status(600), "+-.... 600 service_error"},
		"access":                             {begin().status(604), "++-... 604 connection_revoked"},
		"plugin":                             {begin().status(601), "+++-.. 601 plugin_offline"},
		"host":                               {begin().status(785), "++++-. 785 host_disconnected"},
		"printer":                            {ours(fault.PrinterError)(begin()), "+++++-  printer_error"},
		"evidence behind a fault is dropped": {begin().status(200).status(601), "+++-.. 601 plugin_offline"},
		"a good ping leaves a host fault":    {begin().status(785).ping(200).ping(200), "++++-. 785 host_disconnected"},
		"a ping that fails displaces it":     {begin().status(785).ping(601), "+++-.. 601 plugin_offline"},
		"after that a good ping proves the plugin":  {begin().status(785).ping(601).ping(200), "++++.."},
		"a status ends it":                          {begin().status(785).ping(200).status(200), "++++++"},
		"a ping that the plugin does not know":      {begin().status(785).ping(754), "++++-. 785 host_disconnected"},
		"a status that the plugin does not know":    {begin().status(754), "+++-.. 754 unknown_command"},
		"789 and one 785":                           {begin().status(789).status(785), "++++-. 789 auth_invalid"},
		"789 and two 785":                           {begin().status(789).status(785).status(785), "++++-. 789 auth_invalid"},
		"789 and three 785":                         {begin().status(789).status(785).status(785).status(785), "++++-. 785 host_disconnected"},
		"787 and two 785":                           {begin().status(787).status(785).status(785), "++++-. 787 too_many_clients"},
		"pings between them do not count":           {begin().status(789).status(785).ping(200).status(785).ping(200).ping(200).status(785), "++++-. 785 host_disconnected"},
		"a 789 between them starts the count again": {begin().status(789).status(785).status(785).status(789).status(785).status(785), "++++-. 789 auth_invalid"},
		"787 displaces 789 at once":                 {begin().status(789).status(787), "++++-. 787 too_many_clients"},
		"785 without a more specific fault":         {begin().status(785), "++++-. 785 host_disconnected"},
		"789 displaces 785 at once":                 {begin().status(785).status(789), "++++-. 789 auth_invalid"},
		"785 after a fault before the host":         {begin().status(789).status(601).status(785), "++++-. 785 host_disconnected"},
		"785 after a success":                       {begin().status(789).status(200).status(785), "++++-. 785 host_disconnected"},

		"info without a fault changes nothing":              {withInfo().status(601).info(200), "+++-.. 601 plugin_offline"},
		"info reports that access is lost":                  {withInfo().status(601).info(604), "++-... 604 connection_revoked"},
		"a plugin fault from the service leaves that":       {withInfo().status(601).info(604).status(601), "++-... 604 connection_revoked"},
		"a good info ends it":                               {withInfo().status(601).info(604).status(601).info(200), "+++-.. 601 plugin_offline"},
		"a response of the plugin ends it":                  {withInfo().status(601).info(604).status(785), "++++-. 785 host_disconnected"},
		"a good status ends it":                             {withInfo().status(601).info(604).status(200), "++++++"},
		"an earlier layer's fault is active instead":        {withInfo().status(601).info(604).status(600), "+-.... 600 service_error"},
		"the printer's own address overrules info":          {withInfo().status(200).info(605), "++++++"},
		"an access fault at its own address stays":          {withInfo().status(606).info(200), "++-... 606 credentials_invalid"},
		"a failure of the service's own address is ignored": {withInfo().status(601).info(600), "+++-.. 601 plugin_offline"},
	} {
		if got := c.after.layers(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.want), " ") {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// TestEvidenceExpires: evidence older than three of its own intervals is unknown.
func TestEvidenceExpires(t *testing.T) {
	l := begin().status(200)
	l.now = l.now.Add(3 * time.Minute)
	if got := l.layers(); got != "++++++" {
		t.Errorf("after three intervals: %s", got)
	}
	l.now = l.now.Add(time.Second)
	if got := l.layers(); got != "......" {
		t.Errorf("later: %s", got)
	}
	l = begin().status(785).status(785).status(785) // the backoff of status is 5 minutes now
	for range 14 {
		l.ping(200)
	}
	if got := l.layers(); got != "++++-. 785 host_disconnected" {
		t.Errorf("14 minutes later: %s", got)
	}
	if l.ping(200).ping(200); l.layers() != "++++.. 785 host_disconnected" {
		t.Errorf("16 minutes later: %s", l.layers())
	}
}

// TestAServiceRestartBlamesNoPrinter: a burst of 601 shows no host and no printer as down.
func TestAServiceRestartBlamesNoPrinter(t *testing.T) {
	l := begin().doing(Printing)
	for _, code := range []int{601, 601, 602, 601, 600} {
		if l.status(code); strings.HasSuffix(strings.Fields(l.layers())[0][4:], "-") {
			t.Errorf("%d: %s", code, l.layers())
		}
	}
	if l.doing(Printing); l.layers() != "++++++" {
		t.Errorf("afterwards: %s", l.layers())
	}
}

func TestSuccessMeansNoActiveFault(t *testing.T) {
	for name, c := range map[string]struct {
		after *life
		want  bool
	}{
		"never probed":                    {begin(), false},
		"good":                            {begin().status(200), true},
		"a fault":                         {begin().status(601), false},
		"a good ping during a host fault": {begin().status(785).ping(200), false},
	} {
		if got := c.after.Success(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestLostDuringPrint(t *testing.T) {
	for name, c := range map[string]struct {
		after *life
		want  bool
	}{
		"printing":                              {begin().doing(Printing), false},
		"printing, then 785":                    {begin().doing(Printing).status(785), true},
		"paused, then 601":                      {begin().doing(Paused).status(601), true},
		"warming up, then no connection":        {begin().seeing("klipper warmingup").fold(StatusRequest, fault.ConnectFailed), true},
		"homing without a job, then 785":        {begin().doing(WarmingUp).status(785), false},
		"resuming, then revoked":                {begin().doing(Resuming).status(604), true},
		"printing, unknown, then 785":           {begin().doing(Printing).doing(UnknownState).status(785), true},
		"idle, then 785":                        {begin().doing(Idle).status(785), false},
		"complete, then 601":                    {begin().doing(Printing).doing(Complete).status(601), false},
		"printing, then back":                   {begin().doing(Printing).status(601).doing(Printing), false},
		"printing, lost, pings go on":           {begin().doing(Printing).status(785).ping(200), true},
		"printing, then an error it reports":    {begin().doing(Printing).foldReading(StatusRequest, fault.PrinterError, Reading{State: ErrorState}), false},
		"never seen, 785 from the start":        {begin().status(785), false},
		"a state that does not fit the request": {begin().doing(Printing).status(786), false},
		"lost while printing, back, idle, lost": {begin().doing(Printing).status(601).doing(Idle).doing(Idle).status(785), false},
	} {
		if got := c.after.LostDuringPrint(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSinceIsTheBeginningOfTheVerdict(t *testing.T) {
	l := begin().status(200)
	first := l.Since
	if l.status(200); l.Since != first {
		t.Error("an unchanged verdict has a new beginning")
	}
	if l.status(601); l.Since != l.now {
		t.Error("a fault does not begin when it is found")
	}
	at := l.Since
	if l.status(601).status(601); l.Since != at {
		t.Error("an unchanged fault has a new beginning")
	}
	if l.status(602); l.Since != l.now {
		t.Error("another code is another verdict")
	}
}

func TestACanceledRequestChangesNothing(t *testing.T) {
	before := begin().status(785).Status
	after := before.Next(Result{Request: StatusRequest, Canceled: true, Fault: fault.FromHTTP(601)})
	if d := cmp.Diff(before, after, exportAll); d != "" {
		t.Error(d)
	}
}

// TestProbesAreCountedOnce: status and the ping after it are one probe, and info is part of a probe.
func TestProbesAreCountedOnce(t *testing.T) {
	l := withInfo().status(200).info(200)
	l.Status = l.After([]Result{
		{Request: StatusRequest, Sent: l.now, Took: time.Second, Fault: fault.NoAnswer},
		{Request: PingRequest, Sent: l.now.Add(time.Second), Took: time.Second},
		{Request: InfoRequest, Sent: l.now.Add(2 * time.Second)},
	})
	if l.Probes != 2 || l.Failures != 1 || l.Took != 2*time.Second || l.layers() != "++++-. host_unresponsive" && l.layers() != "++++-.  host_unresponsive" {
		t.Errorf("%d probes, %d failures, %v, %s", l.Probes, l.Failures, l.Took, l.layers())
	}
}

func TestTimeoutsAreJudgedTogetherWithTheirPing(t *testing.T) {
	for name, c := range map[string]struct {
		status, ping fault.Fault
		want         string
	}{
		"our timeout, and the plugin responds":     {fault.NoAnswer, fault.Fault{}, "++++-. host_unresponsive"},
		"602, and the plugin responds":             {fault.FromHTTP(602), fault.Fault{}, "++++-. 602 host_unresponsive"},
		"our timeout, and ping is not supported":   {fault.NoAnswer, fault.FromPlugin(754), "+-.... no_answer"},
		"602, and ping is not supported":           {fault.FromHTTP(602), fault.MalformedAnswer, "+++-.. 602 plugin_timeout"},
		"our timeout, and ping is answered by 500": {fault.NoAnswer, fault.FromHTTP(500), "+-.... no_answer"},
		"our timeout, and ping is answered by 502": {fault.NoAnswer, fault.FromHTTP(502), "+-.... 502 upstream_error"},
		"602, then a reset":                        {fault.FromHTTP(602), fault.BrokenAnswer, "+++-.. 602 plugin_timeout"},
		"our timeout, then a reset":                {fault.NoAnswer, fault.BrokenAnswer, "+-.... no_answer"},
		"our timeout twice":                        {fault.NoAnswer, fault.NoAnswer, "+-.... no_answer"},
		"602 twice":                                {fault.FromHTTP(602), fault.FromHTTP(602), "+++-.. 602 plugin_timeout"},
		"602, then our timeout":                    {fault.FromHTTP(602), fault.NoAnswer, "+++-.. 602 plugin_timeout"},
		"our timeout, then 602":                    {fault.NoAnswer, fault.FromHTTP(602), "+++-.. 602 plugin_timeout"},
		"our timeout, then the plugin is gone":     {fault.NoAnswer, fault.FromHTTP(601), "+++-.. 601 plugin_offline"},
		"our timeout, then no connection":          {fault.NoAnswer, fault.ConnectFailed, "-..... connect_failed"},
		"our timeout, and the plugin has an error": {fault.NoAnswer, fault.FromPlugin(752), "+-.... no_answer"},
		"our timeout, then the edge blocks us":     {fault.NoAnswer, fault.BlockedByEdge(403), "-..... 403 blocked_by_edge"},
	} {
		l := begin()
		l.Status = l.After([]Result{
			{Request: StatusRequest, Sent: l.now, Fault: c.status},
			{Request: PingRequest, Sent: l.now, Fault: c.ping},
		})
		if got := strings.Join(strings.Fields(l.layers()), " "); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// exportAll lets cmp compare unexported fields.
var exportAll = cmp.Exporter(func(reflect.Type) bool { return true })
