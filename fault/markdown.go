package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Numbers returns the numbers of the row for people: "601", "3xx", "others", "" where there is none.
func (r Row) Numbers() string {
	switch {
	case r.From == ByExporter:
		return ""
	case !r.Unlisted():
		return r.CodeLabel()
	case r.From == ByService:
		return "other 6xx"
	case r.Low == minInt:
		return "others"
	}
	return fmt.Sprintf("%dxx", r.Low/100)
}

// Markdown returns the table as a document, docs/codes.md. The anchor of a section is its reason; runbook links of alerts
// use it.
func Markdown() string { return markdown(table) }

func markdown(rows []Row) string {
	var b strings.Builder
	b.WriteString(`# Layers and codes

<!-- Generated from the table in package fault by "go test ./fault -update". -->

A request reaches a layer only through all layers before it. A failure is the first layer that does not work: layers before it
are up, it is down, and layers after it are unknown. What is unknown is not exported.

| layer | question | owner |
| --- | --- | --- |
`)
	for _, l := range Layers {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", l, l, l.Question(), l.Owner())
	}
	b.WriteString(notes)
	b.WriteString("\n| code | reported by | layer | reason | backoff |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | [`%s`](#%s) | %s |\n", cmp.Or(r.Numbers(), "–"), r.From, r.Layer, r.Reason, r.Reason, r.Backoff)
	}
	for _, l := range Layers {
		fmt.Fprintf(&b, "\n## %s\n\n%s Owner: %s.\n", l, l.Question(), l.Owner())
		writeSections(&b, rows, l)
	}
	return b.String()
}

const notes = `
Backoff is how the time until the next ` + "`status`" + ` request grows: *none*: the printer's interval; *short*: it doubles up to 5 minutes;
*long*: it doubles up to 30 minutes, and a reload that changes the printer's entry or its credential files ends it;
*retry-after*: as the response says, at most 30 minutes. During the backoff of a host fault, ` + "`ping`" + ` is sent at the interval.

Notes:

- ` + "`idle`" + ` can also mean that Klipper has shut down: Moonraker still responds, and the plugin reports idle.
- Bambu Lab printers report ` + "`error`" + ` when a user paused the print.
- The status of Bambu Lab, Elegoo and PrusaLink printers can come from the plugin's cache and be up to 55 seconds old.
- 789 exists since the plugin of June 2026; older plugins report 785. OctoPrint without its serial connection is 785 since
  31 July 2026; before, it was idle.
- The label ` + "`code`" + ` has the reported number. Each printer has at most 20 different ones; any more are ` + "`other`" + `.
`

// writeSections writes one section per reason of a layer.
func writeSections(b *strings.Builder, rows []Row, l Layer) {
	for i, r := range rows {
		if r.Layer != l || slices.ContainsFunc(rows[:i], func(o Row) bool { return o.Reason == r.Reason }) {
			continue
		}
		fmt.Fprintf(b, "\n### <a id=%q></a>`%s`\n", r.Reason, r.Reason)
		for _, same := range rows[i:] {
			if same.Reason != r.Reason {
				continue
			}
			number := ""
			if n := same.Numbers(); n != "" {
				number = "**" + n + "** "
			}
			fmt.Fprintf(b, "\n%s%s\n\n*What to do:* %s\n", number, same.Meaning, same.Remedy)
		}
	}
}
