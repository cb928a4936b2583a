package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestStateFolder: the folder of the image's volume belongs to the image's user, its parents belong to root.
func TestStateFolder(t *testing.T) {
	data, err := stateFolder(time.Unix(1700000000, 0))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s %v %d:%d", h.Name, h.FileInfo().Mode(), h.Uid, h.Gid))
	}
	want := []string{"var/ drwxr-xr-x 0:0", "var/lib/ drwxr-xr-x 0:0", "var/lib/octoeverywhere_exporter/ drwx------ 65532:65532"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	dockerfile, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"ADD state.tar /", "VOLUME /var/lib/octoeverywhere_exporter", fmt.Sprintf("USER %d:%[1]d", imageUser),
	} {
		if !strings.Contains(string(dockerfile), "\n"+line+"\n") {
			t.Errorf("the Dockerfile has no line %s", line)
		}
	}
}
