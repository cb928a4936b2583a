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

// Connection is a printer's address and its credentials.
type Connection struct {
	Name     string // the printer's name in OctoEverywhere; "" if unknown
	Address  probe.Secret
	Token    probe.Secret // a bearer token for the Authorization header; empty: User and Password, or nothing
	User     probe.Secret
	Password probe.Secret
	AppToken probe.Secret // for the App APIs; empty for a Shared Connection
}

// The query parameters of the completion URL, in lower case because older portals write some of them so. Source:
// https://docs.octoeverywhere.com/app-connections/portal/ (Completion Parameters).
const (
	paramSuccess  = "success"
	paramURL      = "url"
	paramAppToken = "appapitoken"
	paramName     = "printername"
	paramToken    = "authbearertoken"
	paramUser     = "authbasichttpuser"
	paramPassword = "authbasichttppassword"
)

// reasonParams are undocumented parameters in which a portal may say why it failed.
var reasonParams = []string{"error", "errormessage", "message", "reason"}

const completionURLForm = "https://octoeverywhere.com/appportal/v1/complete?success=true&…"

// ParseCompletionURL reads the URL to which the App Connection Portal redirects at the end. Its host does not matter: an app
// may have set another one. The error contains no part of it except the portal's reason.
func ParseCompletionURL(text string) (Connection, error) {
	p, err := parseParams(trim(text))
	if err != nil {
		return Connection{}, err
	}
	switch {
	case p[paramSuccess] == "" && p[paramURL] == "":
		return Connection{}, errors.New("this is not the completion URL of the App Connection Portal, which looks like " + completionURLForm +
			"; for the URL of a Shared Connection, use --shared")
	case !slices.Contains([]string{"true", "1", "yes"}, strings.ToLower(p[paramSuccess])):
		return Connection{}, errors.New("the portal reports that no connection was created" + p.reason())
	case p[paramURL] == "":
		return Connection{}, errors.New("the completion URL has no parameter url; copy all of it")
	}
	address, err := parseHTTPSAddress(p[paramURL])
	if err != nil {
		return Connection{}, fmt.Errorf("the printer's address in the completion URL %w", err)
	}
	c := Connection{
		Name: strings.TrimSpace(p[paramName]), Address: address, AppToken: p.secret(paramAppToken), Token: p.secret(paramToken),
	}
	if c.Token.Empty() {
		c.User, c.Password = p.secret(paramUser), p.secret(paramPassword)
		if c.User.Empty() || c.Password.Empty() {
			return Connection{}, errors.New("the completion URL has no credentials (authBearerToken, or authBasicHttpUser and authBasicHttpPassword); copy all of it")
		}
	}
	return c, c.validate()
}

// ParseSharedURL reads the URL of a Shared Connection, which may contain a user and a password.
func ParseSharedURL(text string) (Connection, error) {
	text = trim(text)
	if p, err := parseParams(text); err == nil && p[paramSuccess] != "" {
		return Connection{}, errors.New("this is the completion URL of the App Connection Portal; remove --shared")
	}
	u, err := url.Parse(text)
	if err != nil {
		return Connection{}, errors.New("the address is not a valid URL; it looks like https://shared-….octoeverywhere.com")
	}
	var c Connection
	if u.User != nil {
		password, _ := u.User.Password()
		c.User, c.Password = probe.NewSecret(u.User.Username()), probe.NewSecret(password)
		if c.User.Empty() || c.Password.Empty() {
			return Connection{}, errors.New("the address contains a user without a password, or a password without a user")
		}
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", "" // added by the browser
	if c.Address, err = parseHTTPSAddress(u.String()); err != nil {
		return Connection{}, fmt.Errorf("the address %w", err)
	}
	return c, c.validate()
}

// ParseURL reads the URL of either kind of connection.
func ParseURL(text string) (Connection, error) {
	if p, err := parseParams(trim(text)); err == nil && p[paramSuccess] == "" && p[paramURL] == "" {
		return ParseSharedURL(text)
	}
	return ParseCompletionURL(text)
}

// parseHTTPSAddress reads an address that must be https, even with a loopback host: it comes from another machine.
func parseHTTPSAddress(text string) (probe.Secret, error) {
	text = strings.TrimSpace(text)
	address, err := config.ParseAddress(text)
	if err != nil {
		return probe.Secret{}, err
	}
	if !strings.HasPrefix(strings.ToLower(text), "https://") {
		return probe.Secret{}, errors.New("uses plain http, which exposes credentials on the network; it must start with https://")
	}
	return address.Secret, nil
}

// maxCredential is the maximum size of a credential in bytes. A larger one fits in no header, and the configuration rejects it.
const maxCredential = 16 << 10

// validate rejects credentials that cannot be stored in a file of one line, whose ends are trimmed, or sent in a header.
func (c Connection) validate() error {
	for _, s := range []probe.Secret{c.Token, c.AppToken, c.User, c.Password} {
		text := s.Reveal()
		switch {
		case len(text) > maxCredential:
			return fmt.Errorf("a credential is larger than %d KiB; copy the URL again", maxCredential>>10)
		case strings.TrimSpace(text) != text:
			return errors.New("a user name or password begins or ends with white space, which is not supported; change it in OctoEverywhere")
		}
		inHeader := s == c.Token || s == c.AppToken
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || inHeader && r > '~' }) {
			return errors.New("a credential contains a line break or another invalid character; copy the URL again")
		}
	}
	if strings.Contains(c.User.Reveal(), ":") {
		return errors.New("the user name contains a colon, which is not allowed")
	}
	return nil
}

// trim removes white space, quotes and brackets around a copied URL.
func trim(text string) string { return strings.Trim(strings.TrimSpace(text), `"'<>`+"` \t") }

// params are query parameters by name in lower case. Each has the first value that is not empty.
type params map[string]string

// parseParams reads the query of a URL. Some browsers and apps have it after a #.
func parseParams(text string) (params, error) {
	_, query, ok := strings.Cut(text, "?")
	if !ok {
		_, query, _ = strings.Cut(text, "#")
	}
	query, _, _ = strings.Cut(query, "#")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, errors.New("the query of the URL is not valid; copy the URL again")
	}
	p := params{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, v := range values[name] {
			if lower := strings.ToLower(name); p[lower] == "" {
				p[lower] = v
			}
		}
	}
	return p, nil
}

func (p params) secret(name string) probe.Secret { return probe.NewSecret(strings.TrimSpace(p[name])) }

// reason is why the portal failed, redacted if it looks like a secret, or what to do if it gives no reason.
func (p params) reason() string {
	for _, name := range reasonParams {
		if p[name] != "" {
			return ": " + config.Quote(p[name])
		}
	}
	return "; start again, and select a printer at the end"
}
