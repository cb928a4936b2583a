package probe

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// textsOf returns the texts of a reading, in the order of their rows.
func textsOf(r Reading) []string {
	return []string{r.PlatformVersion(), r.JobID(), r.FileName(), r.SubState(), r.ErrorText()}
}

// bodyWithTexts is a response with raw JSON values in the places of its texts.
func bodyWithTexts(platform, id, file, subState, problem string) string {
	return `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":` + subState + `,"Error":` + problem +
		`,"CurrentPrint":{"FileName":` + file + `}},"OctoEverywhereStatus":{"MostRecentPrintIdStr":` + id + `},"PlatformVersion":` + platform + `}}`
}

func TestTexts(t *testing.T) {
	long := strings.Repeat("x", maxText-1)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"all":         {bodyWithTexts(`"1.2.3"`, `"P1"`, `"a b.gcode"`, `"Filament Runout"`, `"AMS \"A\" is empty"`), []string{"1.2.3", "P1", "a b.gcode", "Filament Runout", `AMS "A" is empty`}},
		"null":        {bodyWithTexts(`null`, `null`, `null`, `null`, `null`), make([]string, textFields)},
		"other types": {bodyWithTexts(`1`, `true`, `[]`, `{"a":"b"}`, `2.5`), make([]string, textFields)},
		"absent":      {idle, make([]string, textFields)},
		"empty":       {bodyWithTexts(`""`, `" "`, `"\n"`, `"\u0000"`, `""`), make([]string, textFields)},
		"what cannot be shown": {
			bodyWithTexts(`" a\u0000b\n\u202e  c "`, `"\ud800a`+"\xff"+`"`, `"a\u001b[31mb"`, `"\ttwo\r\n\tlines\n"`, `"\ufffdé`+"\xc3"+`日"`),
			[]string{"ab c", "a", "a[31mb", "two lines", "é日"},
		},
		"long": {
			bodyWithTexts(`"`+long+`"`, `"`+long+`é"`, `"`+long+`yz"`, `"`+long+` z"`, `"`+long[2:]+`é日"`),
			[]string{long[:maxPlatform], long, long + "y", long, long[2:] + "é"},
		},
		"the last of equal keys counts": {
			`{"Status":200,"Result":{"PlatformVersion":"a","JobStatus":{"Error":"b","SubState":"c"},"JobStatus":{"SubState":"d","SubState":3},"PlatformVersion":"e"}}`,
			[]string{"e", "", "", "", ""},
		},
		"a print that is not known":   {bodyWithTexts(`"1.2"`, `"none"`, `"none"`, `null`, `"x"`), []string{"1.2", "", "none", "", "x"}},
		"a version that is not known": {bodyWithTexts(`"0.0.0"`, `"id"`, `null`, `null`, `"x"`), []string{"", "id", "", "", "x"}},
	} {
		f, r := Judge(StatusRequest, attemptOf(200, c.body))
		if d := cmp.Diff(c.want, textsOf(r)); d != "" || !f.None() {
			t.Errorf("%s: %s %s", name, f.Reason, d)
		}
	}
}

func TestPlatforms(t *testing.T) {
	for version, want := range map[string]Platform{
		"": UnknownPlatform, "0.0.0": UnknownPlatform,
		"01.08.02.00-BambuPrinters.A1": Bambu, "0.0.0-BambuPrinters.X1C": Bambu,
		"PrusaLink-Original Prusa XL": PrusaLink, "PrusaLink": PrusaLink,
		"Elegoo-Centauri": Elegoo, "Centauri Carbon 2-01.00.00.01-V1.0": Elegoo,
		"v0.12.0-271-gabcdef12": OtherPlatform, "1.10.0": OtherPlatform, "0.0.1": OtherPlatform,
	} {
		_, r := Judge(StatusRequest, attemptOf(200, bodyWithTexts(`"`+version+`"`, `null`, `null`, `null`, `null`)))
		if got := r.Platform(); got != want {
			t.Errorf("%q is %d, not %d", version, got, want)
		}
	}
}

// TestATextThatReflectsACredentialIsDropped, and the texts next to it are kept.
func TestATextThatReflectsACredentialIsDropped(t *testing.T) {
	const id, token = "id-0123456789abcdef", "token-0123456789abcdef"
	target := Target{
		Address:       NewAddress(&url.URL{Scheme: "https", Host: id + ".octoeverywhere.com"}),
		Authorization: NewSecret("Bearer " + token),
	}
	plain := []string{"1.2.3", "print-1", "part.gcode", "Busy", "Door open"}
	for i := range plain {
		for _, secret := range []string{"https://" + id, "Authorization: Bearer " + token, "to" + "\u0000" + token} {
			given, want := append([]string(nil), plain...), append([]string(nil), plain...)
			given[i], want[i] = secret, ""
			for j := range given {
				given[j] = `"` + strings.ReplaceAll(given[j], "\u0000", `\u0000`) + `"`
			}
			body := bodyWithTexts(given[0], given[1], given[2], given[3], given[4])
			r := target.Result(StatusRequest, begin().now, 0, attemptOf(200, body))
			if d := cmp.Diff(want, textsOf(r.Reading)); d != "" {
				t.Errorf("%s in %d: %s", secret, i, d)
			}
		}
	}
}

func TestTextsAreReplaced(t *testing.T) {
	var r Reading
	for i := range textFields {
		r.texts.set(platformField+Field(i), strings.Repeat("ab", i))
	}
	r.texts.set(fileNameField, "another")
	if d := cmp.Diff([]string{"", "ab", "another", "ababab", "abababab"}, textsOf(r)); d != "" {
		t.Error(d)
	}
	for i := range textFields {
		r.texts.set(platformField+Field(i), "")
	}
	if r != (Reading{}) {
		t.Errorf("without texts: %+v", r)
	}
}

// TestTextsTakeOneAllocation, all together.
func TestTextsTakeOneAllocation(t *testing.T) {
	a := attemptOf(200, bodyWithTexts(`"1.2.3"`, `"P1"`, `"a b.gcode"`, `"Filament Runout"`, `"empty"`))
	if n := testing.AllocsPerRun(100, func() { Judge(StatusRequest, a) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
