package cases

import (
	"cmp"
	"fmt"
	"strings"
)

// Figures are what was measured of a case; "" where it was not.
type Figures struct{ Time, Memory string }

// Begin and End enclose the table in docs/internals/hostile.md.
const (
	TableBegin = "<!-- cases -->\n"
	TableEnd   = "<!-- end -->"
)

// Markdown is the table of all cases, with the figures by the case's name.
func Markdown(figures map[string]Figures) string {
	var b strings.Builder
	b.WriteString("| case | what the relay does | over | verdict | time | memory |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, c := range All() {
		over := c.Protocols.String()
		verdicts := strings.ReplaceAll("`"+strings.Join(strings.Split(reasonsText(c.Reasons()), " or "), "` or `")+"`", "`none`", "good")
		f := figures[c.Name]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.Name, c.Description, over, verdicts, cmp.Or(f.Time, "–"), cmp.Or(f.Memory, "–"))
	}
	return b.String()
}

// ReadFigures reads the figures of a table that Markdown wrote.
func ReadFigures(table string) map[string]Figures {
	figures := map[string]Figures{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 6 {
			continue
		}
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		figures[cells[0]] = Figures{cells[4], cells[5]}
	}
	return figures
}
