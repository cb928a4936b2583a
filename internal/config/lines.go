package config

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// lines are the lines of a file, without their ends. A whole fleet can stand on one, as JSON: nothing is done with a line
// once a node that takes longer the longer the line is.
type lines []line

type line struct {
	text string
	wide []rune // the characters, once they are asked for
}

func splitLines(text string) lines {
	split := strings.Split(text, "\n")
	all := make(lines, len(split))
	for i, s := range split {
		all[i].text = strings.TrimRight(s, "\r")
	}
	return all
}

// runes are the characters of a line, none where there is no such line. Lines count from 1.
func (l lines) runes(number int) []rune {
	if number < 1 || number > len(l) {
		return nil
	}
	this := &l[number-1]
	if this.wide == nil {
		this.wide = []rune(this.text)
	}
	return this.wide
}

// at is the character at a place, 0 where there is none.
func (l lines) at(m yaml.Mark) rune {
	if line := l.runes(m.Line); m.Column >= 1 && m.Column <= len(line) {
		return line[m.Column-1]
	}
	return 0
}

// maxAnchor is more than what may stand between the place of a text and the text: quotes, an anchor.
const maxAnchor = 64

// holdWhole reports whether the whole of a text stands on the line where it begins.
func (l lines) holdWhole(n *yaml.Node) bool {
	line := l.runes(n.Line)
	begin := min(max(n.Column-1, 0), len(line))
	end := min(begin+maxAnchor+len(n.Value), len(line))
	return strings.Contains(string(line[begin:end]), n.Value)
}
