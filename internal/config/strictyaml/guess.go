package strictyaml

import (
	"regexp"
	"strings"
)

var keyLine = regexp.MustCompile(`^([a-z_]+):(?:[ \t]+(.*))?$`)

// guessSnippet makes the snippet of a line of a file that is not valid YAML: a key of the table, its value if the key is
// public in every section, and nothing else.
func (s *Schema) guessSnippet(x *snippet, line []rune) {
	body := strings.TrimLeft(string(line), " \t-")
	before := len(line) - len([]rune(body))
	parts := keyLine.FindStringSubmatch(body)
	text := redacted
	switch {
	case strings.Trim(body, " \t[]{},:") == "":
		text = body
	case parts == nil:
	case !s.isKnownKey(parts[1]):
		text = redacted + ": " + redacted
	case parts[2] == "":
		text = parts[1] + ":"
	case s.isPublicKey(parts[1]) && s.IsPrintable(parts[2]) && !strings.ContainsAny(parts[2], ":#"):
		text = parts[1] + ": " + parts[2]
	default:
		text = parts[1] + ": " + redacted
	}
	x.text = append(indentation(line, before+1), []rune(text)...)
	for i := range before + 1 {
		x.columns[i+1] = i
	}
}

func (s *Schema) isKnownKey(name string) bool {
	for _, section := range s.Sections {
		if Find(section.Keys, name) != nil {
			return true
		}
	}
	return false
}

// isPublicKey reports whether the values of a key are public in every section that has it.
func (s *Schema) isPublicKey(name string) bool {
	for _, section := range s.Sections {
		if k := Find(section.Keys, name); k != nil && k.Kind != String && k.Kind != Duration && k.Kind != Bool {
			return false
		}
	}
	return true
}
