package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharded is a fleet of which this exporter has a share; b is another's.
func sharded(f *fleet) Options {
	o := f.options()
	o.Lifecycle, o.Shard = true, "shard 1 of 3 (index 0)"
	o.OtherShard = func(name string) string {
		return map[string]string{"b": "shard 2 of 3 (index 1)"}[name]
	}
	return o
}

// TestAPrinterOfAnotherShard is not one that nobody knows.
func TestAPrinterOfAnotherShard(t *testing.T) {
	const other, nobody = `printer "b" is configured, but belongs to shard 2 of 3 (index 1): ask that exporter`, `no printer named "c" is configured`
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/probe?target=b", other},
		{"GET", "/probe?target=c", nobody},
		{"GET", "/printers/b", other},
		{"GET", "/printers/c", nobody},
		{"POST", "/-/probe?target=b", other},
		{"POST", "/-/probe?target=c", nobody},
	} {
		if d := cmp.Diff(reply{404, plain, "", c.want + "\n"}, replyOf(call(sharded(shop()), c.method, c.target))); d != "" {
			t.Errorf("%s %s: %s", c.method, c.target, d)
		}
	}
	want := reply{404, "application/json", "", `{"error":"printer \"b\" is configured, but belongs to shard 2 of 3 (index 1): ask that exporter"}` + "\n"}
	if d := cmp.Diff(want, replyOf(call(sharded(shop()), "GET", "/api/v1/printers/b"))); d != "" {
		t.Error(d)
	}
}

// TestPagesSayWhichShardTheyAreOf, and nothing where there is only one exporter.
func TestPagesSayWhichShardTheyAreOf(t *testing.T) {
	const shard = "<p>octoeverywhere_exporter 1.2.3, shard 1 of 3 (index 0)</p>"
	for _, target := range []string{"/", "/printers/idle"} {
		if page := get(sharded(shop()), target); !strings.Contains(page, shard) {
			t.Errorf("%s does not say which shard it is of:\n%s", target, page)
		}
		if page := get(shop().options(), target); !strings.Contains(page, "<p>octoeverywhere_exporter 1.2.3</p>") {
			t.Errorf("%s speaks of shards:\n%s", target, page)
		}
	}
	if page := get(sharded(&fleet{}), "/"); !strings.Contains(page, ">No printer belongs to shard 1 of 3 (index 0).<") {
		t.Errorf("an empty shard is a fleet that is not configured:\n%s", page)
	}
}
