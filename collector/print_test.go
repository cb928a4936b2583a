package collector

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
)

// ofPrints returns the lines about prints of an exposition.
func ofPrints(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if name, _, _ := strings.Cut(line, "{"); strings.Contains(name, "print_") && strings.Contains(name, "timestamp") ||
			name == "lost_during_print" || name == "prints_total" || name == "printer_attention" {
			b.WriteString(line)
		}
	}
	return b.String()
}

const (
	paused   = `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":"Filament Runout","CurrentPrint":{"Progress":48}},"PlatformVersion":"1.0.0"}}`
	complete = `{"Status":200,"Result":{"JobStatus":{"State":"complete"}}}`
)

func TestPrintMetrics(t *testing.T) {
	for what, c := range map[string]struct {
		life func(l *life) *life
		want string
	}{
		"never seen": {func(l *life) *life { return l.responds(601, "") }, ``},
		"idle":       {func(l *life) *life { return l.responds(200, idle) }, `lost_during_print{printer="a"} 0`},
		"paused": {
			func(l *life) *life { return l.responds(200, printing).responds(200, paused).responds(200, paused) },
			`
				lost_during_print{printer="a"} 0
				print_last_progress_timestamp_seconds{printer="a"} 9.4668492e+08
				print_start_timestamp_seconds{printer="a"} 9.4668486e+08
				printer_attention{kind="filament",printer="a"} 1
			`,
		},
		"lost while paused": {
			func(l *life) *life { return l.responds(200, paused).plugin("785").responds(601, "").responds(403, "") },
			`
				lost_during_print{printer="a"} 1
				print_last_progress_timestamp_seconds{printer="a"} 9.4668486e+08
				print_lost_since_timestamp_seconds{printer="a"} 9.4668492e+08
				print_lost_timestamp_seconds{printer="a"} 9.4668486e+08
				print_start_timestamp_seconds{printer="a"} 9.4668486e+08
			`,
		},
		"two prints ended": {
			func(l *life) *life {
				return l.responds(200, printing).responds(200, complete).responds(200, paused).responds(200, complete)
			},
			`
				lost_during_print{printer="a"} 0
				prints_total{outcome="complete",printer="a"} 2
			`,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			if d := cmp.Diff(lines(c.want), ofPrints(exported(t, c.life(born(t, "a", nil))))); d != "" {
				t.Errorf("%s: %s", what, d)
			}
		})
	}
}

// TestEveryOutcomeIsCountedFromZero, before the first probe.
func TestEveryOutcomeIsCountedFromZero(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := exposition(t, New(optionsOf(fleet(born(t, "a", nil)))), expfmt.FmtText)
		for _, outcome := range []string{"cancelled", "complete", "failed", "unknown", "vanished"} {
			if !strings.Contains(text, `octoeverywhere_prints_total{outcome="`+outcome+`",printer="a"} 0`+"\n") {
				t.Errorf("%s is missing:\n%s", outcome, text)
			}
		}
	})
}
