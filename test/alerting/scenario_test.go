package alerting

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// scenario is an incident and the notifications that a person on call expects of it.
type scenario struct {
	name string
	want counts
	run  func(w *world)
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(1000) // memory is cheaper here than processor time
	os.Exit(m.Run())
}

// parts are all scenarios, in the order of the document.
var parts = []struct {
	name, title string
	scenarios   []scenario
}{
	{"Prints", "Prints", printScenarios},
	{"Fleets", "Fleets and printers", fleetScenarios},
	{"Batches", "Several prints of a site", batchScenarios},
	{"Sizes", "Small fleets, long intervals", sizeScenarios},
	{"Repeated", "What fails repeatedly", repeatedScenarios},
	{"Overlaps", "Failures that overlap or change", overlapScenarios},
	{"Machinery", "The exporter, Prometheus and Alertmanager", machineryScenarios},
	{"Starts", "Starts, targets, shards and clocks", startScenarios},
}

// TestScenarios plays all scenarios.
func TestScenarios(t *testing.T) {
	for _, part := range parts {
		t.Run(part.name, func(t *testing.T) { playAll(t, part.scenarios) })
	}
}

func playAll(t *testing.T, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			in := play(t, s)
			if in.got != s.want {
				t.Errorf("got  %+v\nwant %+v\n%s", in.got, s.want, strings.Join(in.lines, "\n"))
			}
			for _, text := range in.texts {
				if strings.Contains(text, "<no value>") || strings.Contains(text, "error expanding") || strings.Contains(text, "NaN") {
					t.Errorf("text not expanded: %s", text)
				}
			}
			t.Log("\n" + strings.Join(in.lines, "\n"))
		})
	}
}

// TestDocument compares the table in docs/internals/alerting.md with the scenarios.
func TestDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(documentHead)
	for _, part := range parts {
		fmt.Fprintf(&b, "\n## %s\n\n| incident | pages | tickets | chats | resolved pages |\n| --- | --- | --- | --- | --- |\n", part.title)
		for _, s := range part.scenarios {
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", s.name, s.want.pages, s.want.tickets, s.want.chats, s.want.pagesResolved)
		}
	}
	const path = "../../docs/internals/alerting.md"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != b.String() {
		t.Errorf("%s is out of date: UPDATE=1 go test -run Document . (%v)", path, err)
	}
}

const documentHead = `# How the alerts are tested

<!-- Generated from test/alerting by "UPDATE=1 go test -run Document .". -->

Each incident below is played in fake time: a simulated relay, the real exporter with its storage, Prometheus' rule engine with the
shipped rules, and Alertmanager's dispatcher, inhibition and notification pipeline with the shipped routes. The numbers are those of
notifications that reach a person: the first about an alert, and, for pages, those that say that it is resolved. A page that is resolved
although its cause lasts would be counted, so each number is also a test that nothing is resolved falsely.

Prometheus has the flags of [the alerts](../alerting.md), scrapes and evaluates once per minute, and once per five minutes in long quiet
times. In contrast to the real servers, there is no network between them, and groups of rules are evaluated at the same time, recording
rules first. [Rule tests](../../deploy/prometheus/tests) for promtool cover each alert by itself.

` + "```sh" + `
cd test/alerting && go test .
` + "```" + `

A month of a healthy fleet is played as well: 1,000 printers at ten sites print every day and are switched off every night, at half of
the sites with the computers of their plugins. Nobody gets a page or a ticket. By default, two days of 60 printers are played. The month
takes 52 minutes of CPU time:

` + "```sh" + `
LONG_TESTS=1 go test -run TestMonth -timeout 4h -v .
` + "```" + `
`
