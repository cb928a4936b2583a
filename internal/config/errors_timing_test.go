package config

import "testing"

// TestTimingErrors covers intervals, timeouts and booleans.
func TestTimingErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"interval without a unit": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 30
`,
			want: `config.yaml:4:15: printers[0].interval: has no unit; write 30s for seconds
        interval: 30
                  ^`,
		},
		"interval that is not a duration": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: soon
`,
			want: `config.yaml:4:15: printers[0].interval: is not a duration; use a format like 500ms, 30s, 1m30s or 1h
        interval: soon
                  ^`,
		},
		"interval too short": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 500ms
`,
			want: `config.yaml:4:15: printers[0].interval: must be at least 1s
        interval: 500ms
                  ^`,
		},
		"timeout too long": {
			main: `defaults: {interval: 10m, timeout: 111s}
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 110s
  - name: mk4-02
    url: https://app-2.octoeverywhere.com
    timeout: 2m
`,
			want: `config.yaml:1:36: defaults.timeout: must be at most 110s
    defaults: {interval: 10m, timeout: 111s}
                                       ^
config.yaml:8:14: printers[1].timeout: must be at most 110s
        timeout: 2m
                 ^`,
		},
		"zero timeout": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 0s
`,
			want: `config.yaml:4:14: printers[0].timeout: must be greater than 0s
        timeout: 0s
                 ^`,
		},
		"timeout that does not fit in the default": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 70s
`,
			want: `config.yaml:4:14: printers[0].timeout: 70s does not fit in the interval 60s (the default); use a shorter timeout or a longer interval
        timeout: 70s
                 ^`,
		},
		"timeout that does not fit in the printer's interval": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 20s
    interval: 10s
`,
			want: `config.yaml:4:14: printers[0].timeout: 20s does not fit in the interval 10s (printers[0].interval, config.yaml:5:15); use a shorter timeout or a longer interval
        timeout: 20s
                 ^`,
		},
		"timeout that does not fit in the interval of defaults": {
			main: `defaults:
  interval: 30s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 35s
`,
			want: `config.yaml:6:14: printers[0].timeout: 35s does not fit in the interval 30s (defaults.interval, config.yaml:2:13); use a shorter timeout or a longer interval
        timeout: 35s
                 ^`,
		},
		"interval too short for the timeout of defaults": {
			main: `defaults:
  timeout: 20s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 10s
`,
			want: `config.yaml:6:15: printers[0].interval: 10s is shorter than the timeout 20s (defaults.timeout, config.yaml:2:12); use a longer interval or a shorter timeout
        interval: 10s
                  ^`,
		},
		"defaults that do not fit": {
			main: `defaults:
  interval: 60s
  timeout: 70s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:12: defaults.timeout: 70s does not fit in the interval 60s (defaults.interval, config.yaml:2:13); use a shorter timeout or a longer interval
      timeout: 70s
               ^`,
		},
		"value that is not a boolean": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    insecure: yes
`,
			want: `config.yaml:4:15: printers[0].insecure: must be true or false
        insecure: yes
                  ^`,
		},
	})
}
