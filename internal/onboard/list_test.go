package onboard

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/probe"
)

// sharedURL returns the URL of a Shared Connection.
func sharedURL(id string) string { return "https://shared-" + canary + id + ".octoeverywhere.com" }

// describe returns what the tests compare of lines, a text per line.
func describe(lines []Line) []string {
	var texts []string
	for _, l := range lines {
		if l.Err != nil {
			texts = append(texts, fmt.Sprintf("%d: %v", l.Number, l.Err))
			continue
		}
		id := strings.TrimSuffix(strings.TrimPrefix(l.Connection.Address.Reveal(), "https://shared-"+canary), ".octoeverywhere.com/")
		texts = append(texts, fmt.Sprintf("%d: %s %q %v", l.Number, id, l.Name, l.Labels))
	}
	return texts
}

// TestParseList covers both forms, and each error of a line.
func TestParseList(t *testing.T) {
	const moreThanURL = "is more than a URL; a list with columns begins with a header, such as url,name; in a URL, a comma is %2C, a semicolon %3B, a blank %20"
	const badQuote = "has a quote that is not closed, or one inside a field without quotes; write it twice and the field in quotes"
	const noScheme = "the address must start with https://"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lines": {
			"\ufeff# ours\n\n " + sharedURL("a") + "\r\n\"" + sharedURL("b") + "\"\n<" + sharedURL("c") + ">",
			[]string{`3: a "" map[]`, `4: b "" map[]`, `5: c "" map[]`},
		},
		"lines with errors": {
			canary + "\n" + sharedURL("a") + "," + canary + "\n" + sharedURL("a") + " " + canary + "\n" + sharedURL("b") + "\n\xff" + canary + "\n" + sharedURL(strings.Repeat("x", maxLine)),
			[]string{"1: " + noScheme, "2: " + moreThanURL, "3: " + moreThanURL, `4: b "" map[]`, "5: is not valid UTF-8; save the list in UTF-8", "6: is longer than 64 KiB"},
		},
		"CSV": {
			"name,site,URL\nA,\"lab, 1\"," + sharedURL("a") + "\n,, " + sharedURL("b") + "\n# C,,x\n,,\nD,\"say \"\"x\"\"\"," + sharedURL("d") + "\n",
			[]string{`2: a "A" map[site:lab, 1]`, `3: b "" map[]`, `6: d "D" map[site:say "x"]`},
		},
		"semicolons, fewer fields": {"url;name;a_b\n" + sharedURL("a") + ";A\n" + sharedURL("b"), []string{`2: a "A" map[]`, `3: b "" map[]`}},
		"tabs":                     {"Url\tNAME\n" + sharedURL("a") + "\tA, B; C\n", []string{`2: a "A, B; C" map[]`}},
		"line ends of a Mac":       {"url,name\r" + sharedURL("a") + ",A\r\r" + sharedURL("b") + ",B", []string{`2: a "A" map[]`, `4: b "B" map[]`}},
		"one column":               {"URL\n" + sharedURL("a") + "\n", []string{`2: a "" map[]`}},
		"CSV with errors": {
			"url,name\n\"" + sharedURL("a") + "," + canary + "\n" + sharedURL("b") + ",x,y\n,B\n" + sharedURL("c") + ",C\n" + canary + ",D\n\xff,E\n" + sharedURL("f") + ",\xff\n",
			[]string{"2: " + badQuote, "3: has 3 columns, the header 2; write a field that contains a separator in quotes", "4: the column url is empty", `5: c "C" map[]`, "6: " + noScheme, "7: is not valid UTF-8; save the list in UTF-8", "8: is not valid UTF-8; save the list in UTF-8"},
		},
	} {
		lines, err := ParseList([]byte(c.text))
		if d := cmp.Diff(c.want, describe(lines)); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", name, err, d)
		}
	}
}

// TestInvalidList covers what concerns all lines.
func TestInvalidList(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "contains no URL",
		"# none\n\n":            "contains no URL",
		"url,name\n":            "contains no URL",
		"\xff\xfeh\x00t\x00":    "is not text in UTF-8",
		"\nname,site\n":         "line 2: the header has no column url",
		"url,name,job\n":        `line 1: column 3: "job" is reserved`,
		"url,a b\n":             "column 2: \"a b\" is not a valid label name",
		"url,\n":                "column 2: has no name in the header",
		"url,site,site\n":       `column 3: "site" is already column 2`,
		"URL,Url\n":             `column 2: "url" is already column 1`,
		"url,\"name\n":          "line 1: has a quote that is not closed",
		"url,authBearerToken\n": "column 2: its name is that of a credential",
		"url,Password\n":        "column 2: its name is that of a credential",
		"url,app_token\n":       "column 2: its name is that of a credential",
		"url," + canary + ".octoeverywhere.com\n": "column 2: <secret> is not a valid label name",
	} {
		if _, err := ParseList([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestChoose checks names, labels, and which lines are left out.
func TestChoose(t *testing.T) {
	named := func(name, id string) Connection {
		return Connection{Name: name, Address: probe.NewSecret("https://" + id + ".example/")}
	}
	configured := []probe.Target{
		{Name: "old", Address: probe.Address{Secret: probe.NewSecret("https://old.example/")}}, {Name: "MK4"}, {Name: "printer-2"},
	}
	choice := Choose([]Line{
		{Number: 1, Connection: named("MK4", "1")},
		{Number: 2, Connection: named("", "2")},
		{Number: 3, Connection: named("", "3"), Name: "printer-1", Labels: map[string]string{"site": "hall"}},
		{Number: 4, Connection: named("MK4", "4")},
		{Number: 5, Connection: named("XL", "5")},
		{Number: 6, Connection: named("MK4", "6"), Name: "XL"}, // a column takes precedence over the name in an earlier URL
		{Number: 7, Connection: named("", "old"), Name: "new"},
		{Number: 8, Connection: named("", "2"), Name: "twice"},
		{Number: 9, Connection: named("", "9"), Name: "old"},
		{Number: 10, Connection: named("", "10"), Name: "XL"},
		{Number: 11, Connection: named("a/b", "11")},
		{Number: 12, Err: fmt.Errorf("wrong")},
		{Number: 13, Connection: named("", "13"), Name: "a\tb"},
		{Number: 14, Connection: named("", "14")},
	}, map[string]string{"site": "lab", "floor": "1"}, configured)
	var got []string
	for _, p := range choice.New {
		got = append(got, fmt.Sprintf("%d: %s %v %v", p.Line, p.Name, p.IsNamed, p.Labels))
	}
	for _, k := range choice.Known {
		got = append(got, fmt.Sprintf("%d: known %d %q %q", k.Line, k.Earlier, k.Name, k.Wanted))
	}
	for _, w := range choice.Wrong {
		got = append(got, fmt.Sprintf("%d: %v", w.Line, w.Err))
	}
	want := []string{
		"1: MK4-2 true map[floor:1 site:lab]",
		"2: printer-3 true map[floor:1 site:lab]",
		"3: printer-1 false map[floor:1 site:hall]",
		"4: MK4-3 true map[floor:1 site:lab]",
		"5: XL-2 true map[floor:1 site:lab]",
		"6: XL false map[floor:1 site:lab]",
		"14: printer-4 true map[floor:1 site:lab]",
		`7: known 0 "old" "new"`,
		`8: known 2 "" "twice"`,
		`9: the name "old" is that of a configured printer; choose another`,
		`10: the name "XL" is that of line 6; choose another`,
		"11: the printer's name in the URL <secret> contains a slash, which cannot be part of the URL of the printer's page; set another in a column name",
		"12: wrong",
		`13: the name <secret> contains a line break or another control character`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// FuzzParseList checks that no error contains a part of a URL, and that the configuration accepts what a list accepts.
func FuzzParseList(f *testing.F) {
	f.Add(sharedURL("a") + "\nhttps://me:%20" + canary + "@b.example\nhttps://m%20e:" + canary + "@b.example\n" + complete("success=true&printername=x%2Fy&authBearerToken="+canary+"&"+address))
	f.Add("url,name,site\n" + sharedURL("a") + ",\"a\",\ufffe\u2028\n" + sharedURL("b") + ",\u0085,\x7f\n" + sharedURL("c") + "," + strings.Repeat("x", 256) + ",\n")
	f.Add("url;a\nhttps://a.example/\x00;b")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := ParseList([]byte(text))
		if err != nil {
			return
		}
		for _, l := range lines {
			if l.Err != nil && strings.Contains(l.Err.Error(), canary+canary) {
				t.Errorf("line %d: %v", l.Number, l.Err)
			}
		}
		choice := Choose(lines, nil, nil)
		if len(choice.New)+len(choice.Known)+len(choice.Wrong) != len(lines) {
			t.Errorf("a line is lost: %d of %d", len(choice.New)+len(choice.Known)+len(choice.Wrong), len(lines))
		}
		if len(choice.New) == 0 {
			return
		}
		var printers []Printer
		for _, p := range choice.New {
			printers = append(printers, p.Printer)
		}
		paths := NewPaths(filepath.Join(t.TempDir(), "config.yaml"), "", "")
		added, err := paths.Add(t.Context(), printers...)
		if err != nil {
			t.Fatal(err)
		}
		for i, target := range added.Targets {
			if target.Name != printers[i].Name || target.Address.Secret != printers[i].Connection.Address {
				t.Errorf("%q is configured as %q", printers[i].Name, target.Name)
			}
			for label, value := range printers[i].Labels {
				if target.Labels[label] != value {
					t.Errorf("%s: %q is configured as %q", label, value, target.Labels[label])
				}
			}
		}
		if _, _, err := config.Load(paths.Config); err != nil {
			t.Error(err)
		}
	})
}
