package config

import "testing"

// TestLabelErrors covers configured labels.
func TestLabelErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"invalid label name": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {print-room: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "print-room" is not a valid label name; use letters, digits and underscores, and do not start with a digit
        labels: {print-room: lab}
                 ^`,
		},
		"label name of Prometheus": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {__name__: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "__name__" is reserved: Prometheus uses names that start with __ internally
        labels: {__name__: lab}
                 ^`,
		},
		"label of the exporter": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {reason: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "reason" is reserved: the exporter sets this label itself; use another name
        labels: {reason: lab}
                 ^`,
		},
		"label set when scraping": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels:
      instance: lab
`,
			want: `config.yaml:5:7: printers[0].labels: "instance" is reserved: Prometheus sets it when scraping
          instance: lab
          ^`,
		},
		"label of histograms": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels:
      le: lab
`,
			want: `config.yaml:5:7: printers[0].labels: "le" is reserved: Prometheus uses it for histogram buckets
          le: lab
          ^`,
		},
		"duplicate label": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: lab, site: shop}
`,
			want: `config.yaml:4:25: printers[0].labels: duplicate label site
        labels: {site: lab, site: shop}
                            ^`,
		},
		"label without a value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: }
`,
			want: `config.yaml:4:14: printers[0].labels.site: has no value; set one ("" for an empty label) or remove the label
        labels: {site:}
                 ^`,
		},
		"label that is not a string": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: [lab]}
`,
			want: `config.yaml:4:20: printers[0].labels.site: must be a string, not a list
        labels: {site: [<secret>]}
                       ^`,
		},
	})
}
