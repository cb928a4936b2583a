package cases

import (
	"cmp"
	"fmt"
	"strings"
)

// Figures are the measured time and memory of a case; "" if not measured.
type Figures struct{ Time, Memory string }

// TableBegin and TableEnd enclose the table in docs/internals/hostile.md.
const (
	TableBegin = "<!-- cases -->\n"
	TableEnd   = "<!-- end -->"
)

// Markdown returns the table of all cases, with figures by the name of the case.
func Markdown(figures map[string]Figures) string {
	var b strings.Builder
	b.WriteString("| case | what the server does | protocol | verdict | time | memory |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, c := range All() {
		verdicts := strings.ReplaceAll("`"+strings.Join(strings.Split(reasonsText(c.Reasons()), " or "), "` or `")+"`", "`none`", "success")
		f := figures[c.Name]
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", c.Name, c.Description, c.Protocols, verdicts, cmp.Or(f.Time, "–"), cmp.Or(f.Memory, "–"))
	}
	return b.String()
}

// ReadFigures returns the figures in a table written by Markdown.
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
