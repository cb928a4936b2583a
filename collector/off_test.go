package collector

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"

	"octoeverywhere_exporter/probe"
)

// TestDisabledPrinters: such a printer has one series, in each format, and is not among the printers that are probed.
func TestDisabledPrinters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		off := &life{t, probe.NewStatus(probe.Target{Name: "off", Labels: map[string]string{"site": "lab"}, Interval: time.Minute, Disabled: true})}
		o := labeled(fleet(off), "site")
		c := New(o)
		want := lines(`printer_enabled{printer="off",site="lab"} 0`)
		for _, e := range []encoding{{format: expfmt.FmtText}, {format: expfmt.FmtProtoDelim}} {
			if d := cmp.Diff(want, series(asText(t, strings.NewReader(exposition(t, c, e.format)), e))); d != "" {
				t.Errorf("%s: %s", e.format, d)
			}
		}
		families, err := c.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == ownPrefix+"printers" && f.Metric[0].Gauge.GetValue() != 0 {
				t.Error("a disabled printer is counted as one that is probed")
			}
		}
	})
}

// TestSwitchedOffWithItsPlugin: a plugin that is offline is taken for a switched-off printer only where the configuration
// says that both hang on one switch.
func TestSwitchedOffWithItsPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for shares, want := range map[bool]float64{true: 1, false: 0} {
			l := &life{t, probe.NewStatus(probe.Target{Name: "a", Interval: time.Minute, PluginSharesPower: shares})}
			l.responds(200, idle).responds(601, "")
			v := view{Status: &l.Status, now: time.Now()}
			for _, row := range offRows() {
				if row.name != prefix+"switched_off" {
					continue
				}
				if got := row.read(&v, nil); len(got) != 1 || got[0].value != want {
					t.Errorf("shares %t: %v", shares, got)
				}
			}
		}
	})
}
