package probe

import (
	"net/url"
	"reflect"
	"testing"
	"time"
)

// TestEveryFieldOfAnEntryCounts: two targets have the same entry digest if and only if SameEntry says that they are the same.
func TestEveryFieldOfAnEntryCounts(t *testing.T) {
	base := func() Target {
		return Target{
			Name: "a", ID: "1", Interval: time.Minute, Timeout: time.Second, Authorization: NewSecret("x"), AppToken: NewSecret("y"),
			Address: NewAddress(&url.URL{Scheme: "https", Host: "a.test"}), Service: NewAddress(&url.URL{Scheme: "https", Host: "s.test"}),
		}
	}
	changes := map[string]func(*Target){
		"Name": func(t *Target) { t.Name = "b" }, "ID": func(t *Target) { t.ID = "2" },
		"Labels":   func(t *Target) { t.Labels = map[string]string{"a": "b"} },
		"Interval": func(t *Target) { t.Interval++ }, "Timeout": func(t *Target) { t.Timeout++ },
		"Disabled": func(t *Target) { t.Disabled = true }, "PluginSharesPower": func(t *Target) { t.PluginSharesPower = true },
		"Address":       func(t *Target) { t.Address = t.Service },
		"Authorization": func(t *Target) { t.Authorization = NewSecret("z") },
		"AppToken":      func(t *Target) { t.AppToken = Secret{} },
		"Service":       func(t *Target) { t.Service = t.Address },
		"Settings":      func(t *Target) { t.Settings.Key = "other" },
	}
	key := []byte("key")
	for field := range reflect.TypeFor[Target]().Fields() {
		change := changes[field.Name]
		if change == nil {
			t.Errorf("%s: add it here, and to Target.Identity if it decides how the printer is probed", field.Name)
			continue
		}
		changed := base()
		change(&changed)
		before, after := base().Identity(key), changed.Identity(key)
		if same := base().SameEntry(changed); (before.Entry == after.Entry) != same {
			t.Errorf("%s: SameEntry is %v, and the digests say otherwise", field.Name, same)
		}
		if (before.Address == after.Address) != (field.Name != "Address") {
			t.Errorf("%s: the digest of the address", field.Name)
		}
	}
}

// TestDigestsAreKeyed: the address cannot be guessed without the key.
func TestDigestsAreKeyed(t *testing.T) {
	target := Target{Name: "a", Address: NewAddress(&url.URL{Scheme: "https", Host: "a.test"}), Service: NewAddress(&url.URL{Scheme: "https", Host: "a.test"})}
	one, other := target.Identity([]byte("one")), target.Identity([]byte("other"))
	if one.Address == other.Address || one.Entry == other.Entry || one.Address == one.Entry {
		t.Error("digests do not depend on the key, or on what they are of")
	}
	if digest(nil, "ab", "c") == digest(nil, "a", "bc") {
		t.Error("the same texts, divided otherwise, have the same digest")
	}
}

func TestDigestsAreText(t *testing.T) {
	d := digest(nil, "a")
	text, err := d.MarshalText()
	var back Digest
	if err != nil || back.UnmarshalText(text) != nil || back != d {
		t.Errorf("%v %s %v", err, text, back)
	}
	for _, wrong := range []string{"", "ab", string(text[:31]) + "x", string(text) + "00"} {
		if back.UnmarshalText([]byte(wrong)) == nil {
			t.Errorf("%q is a digest", wrong)
		}
	}
}
