package onboard

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/probe"
)

// Connection is the way to one printer: its address, and what is asked for there.
type Connection struct {
	Name     string // what the owner calls the printer; "" where that is not told
	Address  probe.Secret
	Token    probe.Secret // for the header Authorization, as Bearer; empty: User and Password, or nothing
	User     probe.Secret
	Password probe.Secret
	AppToken probe.Secret // for the App APIs; empty for a Shared Connection
}

// The query fields of the completion URL, in lower case: older portals write some of them so. Source:
// https://docs.octoeverywhere.com/app-connections/portal/ (Completion Parameters).
const (
	fieldSuccess  = "success"
	fieldURL      = "url"
	fieldAppToken = "appapitoken"
	fieldName     = "printername"
	fieldToken    = "authbearertoken"
	fieldUser     = "authbasichttpuser"
	fieldPassword = "authbasichttppassword"
)

// reasons are the fields in which a portal may say why it failed; none is documented.
var reasons = []string{"error", "errormessage", "message", "reason"}

const looksLike = "https://octoeverywhere.com/appportal/v1/complete?success=true&…"

// Completed reads the URL to which the App Connection Portal goes in the end, whatever its own address is: an app may have
// given one. The error never holds a part of it but a reason that the portal gives.
func Completed(text string) (Connection, error) {
	f, err := fieldsOf(trim(text))
	if err != nil {
		return Connection{}, err
	}
	success := strings.ToLower(f.get(fieldSuccess))
	switch {
	case f.get(fieldSuccess) == "" && f.get(fieldURL) == "":
		return Connection{}, errors.New("this is not the completion URL of the App Connection Portal, which looks like " + looksLike +
			"; for the URL of a Shared Connection write --shared")
	case !slices.Contains([]string{"true", "1", "yes"}, success):
		return Connection{}, errors.New("the portal says that no connection was made" + f.reason())
	case f.get(fieldURL) == "":
		return Connection{}, errors.New("the completion URL has no field url; is all of it there?")
	}
	address, err := secureAddress(f.get(fieldURL))
	if err != nil {
		return Connection{}, fmt.Errorf("the printer's address in the completion URL %w", err)
	}
	c := Connection{
		Name: strings.TrimSpace(f.get(fieldName)), Address: address, AppToken: f.secret(fieldAppToken), Token: f.secret(fieldToken),
	}
	if c.Token.Empty() {
		c.User, c.Password = f.secret(fieldUser), f.secret(fieldPassword)
	}
	if c.Token.Empty() && (c.User.Empty() || c.Password.Empty()) {
		return Connection{}, errors.New("the completion URL has no credentials (authBearerToken, or authBasicHttpUser and authBasicHttpPassword); is all of it there?")
	}
	return c, c.check()
}

// Shared reads the URL of a Shared Connection, possibly with user and password in it.
func Shared(text string) (Connection, error) {
	text = trim(text)
	if f, err := fieldsOf(text); err == nil && f.get(fieldSuccess) != "" {
		return Connection{}, errors.New("this is the completion URL of the App Connection Portal; leave out --shared")
	}
	u, err := url.Parse(text)
	if err != nil {
		return Connection{}, errors.New("the address is not a URL; it looks like https://shared-….octoeverywhere.com")
	}
	var c Connection
	if u.User != nil {
		password, _ := u.User.Password()
		c.User, c.Password = probe.NewSecret(u.User.Username()), probe.NewSecret(password)
		if c.User.Empty() || c.Password.Empty() {
			return Connection{}, errors.New("the address holds a user without a password, or a password without a user")
		}
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", "" // a browser's, not the printer's
	if c.Address, err = secureAddress(u.String()); err != nil {
		return Connection{}, fmt.Errorf("the address %w", err)
	}
	return c, c.check()
}

// secureAddress reads an address that must be https, also on this machine: it comes from somewhere else.
func secureAddress(text string) (probe.Secret, error) {
	text = strings.TrimSpace(text)
	address, err := config.ParseAddress(text)
	if err != nil {
		return probe.Secret{}, err
	}
	if !strings.HasPrefix(strings.ToLower(text), "https://") {
		return probe.Secret{}, errors.New("is plain http, which shows credentials to everyone on the way; it must begin with https://")
	}
	return address.Secret, nil
}

// check refuses what could not be read back from a file of one line, or not be sent in a header.
func (c Connection) check() error {
	for _, s := range []probe.Secret{c.Token, c.AppToken, c.User, c.Password} {
		text := s.Reveal()
		inHeader := s == c.Token || s == c.AppToken
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || inHeader && r > '~' }) {
			return errors.New("a credential holds a line break or another character that cannot be in one; was the URL changed on its way?")
		}
	}
	if strings.Contains(c.User.Reveal(), ":") {
		return errors.New("the user's name holds a colon, which it cannot")
	}
	return nil
}

// trim takes away what copying leaves around a URL.
func trim(text string) string { return strings.Trim(strings.TrimSpace(text), `"'<>`+"` \t") }

// fields are the fields of a query by their names in lower case, the first that is not empty of each.
type fields map[string]string

// fieldsOf reads the query of a URL; some browsers' address bars and apps have it behind a #.
func fieldsOf(text string) (fields, error) {
	_, query, ok := strings.Cut(text, "?")
	if !ok {
		_, query, _ = strings.Cut(text, "#")
	}
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the query of the URL cannot be read; was it changed on its way?")
	}
	f := fields{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[name] {
			if lower := strings.ToLower(name); f[lower] == "" {
				f[lower] = v
			}
		}
	}
	return f, nil
}

func (f fields) get(name string) string { return f[name] }

func (f fields) secret(name string) probe.Secret { return probe.NewSecret(strings.TrimSpace(f[name])) }

// reason is why the portal failed, if it says so in words that may be shown.
func (f fields) reason() string {
	for _, name := range reasons {
		if text := f.get(name); text != "" {
			return ": " + config.Quote(text)
		}
	}
	return "; begin it once more, and choose a printer at its end"
}
