package config

import (
	"regexp"
	"strings"
)

var keyLine = regexp.MustCompile(`^([a-z_]+):(?:[ \t]+(.*))?$`)

// guess makes the excerpt of a line that could not be read: a key of the table and, where that key is harmless anywhere, its
// value; nothing else.
func (x *excerpt) guess(line []rune) {
	body := strings.TrimLeft(string(line), " \t-")
	before := len(line) - len([]rune(body))
	parts := keyLine.FindStringSubmatch(body)
	text := hidden
	switch {
	case strings.Trim(body, " \t[]{},:") == "":
		text = body
	case parts == nil:
	case !knownAnywhere(parts[1]):
		text = hidden + ": " + hidden
	case parts[2] == "":
		text = parts[1] + ":"
	case harmlessEverywhere(parts[1]) && showable(parts[2]) && !strings.ContainsAny(parts[2], ":#"):
		text = parts[1] + ": " + parts[2]
	default:
		text = parts[1] + ": " + hidden
	}
	x.text = append(lead(line, before+1), []rune(text)...)
	for i := range before + 1 {
		x.columns[i+1] = i
	}
}

func knownAnywhere(name string) bool {
	for _, s := range sections {
		if find(s.keys, name) != nil {
			return true
		}
	}
	return false
}

func harmlessEverywhere(name string) bool {
	for _, s := range sections {
		if k := find(s.keys, name); k != nil && k.kind != word && k.kind != duration && k.kind != boolean {
			return false
		}
	}
	return true
}
