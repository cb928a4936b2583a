package fault

import (
	"cmp"
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

// Markdown returns the table as a document, docs/codes.md. The anchor of a section is its reason; runbook links of alerts
// use it.
func Markdown() string { return markdown(table) }

func markdown(rows []Row) string {
	var b strings.Builder
	b.WriteString(`# Layers and codes

<!-- Generated from the table in package fault by "go test ./fault -update". -->

A request reaches a layer only through all layers before it. A failure is the first layer that does not work: layers before it
are up, it is down, and layers after it are unknown. What is unknown is not exported.

| layer | what it tells | owner |
| --- | --- | --- |
`)
	for _, l := range Layers {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s | %s |\n", l, l, l.Question(), l.Owner())
	}
	b.WriteString(notes)
	b.WriteString("\n| code | reported by | layer | reason | backoff |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | [`%s`](#%s) | %s |\n", cmp.Or(r.Numbers(), "–"), r.From, r.Layer, r.Reason, r.Reason, r.BackoffText())
	}
	for _, l := range Layers {
		fmt.Fprintf(&b, "\n## %s\n\n%s Owner: %s.\n", l, l.Question(), l.Owner())
		writeSections(&b, rows, l)
	}
	return b.String()
}

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
