package fault

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// TestEveryNumberIsAFault: each number from each source is a complete fault, and the number stays.
func TestEveryNumberIsAFault(t *testing.T) {
	numbers := []int{minInt, -785, -1, 0, 1, maxInt}
	for n := 100; n <= 999; n++ {
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		for name, f := range map[string]Fault{"http": FromHTTP(n), "plugin": FromPlugin(n)} {
			switch {
			case f.None():
				t.Errorf("%s %d is no fault", name, n)
			case f.CodeLabel() != strconv.Itoa(n):
				t.Errorf("%s %d has the code label %q", name, n, f.CodeLabel())
			case f.Layer < Network || f.Layer > Printer || f.Reason == "" || f.Backoff == 0 || f.Meaning == "" || f.Remedy == "":
				t.Errorf("%s %d is incomplete: %+v", name, n, f)
			}
		}
	}
}

func TestSingleNumbersTakePrecedence(t *testing.T) {
	type verdict struct {
		From    Source
		Layer   Layer
		Reason  string
		Backoff Backoff
	}
	for name, c := range map[string]struct {
		got  Fault
		want verdict
	}{
		"601":                   {FromHTTP(601), verdict{ByService, Plugin, "plugin_offline", BackoffNone}},
		"606":                   {FromHTTP(606), verdict{ByService, Access, "credentials_invalid", BackoffLong}},
		"first after the list":  {FromHTTP(614), verdict{ByService, Service, "unlisted_service_code", BackoffNone}},
		"last 6xx":              {FromHTTP(699), verdict{ByService, Service, "unlisted_service_code", BackoffNone}},
		"http 785 is no plugin": {FromHTTP(785), verdict{ByHTTP, Service, "unexpected_http_status", BackoffNone}},
		"http 204":              {FromHTTP(204), verdict{ByHTTP, Service, "unexpected_http_status", BackoffNone}},
		"http 302":              {FromHTTP(302), verdict{ByHTTP, Access, "redirected", BackoffShort}},
		"http 400":              {FromHTTP(400), verdict{ByHTTP, Service, "unexpected_http_status", BackoffNone}},
		"http 403":              {FromHTTP(403), verdict{ByHTTP, Access, "refused", BackoffLong}},
		"http 429":              {FromHTTP(429), verdict{ByHTTP, Service, "rate_limited", BackoffShort}},
		"http 502":              {FromHTTP(502), verdict{ByHTTP, Service, "upstream_error", BackoffNone}},
		"plugin 601":            {FromPlugin(601), verdict{ByPlugin, Plugin, "unlisted_plugin_code", BackoffNone}},
		"plugin 785":            {FromPlugin(785), verdict{ByPlugin, Host, "host_disconnected", BackoffShort}},
		"plugin 789":            {FromPlugin(789), verdict{ByPlugin, Host, "auth_invalid", BackoffLong}},
	} {
		got := verdict{c.got.From, c.got.Layer, c.got.Reason, c.got.Backoff}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestTheExportersFaultsAreInTheTable(t *testing.T) {
	for _, f := range []Fault{ResolveFailed, ConnectFailed, TLSFailed, NoAnswer, BrokenAnswer, NotTheAPI, MalformedAnswer, HostUnresponsive, PrinterError} {
		if f.None() || f.From != ByExporter || f.CodeLabel() != "" {
			t.Errorf("%+v", f)
		}
	}
}

// TestRowsAreSound: reasons are label values, each with one layer and backoff; texts are sentences; no number is there twice.
func TestRowsAreSound(t *testing.T) {
	word := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	byReason := map[string]Row{}
	for _, r := range Rows() {
		if !word.MatchString(r.Reason) {
			t.Errorf("reason %q is no label value", r.Reason)
		}
		if first, ok := byReason[r.Reason]; ok && (first.Layer != r.Layer || first.Backoff != r.Backoff || first.From != r.From) {
			t.Errorf("reason %s means two different things", r.Reason)
		}
		byReason[r.Reason] = r
		for what, s := range map[string]string{"meaning": r.Meaning, "remedy": r.Remedy} {
			if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, ".)") {
				t.Errorf("%s: the %s is no sentence: %q", r.Reason, what, s)
			}
		}
		for _, o := range Rows() {
			if o.Fault != r.Fault && !o.Unlisted() && !r.Unlisted() && o.From == r.From && o.From != ByExporter && o.Low == r.Low {
				t.Errorf("%s %d is in the table twice", r.From, r.Low)
			}
		}
	}
}

func TestNamesOutOfRangeAreEmpty(t *testing.T) {
	if got := Layer(99).String() + Layer(0).Question() + Layer(7).Owner() + Source(99).String() + Backoff(99).String(); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestRowsCannotBeChangedFromOutside(t *testing.T) {
	Rows()[0].Reason = "changed"
	if Rows()[0].Reason == "changed" {
		t.Error("Rows returns the table itself")
	}
}

func TestCodesDocumentIsUpToDate(t *testing.T) {
	testkit.Same(t, "../docs/codes.md", Markdown())
}

// TestANewFaultTouchesOnlyItsRow adds a row: lookup and document have it.
func TestANewFaultTouchesOnlyItsRow(t *testing.T) {
	added := one(ByService, 650, Access, "quota_used_up", BackoffLong, "The quota is used up.", "Wait until tomorrow.")
	rows := append(Rows(), added)
	if got := find(rows, ByService, 650); got != added.Fault || got.CodeLabel() != "650" {
		t.Errorf("found %+v", got)
	}
	text := markdown(rows)
	for _, want := range []string{
		"\n| service 650 | <a id=\"quota_used_up\"></a>`quota_used_up` | long | The quota is used up. *Wait until tomorrow.* |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the document does not have %q", want)
		}
	}
}
