package fault

import (
	"fmt"
	"slices"
	"strings"
)

// Numbers returns the numbers of the row for people: "601", "3xx", "400–599", "any", "others", "" where there is none.
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
	case r.Low > r.High:
		return "any"
	case r.High-r.Low < 100:
		return fmt.Sprintf("%dxx", r.Low/100)
	}
	return fmt.Sprintf("%d–%d", r.Low, r.High)
}

// BackoffText returns the row's backoff for people.
func (r Row) BackoffText() string {
	if r.From == ByHTTP && HonorsRetryAfter(r.Low) && HonorsRetryAfter(r.High) {
		return "Retry-After, otherwise " + r.Backoff.String()
	}
	return r.Backoff.String()
}

// Markdown returns the table as a document, docs/codes.md. The anchor of a row is its reason; runbook links of alerts
// use it.
func Markdown() string { return markdown(table) }

func markdown(rows []Row) string {
	var b strings.Builder
	b.WriteString(`# Layers and codes

<!-- Generated from the table in package fault by "go test ./fault -update". -->

A request reaches a layer only through all layers before it. A failure is the first layer that does not work: layers before it
are up, it is down, and layers after it are unknown. What is unknown is not exported. ~octoeverywhere_exporter codes 785~ explains a code.
`)
	for _, l := range Layers {
		fmt.Fprintf(&b, "\n## %s\n\n%s Owner: %s.\n\n| from | reason | backoff | meaning, *remedy* |\n| --- | --- | --- | --- |\n", l, l.Question(), l.Owner())
		writeRows(&b, rows, l)
	}
	b.WriteString(notes)
	return strings.ReplaceAll(b.String(), "~", "`")
}

// writeRows writes the rows of a layer. The first one of a reason has its anchor.
func writeRows(b *strings.Builder, rows []Row, l Layer) {
	for i, r := range rows {
		if r.Layer != l {
			continue
		}
		anchor := fmt.Sprintf("<a id=%q></a>", r.Reason)
		if slices.ContainsFunc(rows[:i], func(o Row) bool { return o.Reason == r.Reason }) {
			anchor = ""
		}
		from := r.From.String()
		if n := r.Numbers(); n != "" {
			from += " " + n
		}
		fmt.Fprintf(b, "| %s | %s`%s` | %s | %s *%s* |\n", from, anchor, r.Reason, r.BackoffText(), r.Meaning, r.Remedy)
	}
}
