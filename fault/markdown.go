package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Numbers is what the row stands for, as text for people: "601", "3xx", "others", "" where there is no number.
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

// Markdown is the whole table as a document, docs/codes.md. A reason's section has the reason as its anchor, which is
// what alerts' runbook links name.
func Markdown() string {
	var b strings.Builder
	b.WriteString(`# Layers and codes

<!-- Made from the table in package fault; "go test ./fault -update" rewrites it. -->

A request reaches a layer only through all before it. A failure is the first layer that did not work: layers before it are
up, it is down, layers after it are unknown, and what is unknown is not exported.

| layer | its question | who mends it |
| --- | --- | --- |
`)
	for _, l := range Layers {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", l, l, l.Question(), l.Owner())
	}
	b.WriteString(aboutBackoff)
	b.WriteString("\n| code | reported by | layer | reason | pause |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range table {
		fmt.Fprintf(&b, "| %s | %s | %s | [`%s`](#%s) | %s |\n", cmp.Or(r.Numbers(), "–"), r.From, r.Layer, r.Reason, r.Reason, r.Backoff)
	}
	for _, l := range Layers {
		fmt.Fprintf(&b, "\n## %s\n\n%s Owner: %s.\n", l, l.Question(), l.Owner())
		writeSections(&b, l)
	}
	return b.String()
}

const aboutBackoff = `
Backoff says when ` + "`status`" + ` is requested again: *none* at the printer's interval; *short* after an interval that doubles up to 5
minutes; *long* the same up to 30 minutes, and at once when a reload changes the printer's entry or its credential files;
*retry-after* as the response says, at most 30 minutes. While the backoff of a host fault lasts, ` + "`ping`" + ` goes on at the interval.

Things to know when you read a verdict:

- ` + "`idle`" + ` can also mean that Klipper has shut down: Moonraker still answers, and the plugin reports idle.
- Bambu Lab printers report ` + "`error`" + ` when a user paused the print.
- Bambu Lab, Elegoo and PrusaLink printers can be reported from the plugin's memory, up to 55 seconds old.
- 789 exists since the plugin of June 2026; before, the same printers are 785. OctoPrint without its serial link is 785 since
  31 July 2026; before, it is idle.
- A number that is reported is in the label ` + "`code`" + `. One printer has at most 20 different ones; further ones are ` + "`other`" + `.
`

// writeSections writes a section for each reason of a layer. Rows that share a reason share its section.
func writeSections(b *strings.Builder, l Layer) {
	for i, r := range table {
		if r.Layer != l || slices.ContainsFunc(table[:i], func(o Row) bool { return o.Reason == r.Reason }) {
			continue
		}
		fmt.Fprintf(b, "\n### <a id=%q></a>`%s`\n", r.Reason, r.Reason)
		for _, same := range table[i:] {
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
