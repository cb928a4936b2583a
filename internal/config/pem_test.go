package config

import (
	"strings"
	"testing"
)

// TestEveryPEMBlockMustParse: a reader of PEM skips what it does not understand, and the rest would be trusted in silence.
func TestEveryPEMBlockMustParse(t *testing.T) {
	a, b := newAuthority(t), newAuthority(t)
	cut := b.cert[:len(b.cert)/2]
	badBase64 := strings.Replace(b.cert, "\n", "\n!", 1)
	notACertificate := "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
	for name, c := range map[string]struct{ ca, want string }{
		"one":                         {a.cert, ""},
		"two":                         {a.cert + b.cert, ""},
		"text between":                {"# ours\n" + a.cert + "\nSubject: theirs\n" + b.cert, ""},
		"lines of Windows":            {strings.ReplaceAll(a.cert+b.cert, "\n", "\r\n"), ""},
		"none":                        {"x", "contains no valid certificate; it must be PEM (-----BEGIN CERTIFICATE-----)"},
		"cut off":                     {cut, "has a PEM block that is cut off or damaged (0 of 1 are readable); copy the whole file again"},
		"the last is cut off":         {a.cert + cut, "has a PEM block that is cut off or damaged (1 of 2 are readable); copy the whole file again"},
		"the first is cut off":        {cut + "\n" + a.cert, "has a PEM block that is cut off or damaged (1 of 2 are readable); copy the whole file again"},
		"damaged":                     {a.cert + badBase64, "has a PEM block that is cut off or damaged (1 of 2 are readable); copy the whole file again"},
		"something else in a block":   {a.cert + notACertificate, "contains a certificate that cannot be parsed (PEM block 2 of 2); copy it again"},
		"a key among the authorities": {a.cert + a.key, "contains something else than certificates (PEM block 2 of 2); keep only the certificates"},
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
		"a chain that is cut":   {a.cert + cut, a.key, "tls_config.cert_file: the file client.pem has a PEM block that is cut off or damaged (1 of 2"},
		"a key that is cut":     {a.cert, a.key[:len(a.key)/2], "tls_config.key_file: the file client.key has a PEM block that is cut off or damaged (0 of 1"},
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
