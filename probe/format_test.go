package probe

import (
	"fmt"
	"strings"
	"testing"
)

// TestFileNamesAreNotPrinted, with any verb, as part of a status or alone.
func TestFileNamesAreNotPrinted(t *testing.T) {
	l := begin()
	f, r := Judge(StatusRequest, attemptOf(200, strings.Replace(bodyWithTexts(`"v1.2.3"`, `"hidden-id"`, `"hidden-file"`, `"Busy"`, `null`), "paused", "printing", 1)))
	l.foldReading(StatusRequest, f, r)
	if l.Reading.FileName() != "hidden-file" || l.Reading.JobID() != "hidden-id" {
		t.Fatalf("the print is %q of %q", l.Reading.JobID(), l.Reading.FileName())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		for _, value := range []any{l.Status, &l.Status, l.Print, l.Reading} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "hidden") {
				t.Errorf("%s of %T: %s", verb, value, got)
			}
		}
	}
	if got := fmt.Sprintf("%+v", l.Status); !strings.Contains(got, "Busy") || !strings.Contains(got, "v1.2.3") {
		t.Errorf("too much is hidden: %s", got)
	}
}
