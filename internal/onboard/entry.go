package onboard

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"octoeverywhere_exporter/probe"
)

// secretFile is a file with a single secret.
type secretFile struct {
	suffix string // of its name
	text   probe.Secret
}

// The suffixes of the secret files that a connection can have.
const (
	addressSuffix  = ".url"
	tokenSuffix    = ".token"
	userSuffix     = ".user"
	passwordSuffix = ".password"
	appTokenSuffix = ".app-token"
)

// secretFiles returns the files that the connection needs.
func (c Connection) secretFiles() []secretFile {
	return slices.DeleteFunc([]secretFile{
		{addressSuffix, c.Address}, {tokenSuffix, c.Token}, {userSuffix, c.User}, {passwordSuffix, c.Password}, {appTokenSuffix, c.AppToken},
	}, func(f secretFile) bool { return f.text.Empty() })
}

// entry returns the lines of a printer's entry, without indentation. path returns the path of the file with a suffix, relative
// to the printer file.
func (p Printer) entry(path func(suffix string) string) []string {
	c := p.Connection
	lines := []string{"- name: " + quote(p.Name), "  url_file: " + quote(path(addressSuffix))}
	switch {
	case !c.Token.Empty():
		lines = append(lines, fmt.Sprintf("  authorization: {credentials_file: %s}", quote(path(tokenSuffix))))
	case !c.User.Empty():
		lines = append(lines, fmt.Sprintf("  basic_auth: {username_file: %s, password_file: %s}", quote(path(userSuffix)), quote(path(passwordSuffix))))
	}
	if !c.AppToken.Empty() {
		lines = append(lines, "  app_token_file: "+quote(path(appTokenSuffix)))
	}
	if len(p.Labels) > 0 {
		var pairs []string
		for _, label := range slices.Sorted(maps.Keys(p.Labels)) {
			pairs = append(pairs, label+": "+quote(p.Labels[label]))
		}
		lines = append(lines, "  labels: {"+strings.Join(pairs, ", ")+"}")
	}
	return lines
}

// quote returns a string as YAML. The escapes of Go are escapes of YAML, too, and no character is left that YAML cannot hold.
func quote(text string) string { return strconv.Quote(text) }

// maxPrefix is the maximum length of a secret file's name without its suffix, in bytes.
const maxPrefix = 64

// filePrefix derives the prefix of file names from a printer's name: ASCII letters and digits, dots, dashes and underscores,
// with neither a dot nor a dash at the start.
func filePrefix(name string) string {
	s := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' {
			return r
		}
		return '-'
	}, name)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	s = strings.Trim(s[:min(len(s), maxPrefix)], ".-")
	if s == "" {
		return "printer"
	}
	return s
}

// uniquePrefix returns a prefix for which no secret file exists.
func uniquePrefix(name string, exists func(file string) bool) string {
	base := filePrefix(name)
	for i := 1; ; i++ {
		prefix := base
		if i > 1 {
			prefix = fmt.Sprintf("%s-%d", base, i)
		}
		suffixes := []string{addressSuffix, tokenSuffix, userSuffix, passwordSuffix, appTokenSuffix}
		if !slices.ContainsFunc(suffixes, func(suffix string) bool { return exists(prefix + suffix) }) {
			return prefix
		}
	}
}

// relativePath returns a path relative to a directory if possible, with slashes.
func relativePath(directory, path string) string {
	if r, err := filepath.Rel(directory, path); err == nil {
		return filepath.ToSlash(r)
	}
	return path
}
