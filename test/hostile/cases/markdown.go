package cases

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Figures are the maximum time and memory of a group; "" if not measured.
type Figures struct{ Time, Memory string }

// TableBegin and TableEnd enclose the table in docs/internals/hostile.md.
const (
	TableBegin = "<!-- cases -->\n"
	TableEnd   = "<!-- end -->"
)

// maxVerdicts is the maximum number of verdicts that the table lists for a group.
const maxVerdicts = 5

// Markdown returns the table of all groups, with figures by the name of the group.
func Markdown(figures map[string]Figures) string {
	var b strings.Builder
	b.WriteString("| kind | cases | verdicts | time | memory |\n| --- | ---: | --- | ---: | ---: |\n")
	for _, g := range Groups() {
		f := figures[g.Name]
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s |\n", g.Name, len(g.Cases), verdictsText(g.Cases), cmp.Or(f.Time, "–"), cmp.Or(f.Memory, "–"))
	}
	return b.String()
}

// verdictsText returns the correct verdicts of cases, in the order of the cases.
func verdictsText(cases []Case) string {
	var verdicts []string
	for _, c := range cases {
		for _, reason := range c.Reasons() {
			verdict := "success"
			if reason != "" {
				verdict = "`" + reason + "`"
			}
			if !slices.Contains(verdicts, verdict) {
				verdicts = append(verdicts, verdict)
			}
		}
	}
	if len(verdicts) > maxVerdicts {
		return fmt.Sprintf("%d, by status or code", len(verdicts))
	}
	return strings.Join(verdicts, ", ")
}

// ReadFigures returns the figures in a table written by Markdown.
func ReadFigures(table string) map[string]Figures {
	figures := map[string]Figures{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		figures[cells[0]] = Figures{cells[3], cells[4]}
	}
	return figures
}
