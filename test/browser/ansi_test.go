package browser

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// terminalPage renders the output of a terminal as HTML.
func terminalPage(text string) string {
	return `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>terminal</title><style>
body { margin: 0; background: #0d1117; }
pre { display: inline-block; margin: 0; padding: 18px 24px; color: #e6edf3; font: 14px/1.45 "DejaVu Sans Mono", monospace; }
.b { font-weight: 700; } .d { opacity: .65; } .i { font-style: italic; } .u { text-decoration: underline; }
.c0 { color: #6e7681; } .c1 { color: #ff7b72; } .c2 { color: #3fb950; } .c3 { color: #f2cc60; } .c4 { color: #6cb6ff; } .c5 { color: #d2a8ff; } .c6 { color: #56d4dd; } .c7 { color: #e6edf3; }
</style><pre>` + ansiHTML(strings.TrimRight(text, "\n")) + `</pre></html>`
}

// escapeSequence matches control sequences of ECMA-48. SGR (m) sets colors; the others are removed.
var escapeSequence = regexp.MustCompile("\x1b\\[([0-9;?]*)([A-Za-z])")

// ansiHTML converts colored text to HTML. Text that a carriage return has overwritten is removed.
func ansiHTML(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if last := strings.LastIndexByte(line, '\r'); last >= 0 {
			line = line[last+1:]
		}
		writeLine(&b, line)
	}
	return b.String()
}

func writeLine(b *strings.Builder, line string) {
	var classes []string
	write := func(text string) {
		switch {
		case text == "":
		case len(classes) == 0:
			b.WriteString(html.EscapeString(text))
		default:
			b.WriteString(`<span class="` + strings.Join(classes, " ") + `">` + html.EscapeString(text) + "</span>")
		}
	}
	at := 0
	for _, m := range escapeSequence.FindAllStringSubmatchIndex(line, -1) {
		write(line[at:m[0]])
		at = m[1]
		if line[m[4]:m[5]] == "m" {
			classes = styled(classes, line[m[2]:m[3]])
		}
	}
	write(line[at:])
}

// styled are the classes after an SGR sequence.
func styled(classes []string, parameters string) []string {
	plain := map[int]string{1: "b", 2: "d", 3: "i", 4: "u"}
	for p := range strings.SplitSeq(parameters, ";") {
		n, _ := strconv.Atoi(p) // an absent parameter is 0
		switch {
		case n == 0:
			classes = nil
		case plain[n] != "":
			classes = append(classes, plain[n])
		case n == 22 || n == 39:
			classes = without(classes, n == 39)
		case n >= 30 && n <= 37:
			classes = append(without(classes, true), "c"+strconv.Itoa(n-30))
		case n >= 90 && n <= 97:
			classes = append(without(classes, true), "c"+strconv.Itoa(n-90))
		}
	}
	return classes
}

// without removes the color, or all other classes.
func without(classes []string, color bool) (kept []string) {
	for _, c := range classes {
		if isColor := len(c) == 2; isColor != color {
			kept = append(kept, c)
		}
	}
	return kept
}

func TestANSIToHTML(t *testing.T) {
	for text, want := range map[string]string{
		"plain <b> & more":                 "plain &lt;b&gt; &amp; more",
		"\x1b[31mred\x1b[0m not":           `<span class="c1">red</span> not`,
		"\x1b[1;92mbold green\x1b[22m on":  `<span class="b c2">bold green</span><span class="c2"> on</span>`,
		"\x1b[2mdim\x1b[39mdim\x1b[m none": `<span class="d">dim</span><span class="d">dim</span> none`,
		"\x1b[33my\x1b[34mb":               `<span class="c3">y</span><span class="c4">b</span>`,
		"12 of 24\r\x1b[K24 of 24\r\nend":  "24 of 24\nend",
	} {
		if got := ansiHTML(text); got != want {
			t.Errorf("%q is %s, not %s", text, got, want)
		}
	}
}
