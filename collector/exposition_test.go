package collector

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
)

func TestExposition(t *testing.T) {
	for what, c := range map[string]struct {
		life func(l *life) *life
		want string
	}{
		"never probed": {
			func(l *life) *life { return l },
			`
				printer_enabled{printer="a"} 1
				probe_failures_total{printer="a"} 0
				probe_interval_seconds{printer="a"} 60
				probes_total{printer="a"} 0
			`,
		},
		"printing": {
			func(l *life) *life { return l.responds(200, idle).responds(200, printing).informs(online) },
			`
				connection_last_connect_timestamp_seconds{printer="a"} 9.466812e+08
				connection_last_disconnect_timestamp_seconds{printer="a"} 9.4668117e+08
				connection_online{printer="a"} 1
				gadget_last_pause_timestamp_seconds{printer="a"} 9.4668486e+08
				gadget_last_warning_timestamp_seconds{printer="a"} 9.4668483e+08
				gadget_score{printer="a"} 8.7
				gadget_suppressed{printer="a"} 0
				info_success{printer="a"} 1
				last_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				last_success_timestamp_seconds{printer="a"} 9.4668492e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668486e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="host",printer="a"} 1
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 1
				layer_up{layer="printer",printer="a"} 1
				layer_up{layer="service",printer="a"} 1
				lost_during_print{printer="a"} 0
				next_probe_timestamp_seconds{printer="a"} 9.4668498e+08
				print_duration_seconds{printer="a"} 5321
				print_last_progress_timestamp_seconds{printer="a"} 9.4668492e+08
				print_layer{printer="a"} 123
				print_layers{printer="a"} 321
				print_progress_ratio{printer="a"} 0.475
				print_start_timestamp_seconds{printer="a"} 9.4668492e+08
				print_time_left_seconds{printer="a"} 6123
				printer_enabled{printer="a"} 1
				printer_info{platform_version="Klipper \"v0.12\"",printer="a"} 1
				printer_state{printer="a",state="cancelled"} 0
				printer_state{printer="a",state="complete"} 0
				printer_state{printer="a",state="error"} 0
				printer_state{printer="a",state="idle"} 0
				printer_state{printer="a",state="paused"} 0
				printer_state{printer="a",state="printing"} 1
				printer_state{printer="a",state="resuming"} 0
				printer_state{printer="a",state="unknown"} 0
				printer_state{printer="a",state="warmingup"} 0
				printer_state_since_timestamp_seconds{printer="a"} 9.4668492e+08
				probe_duration_seconds{printer="a"} 0.12
				probe_failures_total{printer="a"} 0
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 1
				probes_total{printer="a"} 2
				switched_off{printer="a"} 0
				temperature_celsius{printer="a",sensor="bed"} 59.8
				temperature_celsius{printer="a",sensor="chamber"} 31.2
				temperature_celsius{printer="a",sensor="hotend"} 214.73
				temperature_target_celsius{printer="a",sensor="bed"} 60
				temperature_target_celsius{printer="a",sensor="chamber"} 0
				temperature_target_celsius{printer="a",sensor="hotend"} 215
			`,
		},
		"lost during print": {
			func(l *life) *life { return l.responds(200, printing).plugin("785") },
			`
				last_error{code="785",layer="host",printer="a",reason="host_disconnected"} 1
				last_error_timestamp_seconds{code="785",layer="host",printer="a",reason="host_disconnected"} 9.4668492e+08
				last_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				last_success_timestamp_seconds{printer="a"} 9.4668486e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668492e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="host",printer="a"} 0
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 1
				layer_up{layer="service",printer="a"} 1
				lost_during_print{printer="a"} 1
				next_probe_timestamp_seconds{printer="a"} 9.4668498e+08
				print_last_progress_timestamp_seconds{printer="a"} 9.4668486e+08
				print_lost_since_timestamp_seconds{printer="a"} 9.4668492e+08
				print_lost_timestamp_seconds{printer="a"} 9.4668486e+08
				print_start_timestamp_seconds{printer="a"} 9.4668486e+08
				printer_enabled{printer="a"} 1
				probe_duration_seconds{printer="a"} 0.12
				probe_errors_total{code="785",layer="host",printer="a",reason="host_disconnected"} 1
				probe_failures_total{printer="a"} 1
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 0
				probes_total{printer="a"} 2
				switched_off{printer="a"} 0
			`,
		},
		"switched off": {
			func(l *life) *life { return l.responds(200, idle).plugin("785") },
			`
				last_error{code="785",layer="host",printer="a",reason="host_disconnected"} 1
				last_error_timestamp_seconds{code="785",layer="host",printer="a",reason="host_disconnected"} 9.4668492e+08
				last_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				last_success_timestamp_seconds{printer="a"} 9.4668486e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668492e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="host",printer="a"} 0
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 1
				layer_up{layer="service",printer="a"} 1
				lost_during_print{printer="a"} 0
				next_probe_timestamp_seconds{printer="a"} 9.4668498e+08
				printer_enabled{printer="a"} 1
				probe_duration_seconds{printer="a"} 0.12
				probe_errors_total{code="785",layer="host",printer="a",reason="host_disconnected"} 1
				probe_failures_total{printer="a"} 1
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 0
				probes_total{printer="a"} 2
				switched_off{printer="a"} 1
			`,
		},
		"plugin offline": {
			func(l *life) *life { return l.responds(200, idle).responds(601, "") },
			`
				last_error{code="601",layer="plugin",printer="a",reason="plugin_offline"} 1
				last_error_timestamp_seconds{code="601",layer="plugin",printer="a",reason="plugin_offline"} 9.4668492e+08
				last_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				last_success_timestamp_seconds{printer="a"} 9.4668486e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668492e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 0
				layer_up{layer="service",printer="a"} 1
				lost_during_print{printer="a"} 0
				next_probe_timestamp_seconds{printer="a"} 9.4668498e+08
				printer_enabled{printer="a"} 1
				probe_duration_seconds{printer="a"} 0.12
				probe_errors_total{code="601",layer="plugin",printer="a",reason="plugin_offline"} 1
				probe_failures_total{printer="a"} 1
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 0
				probes_total{printer="a"} 2
				switched_off{printer="a"} 0
			`,
		},
		"host rejects the plugin": {
			func(l *life) *life { return l.responds(601, "").plugin("789") },
			`
				last_error{code="601",layer="plugin",printer="a",reason="plugin_offline"} 0
				last_error{code="789",layer="host",printer="a",reason="auth_invalid"} 1
				last_error_timestamp_seconds{code="601",layer="plugin",printer="a",reason="plugin_offline"} 9.4668486e+08
				last_error_timestamp_seconds{code="789",layer="host",printer="a",reason="auth_invalid"} 9.4668492e+08
				last_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668492e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="host",printer="a"} 0
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 1
				layer_up{layer="service",printer="a"} 1
				next_probe_timestamp_seconds{printer="a"} 9.4668498e+08
				printer_enabled{printer="a"} 1
				probe_duration_seconds{printer="a"} 0.12
				probe_errors_total{code="601",layer="plugin",printer="a",reason="plugin_offline"} 1
				probe_errors_total{code="789",layer="host",printer="a",reason="auth_invalid"} 1
				probe_failures_total{printer="a"} 2
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 0
				probes_total{printer="a"} 2
			`,
		},
		"printer reports an error": {
			func(l *life) *life { return l.responds(200, broken) },
			`
				last_error{code="",layer="printer",printer="a",reason="printer_error"} 1
				last_error_timestamp_seconds{code="",layer="printer",printer="a",reason="printer_error"} 9.4668486e+08
				last_probe_timestamp_seconds{printer="a"} 9.4668486e+08
				last_transition_timestamp_seconds{printer="a"} 9.4668486e+08
				layer_up{layer="access",printer="a"} 1
				layer_up{layer="host",printer="a"} 1
				layer_up{layer="network",printer="a"} 1
				layer_up{layer="plugin",printer="a"} 1
				layer_up{layer="printer",printer="a"} 0
				layer_up{layer="service",printer="a"} 1
				lost_during_print{printer="a"} 0
				next_probe_timestamp_seconds{printer="a"} 9.4668492e+08
				printer_attention{kind="error",printer="a"} 1
				printer_enabled{printer="a"} 1
				printer_state{printer="a",state="cancelled"} 0
				printer_state{printer="a",state="complete"} 0
				printer_state{printer="a",state="error"} 1
				printer_state{printer="a",state="idle"} 0
				printer_state{printer="a",state="paused"} 0
				printer_state{printer="a",state="printing"} 0
				printer_state{printer="a",state="resuming"} 0
				printer_state{printer="a",state="unknown"} 0
				printer_state{printer="a",state="warmingup"} 0
				printer_state_since_timestamp_seconds{printer="a"} 9.4668486e+08
				probe_duration_seconds{printer="a"} 0.12
				probe_errors_total{code="",layer="printer",printer="a",reason="printer_error"} 1
				probe_failures_total{printer="a"} 1
				probe_interval_seconds{printer="a"} 60
				probe_success{printer="a"} 0
				probes_total{printer="a"} 1
				switched_off{printer="a"} 0
			`,
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := exported(t, c.life(born(t, "a", nil)))
				if d := cmp.Diff(lines(c.want), got); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := unplanned(fleet(born(t, "a", nil)))
		o.Disabled = []Group{Print}
		c := New(o)
		want := `# HELP octoeverywhere_printer_enabled Whether the printer is probed (1) or disabled in the configuration (0). A disabled printer has no other series.
# TYPE octoeverywhere_printer_enabled gauge
octoeverywhere_printer_enabled{printer="a"} 1
# HELP octoeverywhere_probe_failures_total Total number of probes that ended with any fault. It starts at 0, so increase() counts the first one.
# TYPE octoeverywhere_probe_failures_total counter
octoeverywhere_probe_failures_total{printer="a"} 0
# HELP octoeverywhere_probe_interval_seconds Current probe interval in seconds, including backoff.
# TYPE octoeverywhere_probe_interval_seconds gauge
octoeverywhere_probe_interval_seconds{printer="a"} 60
# HELP octoeverywhere_probes_total Total number of probes.
# TYPE octoeverywhere_probes_total counter
octoeverywhere_probes_total{printer="a"} 0
`
		if d := cmp.Diff(want, exposition(t, c, expfmt.FmtText)); d != "" {
			t.Error(d)
		}
	})
}

// TestOldEvidenceIsNotExported: evidence expires after three intervals.
func TestOldEvidenceIsNotExported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := born(t, "a", nil).responds(200, printing)
		time.Sleep(3*time.Minute + time.Second)
		want := lines(`
			last_probe_timestamp_seconds{printer="a"} 9.4668486e+08
			last_success_timestamp_seconds{printer="a"} 9.4668486e+08
			last_transition_timestamp_seconds{printer="a"} 9.4668486e+08
			lost_during_print{printer="a"} 0
			next_probe_timestamp_seconds{printer="a"} 9.4668492e+08
			print_last_progress_timestamp_seconds{printer="a"} 9.4668486e+08
			print_start_timestamp_seconds{printer="a"} 9.4668486e+08
			printer_enabled{printer="a"} 1
			probe_duration_seconds{printer="a"} 0.12
			probe_failures_total{printer="a"} 0
			probe_interval_seconds{printer="a"} 60
			probe_success{printer="a"} 1
			probes_total{printer="a"} 1
			switched_off{printer="a"} 0
		`)
		if d := cmp.Diff(want, exported(t, l)); d != "" {
			t.Error(d)
		}
	})
}
