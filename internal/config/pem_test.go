package config

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// TestEveryPEMBlockMustParse: a reader of PEM skips what it does not understand, and the rest would be trusted in silence.
func TestEveryPEMBlockMustParse(t *testing.T) {
	a, b := newAuthority(t), newAuthority(t)
	cut := b.cert[:len(b.cert)/2]
	badBase64 := strings.Replace(b.cert, "\n", "\n!", 1)
	notACertificate := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	lines := strings.Count(a.cert, "\n")
	const damaged = "has a PEM block that is cut off or damaged (block %d, in line %d); copy the whole file again"
	for name, c := range map[string]struct{ ca, want string }{
		"one":                            {a.cert, ""},
		"two":                            {a.cert + b.cert, ""},
		"text between":                   {"# ours\n" + a.cert + "\nSubject: theirs\n" + b.cert, ""},
		"lines of Windows":               {strings.ReplaceAll(a.cert+b.cert, "\n", "\r\n"), ""},
		"none":                           {"x", "contains no valid certificate; it must be PEM (-----BEGIN CERTIFICATE-----)"},
		"cut off":                        {cut, fmt.Sprintf(damaged, 1, 1)},
		"the last is cut off":            {a.cert + cut, fmt.Sprintf(damaged, 2, 1+lines)},
		"the first is cut off":           {"\n" + cut + "\n" + a.cert, fmt.Sprintf(damaged, 1, 2)},
		"the beginning is cut off":       {a.cert[len(a.cert)/2:] + b.cert, fmt.Sprintf(damaged, 1, lines-strings.Count(a.cert[:len(a.cert)/2], "\n"))},
		"a dash is missing":              {a.cert + b.cert[1:], fmt.Sprintf(damaged, 2, 1+lines)},
		"a dash is missing at the end":   {a.cert + strings.Replace(b.cert, "-----END", "----END", 1), fmt.Sprintf(damaged, 2, 1+lines)},
		"the end is that of another one": {strings.Replace(a.cert, "END CERTIFICATE", "END KEY", 1), fmt.Sprintf(damaged, 1, 1)},
		"damaged":                        {a.cert + badBase64, fmt.Sprintf(damaged, 2, 1+lines)},
		"something else in a block":      {a.cert + notACertificate, "contains a certificate that cannot be parsed (PEM block 2 of 2, in line " + strconv.Itoa(1+lines) + "); copy it again"},
		"a key among the authorities":    {a.cert + a.key, "contains something other than certificates (PEM block 2 of 2, in line " + strconv.Itoa(1+lines) + "); keep only the certificates"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, map[string]string{"config.yaml": printer("mk4", "tls_config: {ca_file: ca.pem}"), "ca.pem": "\ufeff" + c.ca})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), ": the file ca.pem "+c.want+"\n")):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	for name, c := range map[string]struct{ cert, key, want string }{
		"both in one file":      {a.cert + a.key, a.cert + a.key, ""},
		"parameters of a curve": {a.cert, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + a.key, ""},
		"a chain that is cut":   {a.cert + cut, a.key, "tls_config.cert_file: the file client.pem has a PEM block that is cut off or damaged (block 2, "},
		"a key that is cut":     {a.cert, a.key[:len(a.key)/2], "tls_config.key_file: the file client.key has a PEM block that is cut off or damaged (block 1, in line 1)"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := load(t, map[string]string{
				"config.yaml": printer("mk4", "tls_config: {cert_file: client.pem, key_file: client.key}"), "client.pem": c.cert, "client.key": c.key,
			})
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
