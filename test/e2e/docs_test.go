package e2e

import (
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

var (
	fenced   = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	link     = regexp.MustCompile(`(?:\]\(|src=")([^)"\s]+)[)"]`)
	headings = regexp.MustCompile(`(?m)^#+ +(.*)$`)
	anchors  = regexp.MustCompile(`<a id="([^"]+)">`)
	notInID  = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// TestDocumentsLinkToWhatExists follows each relative link of each document: to a file of the repository, and to a heading
// or anchor in it.
func TestDocumentsLinkToWhatExists(t *testing.T) {
	for file, text := range documents(t) {
		for _, to := range links(file, text) {
			target, anchor, _ := strings.Cut(to, "#")
			if _, err := os.Stat(filepath.FromSlash(target)); err != nil {
				t.Errorf("%s links to %s, which is not there", file, target)
				continue
			}
			if anchor != "" && !anchorsIn(t, target)[anchor] {
				t.Errorf("%s links to %s, which has no such heading", file, to)
			}
		}
	}
}

// TestDocumentsNameFilesThatExist: the paths of this repository in text and commands; a name with * is a pattern.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	named := regexp.MustCompile(`(?m)(?:^|[\s` + "`" + `(])((?:deploy|test|docs|internal|probe|fault|collector)/[\w.*/-]+)`)
	found := 0
	for file, text := range documents(t) {
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			found++
			if paths, err := filepath.Glob(strings.TrimRight(m[1], ".")); err != nil || len(paths) == 0 {
				t.Errorf("%s names %s, which does not exist", file, m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d paths are named", found)
	}
}

// TestDocumentedShellParses: a shell accepts each block of commands, and the Makefile has each target that is named.
func TestDocumentedShellParses(t *testing.T) {
	bash := testkit.Tool(t, "bash")
	makefile := readText(t, "Makefile")
	block, target := regexp.MustCompile("(?ms)^```sh\n(.*?)^```$"), regexp.MustCompile("`make ([a-z]+)")
	blocks, targets := 0, 0
	for file, text := range documents(t) {
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			blocks++
			cmd := exec.CommandContext(t.Context(), bash, "-n")
			cmd.Stdin = strings.NewReader(m[1])
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s%s", file, err, out, m[1])
			}
		}
		for _, m := range target.FindAllStringSubmatch(text, -1) {
			targets++
			if !strings.Contains("\n"+makefile, "\n"+m[1]+":") {
				t.Errorf("%s names make %s, which does not exist", file, m[1])
			}
		}
	}
	if blocks < 20 || targets < 5 {
		t.Errorf("only %d blocks of commands and %d targets", blocks, targets)
	}
}

// TestEachDocumentIsReachable by links from README.md.
func TestEachDocumentIsReachable(t *testing.T) {
	all := documents(t)
	reached := map[string]bool{"README.md": true}
	for next := []string{"README.md"}; len(next) > 0; next = next[1:] {
		for _, to := range links(next[0], all[next[0]]) {
			target, _, _ := strings.Cut(to, "#")
			if _, isDocument := all[target]; isDocument && !reached[target] {
				reached[target] = true
				next = append(next, target)
			}
		}
	}
	for file := range all {
		if !reached[file] {
			t.Errorf("no links lead from README.md to %s", file)
		}
	}
}

// documents are all Markdown files of the repository, by their path with slashes.
func documents(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(".", func(file string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == "out" || e.Name() == "dist" || file != "." && strings.HasPrefix(e.Name(), ".")):
			return fs.SkipDir
		case filepath.Ext(file) == ".md":
			text, err := os.ReadFile(file)
			all[filepath.ToSlash(file)] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// links are the relative links of a document, as paths from the top of the repository.
func links(file, text string) (all []string) {
	for _, m := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		u, err := url.Parse(m[1])
		if err != nil || u.Scheme != "" || u.Host != "" {
			continue
		}
		target := file
		if u.Path != "" {
			target = path.Join(path.Dir(file), u.Path)
		}
		if u.Fragment != "" {
			target += "#" + u.Fragment
		}
		all = append(all, target)
	}
	return all
}

// anchorsIn returns the fragments that a link to a document may have: its headings as GitHub converts them, and its anchors.
func anchorsIn(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, m := range headings.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
		all[strings.ReplaceAll(notInID.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	for _, m := range anchors.FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = true
	}
	return all
}
