package config

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWarnings(t *testing.T) {
	const authority = "tls_config: {insecure_skip_verify: true}"
	for name, c := range map[string]struct {
		main  string
		files map[string]string
		want  []string
	}{
		"none": {main: printer("mk4")},
		"no printer file yet": {
			main: "printer_files: [printers.d/*.yaml, other.yaml]\n",
			want: []string{
				"config.yaml:1:17: printer_files[0]: matches no files yet (and 1 more)",
				"no printers are configured yet; nothing is probed",
			},
		},
		"printer files without printers": {
			main:  "printers: []\nprinter_files: [a.yaml]\n",
			files: map[string]string{"a.yaml": "# soon\n"},
			want:  []string{"no printers are configured yet; nothing is probed"},
		},
		"empty printer files, as while they are written": {
			main:  printer("mk4") + "printer_files: [a.yaml, b.yaml, c.yaml, d.yaml]\n",
			files: map[string]string{"a.yaml": "", "b.yaml": "\n \n", "c.yaml": "[]", "d.yaml": "# soon\n"},
			want:  []string{"a.yaml: is empty, so its printers are not probed; remove the file if that is meant (and 1 more)"},
		},
		"no printer file yet, but printers": {
			main: printer("mk4") + "printer_files: [a.yaml]\n",
			want: []string{"config.yaml:4:17: printer_files[0]: matches no files yet"},
		},
		"a short interval": {
			main: "defaults: {interval: 9s}\nprinters:\n" + entry("  ", "a") + entry("  ", "b") + entry("  ", "c", "interval: 10s"),
			want: []string{`"a": is probed more often than every 10s, which loads the plugin's computer and the service (and 1 more)`},
		},
		"two printers with the same address": {
			main: printer("mk4") + "  - name: mk5\n    url: https://SHARED-MK4.octoeverywhere.com:443/\n",
			want: []string{`"mk4" and "mk5": have the same address, so one printer is counted twice`},
		},
		"plain http": {
			main: "printers:\n  - {name: mk4, url: http://shared-printer.example, insecure: true}\n  - {name: mk5, url: http://localhost}\n",
			want: []string{`"mk4": insecure: plain http exposes credentials on the network`},
		},
		"any certificate": {
			main: "defaults: {" + authority + "}\n" + printer("mk4", authority),
			want: []string{"defaults.tls_config: insecure_skip_verify accepts any certificate, so credentials can be intercepted; set ca_file instead (and 1 more)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"config.yaml": c.main}
			maps.Copy(files, c.files)
			if d := cmp.Diff(strings.Join(c.want, "\n"), strings.Join(mustLoad(t, files).Warnings, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}
