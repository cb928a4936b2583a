package cli

import (
	"cmp"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// redacted replaces what is not shown.
const redacted = "<secret>"

var (
	// addressPattern matches printer addresses on a command line, where they are in the wrong place.
	addressPattern = regexp.MustCompile(`(?i)[^\s"'=]*(?:[a-z]+://|octoeverywhere\.com)[^\s"']*`)
	// credentialPattern matches what follows an authentication scheme, a user with a password, and words that are as long as
	// tokens are.
	credentialPattern = regexp.MustCompile(`(?i)^(?:(?:bearer|basic)\s+(\S+)|(\S+:\S+@\S*)|([a-z0-9_.~+-]*[a-z0-9]{24}[a-z0-9_.~+=-]*))$`)
)

// redactor redacts secrets from what the program says about its command line.
type redactor struct{ secrets []string }

// newRedactor returns a redactor of the addresses and credentials among arguments and the variables of all flags.
func newRedactor(model *kong.Application, args []string) redactor {
	values := slices.Clone(args)
	for _, f := range allFlags(model) {
		for _, name := range f.Envs {
			values = append(values, os.Getenv(name))
		}
	}
	var r redactor
	for _, v := range values {
		r.addSecretsOf(v)
	}
	// A secret can contain another one.
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return r
}

func (r *redactor) addSecretsOf(value string) {
	for piece := range strings.SplitSeq(value, ",") {
		for _, address := range addressPattern.FindAllString(piece, -1) {
			r.addAddress(address)
		}
		if flag, v, ok := strings.Cut(piece, "="); ok && strings.HasPrefix(flag, "--") {
			piece = v
		}
		for _, secret := range credentialPattern.FindStringSubmatch(strings.TrimSpace(piece)) {
			r.add(secret)
		}
	}
}

// addAddress adds the forms of an address that errors can quote: filepath.Clean removes a double slash, filepath.Dir what
// follows the last one.
func (r *redactor) addAddress(address string) {
	r.add(address)
	if _, rest, hasScheme := strings.Cut(address, "://"); hasScheme {
		for rest != "" {
			r.add(rest)
			rest = rest[:max(0, strings.LastIndexByte(rest, '/'))]
		}
		return
	}
	for part := range strings.SplitSeq(address, "/") {
		if addressPattern.MatchString(part) {
			r.add(part)
		}
	}
}

// minSecret is the length of the shortest secret. Shorter parts of an address would be redacted inside other words.
const minSecret = 4

func (r *redactor) add(secret string) {
	if len(secret) >= minSecret {
		r.secrets = append(r.secrets, secret)
	}
}

// text returns a text without secrets.
func (r redactor) text(text string) string {
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, redacted)
	}
	return text
}

// err returns err without secrets. Of a serverError the errors of the configuration stay apart.
func (r redactor) err(err error) error {
	e, serves := errors.AsType[serverError](err)
	if !serves {
		return errors.New(r.text(err.Error()))
	}
	all, ok := errors.AsType[strictyaml.Errors](err)
	if !ok {
		return serverError{e.message, errors.New(r.text(e.Error()))}
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].File, all[i].Message = r.text(all[i].File), r.text(all[i].Message)
	}
	return serverError{e.message, all}
}

// redactingWriter redacts secrets from the output of the command-line parser, which names no address of its own. Each Write
// must contain complete lines.
type redactingWriter struct {
	io.Writer
	redactor redactor
}

func (w redactingWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, addressPattern.ReplaceAllString(w.redactor.text(string(text)), redacted)); err != nil {
		return 0, err
	}
	return len(text), nil
}
