package onboard

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"octoeverywhere_exporter/probe"
)

// secretFile is a file with one secret in it, and the key that names it.
type secretFile struct {
	ending string // of its name
	text   probe.Secret
}

// The endings of the files. Together they are all that a connection can have.
const (
	endAddress  = ".url"
	endToken    = ".token"
	endUser     = ".user"
	endPassword = ".password"
	endAppToken = ".app-token"
)

// secrets are the files that a connection needs.
func (c Connection) secrets() []secretFile {
	return slices.DeleteFunc([]secretFile{
		{endAddress, c.Address}, {endToken, c.Token}, {endUser, c.User}, {endPassword, c.Password}, {endAppToken, c.AppToken},
	}, func(f secretFile) bool { return f.text.Empty() })
}

// entry is the text of a printer's entry in a list, line by line, without indentation. path gives the path of the file with
// an ending, relative to the list.
func (c Connection) entry(name string, labels map[string]string, path func(ending string) string) []string {
	lines := []string{"- name: " + quoted(name), "  url_file: " + quoted(path(endAddress))}
	switch {
	case !c.Token.Empty():
		lines = append(lines, fmt.Sprintf("  authorization: {credentials_file: %s}", quoted(path(endToken))))
	case !c.User.Empty():
		lines = append(lines, fmt.Sprintf("  basic_auth: {username_file: %s, password_file: %s}", quoted(path(endUser)), quoted(path(endPassword))))
	}
	if !c.AppToken.Empty() {
		lines = append(lines, "  app_token_file: "+quoted(path(endAppToken)))
	}
	if len(labels) > 0 {
		var pairs []string
		for _, label := range slices.Sorted(maps.Keys(labels)) {
			pairs = append(pairs, label+": "+quoted(labels[label]))
		}
		lines = append(lines, "  labels: {"+strings.Join(pairs, ", ")+"}")
	}
	return lines
}

// quoted is a text as YAML reads it back, whatever is in it: JSON's strings are YAML's.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string always can be
	return strings.TrimSuffix(b.String(), "\n")
}

// maxStem is the most that the name of a secret file may hold before its ending, in bytes.
const maxStem = 64

// stem makes of a printer's name what the names of its files begin with: letters and digits of ASCII, dots, dashes and
// underscores, and neither a dot nor a dash first.
func stem(name string) string {
	s := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, name)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	s = strings.Trim(s[:min(len(s), maxStem)], ".-")
	if s == "" {
		return "printer"
	}
	return s
}

// freeStem is a stem with which no file begins that is taken.
func freeStem(name string, taken func(file string) bool) string {
	base := stem(name)
	for i := 1; ; i++ {
		s := base
		if i > 1 {
			s = fmt.Sprintf("%s-%d", base, i)
		}
		if !slices.ContainsFunc([]string{endAddress, endToken, endUser, endPassword, endAppToken}, func(ending string) bool { return taken(s + ending) }) {
			return s
		}
	}
}

// relative is a path as it is written in a file in folder: relative to that where it can be, with slashes.
func relative(folder, path string) string {
	if r, err := filepath.Rel(folder, path); err == nil {
		return filepath.ToSlash(r)
	}
	return path
}
