// Package words checks the language of what users read: documents, help, pages, log messages, errors, metrics and alerts.
package words

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const list = "test/words/words.txt"

// rule is a row of the list.
type rule struct {
	word    *regexp.Regexp
	write   string // instead
	why     string
	allowed []*regexp.Regexp // phrases in which the word is right
}

// compile returns a case-insensitive expression. Lines of text can be wrapped, also in comments.
func compile(t *testing.T, text string) *regexp.Regexp {
	t.Helper()
	e, err := regexp.Compile(`(?i)` + strings.ReplaceAll(text, " ", `(?:[ \t]|\n[ \t#>/]*)+`))
	if err != nil {
		t.Fatalf("%s: %v", list, err)
	}
	return e
}

func readRules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if phrase, ok := strings.CutPrefix(line, "\tok: "); ok {
			r := &rules[len(rules)-1]
			r.allowed = append(r.allowed, compile(t, phrase))
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		word, rest, ok := strings.Cut(line, " -> ")
		write, why, ok2 := strings.Cut(rest, " ; ")
		if !ok || !ok2 {
			t.Fatalf("%s: not REGEXP -> WHAT TO WRITE ; WHY: %s", list, line)
		}
		rules = append(rules, rule{word: compile(t, `\b(?:`+word+`)\b`), write: write, why: why})
	}
	return rules
}

// find returns the places in text that break a rule.
func (r rule) find(text string) (found [][]int) {
	for _, at := range r.word.FindAllStringIndex(text, -1) {
		if !r.allows(text, at) {
			found = append(found, at)
		}
	}
	return found
}

func (r rule) allows(text string, at []int) bool {
	for _, phrase := range r.allowed {
		for _, in := range phrase.FindAllStringIndex(text, -1) {
			if in[0] <= at[0] && at[1] <= in[1] {
				return true
			}
		}
	}
	return false
}

// check returns a line for each place in text that breaks a rule. The text begins on a line of a file.
func check(rules []rule, file string, line int, text string) (problems []string) {
	for _, r := range rules {
		for _, at := range r.find(text) {
			found := strings.Join(strings.Fields(text[at[0]:at[1]]), " ")
			problems = append(problems, fmt.Sprintf("%s:%d: %q: write %s: %s",
				file, line+strings.Count(text[:at[0]], "\n"), found, r.write, r.why))
		}
	}
	return problems
}

// TestWords reads all documents, templates and YAML files, and the string literals of the program.
func TestWords(t *testing.T) {
	t.Chdir("../..")
	rules := readRules(t)
	files, err := exec.Command("git", "ls-files").Output()
	if err != nil {
		t.Skip("not a git repository: ", err)
	}
	read := map[string]int{}
	for path := range strings.Lines(string(files)) {
		path = strings.TrimSpace(path)
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) || strings.Contains(path, "testdata/") || strings.Contains(path, "/crds/") {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var problems []string
		switch ext := filepath.Ext(path); ext {
		case ".md":
			problems = check(rules, path, 1, prose(string(text)))
		case ".yml", ".yaml", ".html", ".tpl", ".tmpl", ".json", ".1", ".service":
			problems = check(rules, path, 1, string(text))
		case ".go":
			if strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "test/") {
				continue
			}
			problems = checkLiterals(t, rules, path, text)
		default:
			continue
		}
		read[filepath.Ext(path)]++
		for _, p := range problems {
			t.Error(p)
		}
	}
	if read[".md"] < 20 || read[".go"] < 100 || read[".html"] < 4 || read[".yml"] < 4 {
		t.Errorf("too few files were read: %v", read)
	}
}

var codeBlocks = regexp.MustCompile("(?ms)^ *```.*?^ *```|`[^`\n]*`|\\]\\([^)\n]*\\)")

// prose is Markdown without code and targets of links, with all lines.
func prose(text string) string {
	return codeBlocks.ReplaceAllStringFunc(text, func(code string) string {
		return "`" + strings.Repeat("\n", strings.Count(code, "\n"))
	})
}

// name matches string literals that are a name.
var name = regexp.MustCompile(`^[\w.:/*-]*$`)

func checkLiterals(t *testing.T, rules []rule, path string, source []byte) (problems []string) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && !name.MatchString(text) {
			problems = append(problems, check(rules, path, files.Position(literal.Pos()).Line, text)...)
		}
		return true
	})
	return problems
}

func TestRulesFindWordsAndAllowPhrases(t *testing.T) {
	t.Chdir("../..")
	rules := readRules(t)
	for text, want := range map[string]string{
		"The printer gives no\n  answer.":               `x.md:2: "answer": write response, respond: it is an HTTP response`,
		"12 bytes a\n# probe":                           `x.md:1: "bytes a # probe": write per: a ratio is written with per`,
		"See the reason `no_answer`.":                   "",
		"Frequently asked\nquestions":                   "",
		"```\nno answer\n```\nIt is probed once a day.": "",
		"```\n\n```\nAgain and again.":                  `x.md:4: "Again and again": write repeatedly: one word is enough`,
		"[text](the/question.md)":                       "",
	} {
		if got := strings.Join(check(rules, "x.md", 1, prose(text)), "\n"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
