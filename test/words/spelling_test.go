package words

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// dictionary has the words, one per line, that hunspell does not know.
const dictionary = "test/words/dictionary.txt"

var (
	plainWord = regexp.MustCompile(`^[A-Z]?[a-z]+$`) // others are names
	links     = regexp.MustCompile(`<[^>\n]*>|https?://\S+`)
)

// TestSpelling of all Markdown, in American English.
func TestSpelling(t *testing.T) {
	hunspell := testkit.Tool(t, "hunspell")
	t.Chdir("../..")
	files, err := exec.Command("git", "ls-files", "*.md").Output()
	if err != nil {
		t.Skip("not a git repository: ", err)
	}
	known := map[string]bool{}
	for _, w := range readWords(t) {
		known[w] = true
	}
	texts := map[string]string{} // by file
	var all strings.Builder
	for path := range strings.Lines(string(files)) {
		path = strings.TrimSpace(path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = links.ReplaceAllString(prose(string(text)), " ")
		all.WriteString(texts[path] + "\n")
	}
	words := unknown(t, hunspell, all.String())
	slices.Sort(words)
	for _, w := range slices.Compact(words) {
		if w, _ = strings.CutSuffix(w, "'s"); plainWord.MatchString(w) && !known[w] && !known[strings.ToLower(w)] {
			t.Errorf("%s: %q is misspelled, or is a word for %s", place(texts, w), w, dictionary)
		}
	}
}

func readWords(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(dictionary)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Fields(string(text))
	if !slices.IsSorted(words) {
		t.Errorf("%s is not sorted", dictionary)
	}
	return words
}

// unknown returns the words in text that hunspell does not know.
func unknown(t *testing.T, hunspell, text string) []string {
	t.Helper()
	cmd := exec.Command(hunspell, "-d", "en_US", "-i", "UTF-8", "-l")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(out))
}

// place returns the files with a word, each with its first line.
func place(texts map[string]string, word string) string {
	var places []string
	of := regexp.MustCompile(`\b` + word + `\b`)
	for path, text := range texts {
		if at := of.FindStringIndex(text); at != nil {
			places = append(places, fmt.Sprintf("%s:%d", path, 1+strings.Count(text[:at[0]], "\n")))
		}
	}
	slices.Sort(places)
	return strings.Join(places, ", ")
}

func TestSpellCheckFindsTypos(t *testing.T) {
	got := unknown(t, testkit.Tool(t, "hunspell"), "The prniter is probed.")
	if !slices.Equal(got, []string{"prniter"}) {
		t.Errorf("got %q", got)
	}
}
