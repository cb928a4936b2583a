package main

import (
	"bytes"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
)

// chartName is the name of the chart, and chartDir its folder in an archive.
const (
	chartName = "octoeverywhere-exporter"
	chartDir  = "deploy/helm/" + chartName + "/"
)

var chartVersions = regexp.MustCompile(`(?m)^(version|appVersion): .*$`)

// chart returns the files of the chart archive, as helm package creates them, with the version of the release as that of the chart
// and of the image, and with the repository, the icon and the maintainer if they are given. It leaves out the folder ci, as .helmignore does.
func chart(files []entry, o options) (chosen []entry, err error) {
	for _, f := range files {
		path, found := strings.CutPrefix(f.path, chartDir)
		if !found || strings.HasPrefix(path, "ci/") {
			continue
		}
		data := f.data
		if path == "Chart.yaml" {
			if n := len(chartVersions.FindAll(data, -1)); n != 2 {
				return nil, fmt.Errorf("%s has %d versions; it needs version and appVersion", f.path, n)
			}
			data = chartVersions.ReplaceAll(data, []byte("$1: "+o.version))
			data = append(bytes.TrimRight(data, "\n"), chartOrigin(o)...)
		}
		chosen = append(chosen, entry{path, f.mode, data})
	}
	return chosen, nil
}

// chartOrigin returns the lines of Chart.yaml that say where the chart comes from.
func chartOrigin(o options) []byte {
	lines := "\n"
	if url := strings.TrimPrefix(o.repository, "git+"); url != "" {
		lines += fmt.Sprintf("home: %q\nsources: [%[1]q]\n", url)
	}
	if o.icon != "" {
		lines += fmt.Sprintf("icon: %q\n", o.icon)
	}
	if m, err := mail.ParseAddress(o.maintainer); err == nil && o.maintainer != unnamed {
		lines += fmt.Sprintf("maintainers: [{name: %q, email: %q}]\n", m.Name, m.Address)
	}
	return []byte(lines)
}
