package main

import (
	"fmt"
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
// and of the image. It leaves out the folder ci, as .helmignore does.
func chart(files []entry, version string) (chosen []entry, err error) {
	for _, f := range files {
		path, found := strings.CutPrefix(f.path, chartDir)
		if !found || strings.HasPrefix(path, "ci/") {
			continue
		}
		data := f.data
		if path == "Chart.yaml" {
			if n := len(chartVersions.FindAll(data, -1)); n != 2 {
				return nil, fmt.Errorf("%s has %d versions, want version and appVersion", f.path, n)
			}
			data = chartVersions.ReplaceAll(data, []byte("$1: "+version))
		}
		chosen = append(chosen, entry{path, f.mode, data})
	}
	return chosen, nil
}
