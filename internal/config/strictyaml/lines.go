package strictyaml

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// lines are the lines of a file, without line ends. As JSON, thousands of values can be on one line, so work per value must
// not depend on the length of its line.
type lines []line

type line struct {
	text  string
	runes []rune // set by lines.runes
}

func splitLines(text string) lines {
	split := strings.Split(text, "\n")
	all := make(lines, len(split))
	for i, s := range split {
		all[i].text = strings.TrimRight(s, "\r")
	}
	return all
}

// runes returns the characters of a line, nil if there is no such line. Lines count from 1.
func (l lines) runes(number int) []rune {
	if number < 1 || number > len(l) {
		return nil
	}
	at := &l[number-1]
	if at.runes == nil {
		at.runes = []rune(at.text)
	}
	return at.runes
}

// at returns the character at a mark, 0 if there is none.
func (l lines) at(m yaml.Mark) rune {
	if line := l.runes(m.Line); m.Column >= 1 && m.Column <= len(line) {
		return line[m.Column-1]
	}
	return 0
}

// maxPrefix is an upper bound of what precedes a value at its position: a quote, an anchor.
const maxPrefix = 64

// containValue reports whether the line on which a value starts contains all of it.
func (l lines) containValue(n *yaml.Node) bool {
	line := l.runes(n.Line)
	begin := min(max(n.Column-1, 0), len(line))
	end := min(begin+maxPrefix+len(n.Value), len(line))
	return strings.Contains(string(line[begin:end]), n.Value)
}
