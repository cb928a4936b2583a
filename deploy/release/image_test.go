package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// TestImageContextIsComplete: the build context contains what the Dockerfile copies; toImage adds the files per platform.
func TestImageContextIsComplete(t *testing.T) {
	dir := t.TempDir()
	if err := imageContext(dir, source{dir: "../..", version: "1.2.3"}, []byte("certificates")); err != nil {
		t.Fatal(err)
	}
	dockerfile, err := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	copied := 0
	for line := range strings.Lines(string(dockerfile)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "COPY" && words[0] != "ADD" {
			continue
		}
		for _, from := range words[1 : len(words)-1] {
			copied++
			if strings.HasPrefix(from, "linux/${TARGETARCH}/") {
				continue
			}
			if info, err := os.Stat(filepath.Join(dir, from)); err != nil || info.Size() == 0 {
				t.Errorf("%s is missing or empty: %v", from, err)
			}
		}
	}
	if copied < 5 {
		t.Errorf("found only %d files that are copied: does this test still match them?", copied)
	}
}
