package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// TestInvalidConfigFailsInAllShards with the same error; and check lists the printers of a shard.
func TestInvalidConfigFailsInAllShards(t *testing.T) {
	dir := t.TempDir()
	var good strings.Builder
	good.WriteString("printers:\n")
	var names []string
	for i := range 9 {
		names = append(names, fmt.Sprintf("mk4-%02d", i))
		fmt.Fprintf(&good, "- {name: %s, url: 'https://canary%d.octoeverywhere.com'}\n", names[i], i)
	}
	path := testkit.WriteFile(t, dir, "good.yaml", "%s", good.String())
	var seen []string
	for index := range 3 {
		var out, errors strings.Builder
		code := run([]string{"check", "--config.file=" + path, fmt.Sprint("--shard.index=", index), "--shard.total=3"}, build{version: "devel"}, stdio{noInput(), &out, &errors})
		_, part, _ := strings.Cut(out.String(), "\n")
		first, list, _ := strings.Cut(part, "\n")
		own := strings.Fields(list)
		if want := fmt.Sprintf("%d of them in shard %d of 3 (index %d):", len(own), index+1, index); code != 0 || first != want {
			t.Errorf("exit code %d\n%s%s", code, out.String(), errors.String())
		}
		seen = append(seen, own...)
	}
	if d := cmp.Diff(names, slices.Sorted(slices.Values(seen))); d != "" {
		t.Error(d)
	}
	path = testkit.WriteFile(t, dir, "bad.yaml", "%s- {name: mk4-00, url: 'https://canary.octoeverywhere.com'}\n", good.String())
	var said []string
	for index := range 3 {
		var out, errors strings.Builder
		if code := run([]string{"serve", "--config.file=" + path, fmt.Sprint("--shard.index=", index), "--shard.total=3"}, build{version: "devel"}, stdio{noInput(), &out, &errors}); code != exitFailed {
			t.Errorf("exit code %d", code)
		}
		said = append(said, regexp.MustCompile(`"time":"[^"]*"`).ReplaceAllString(errors.String(), ""))
	}
	if !strings.Contains(said[0], "mk4-00") || said[0] != said[1] || said[0] != said[2] {
		t.Errorf("errors differ:\n%s", strings.Join(said, "\n"))
	}
}
