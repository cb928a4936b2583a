package web

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestObjectIsThatOfTheAPI but for the next probe, of which only an exporter knows.
func TestObjectIsThatOfTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		f.add("a", map[string]string{"site": "hall"}, says(time.Minute, 200, printing), says(20*time.Second, 601, ""))
		o := f.options()
		var served, object map[string]any
		if err := json.Unmarshal([]byte(get(o, "/api/v1/printers/a")), &served); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(ObjectOf(f.printers[0], f.Steps("a"), time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		delete(served, "next_probe")
		if d := cmp.Diff(served, object); d != "" {
			t.Error(d)
		}
	})
}
