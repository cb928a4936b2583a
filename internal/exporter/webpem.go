package exporter

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config"
)

// maxWebFile bounds the web configuration and each file that it names, in bytes. They are read at each handshake.
const maxWebFile = 1 << 20

// webFileProblem returns why a file of the web configuration must not be read, "" if nothing is known: a pipe would wait for its
// writer, a device may never end, and an empty file, which may be written at this moment, would let everybody in. What cannot be
// found is left to the toolkit.
func webFileProblem(path string) string {
	info, err := os.Stat(path)
	switch {
	case err != nil, info.IsDir():
		return ""
	case !info.Mode().IsRegular():
		return "is not a regular file, which can be read repeatedly"
	case info.Size() == 0:
		return "is empty; docs/security.md shows a valid one"
	case info.Size() > maxWebFile:
		return fmt.Sprintf("is larger than %d MiB", maxWebFile>>20)
	}
	return ""
}

// checkWebPEM returns an error where certificates or a key of the web configuration are not PEM as a whole: the toolkit skips what
// is cut off, and everything up to the first certificate or key behind a byte order mark. What cannot be read at all is left to
// the toolkit.
func checkWebPEM(file string) error {
	if problem := webFileProblem(file); problem != "" {
		return errors.New(problem)
	}
	text, unreadable := os.ReadFile(file) //nolint:gosec // the administrator names it
	var web struct {
		TLS struct {
			Cert         string `yaml:"cert"`
			CertFile     string `yaml:"cert_file"`
			Key          string `yaml:"key"`
			KeyFile      string `yaml:"key_file"`
			ClientCA     string `yaml:"client_ca"`
			ClientCAFile string `yaml:"client_ca_file"`
		} `yaml:"tls_server_config"`
	}
	if unreadable != nil || yaml.Load(text, &web) != nil {
		return nil //nolint:nilerr // the toolkit says why
	}
	tls := web.TLS
	for _, x := range []struct {
		key, text, file string
		problem         func(string) string
	}{
		{"cert", tls.Cert, tls.CertFile, config.PEMProblem},
		{"key", tls.Key, tls.KeyFile, config.PEMProblem},
		{"client_ca", tls.ClientCA, tls.ClientCAFile, config.CAProblem},
	} {
		key, text := "tls_server_config."+x.key, x.text
		if x.file != "" { // it takes precedence
			if !filepath.IsAbs(x.file) {
				x.file = filepath.Join(filepath.Dir(file), x.file)
			}
			key += "_file"
			if problem := webFileProblem(x.file); problem != "" {
				return fmt.Errorf("%s names a file that %s", key, problem)
			}
			content, err := os.ReadFile(x.file)
			if err != nil {
				continue
			}
			text = string(content)
		}
		switch problem := x.problem(text); {
		case text == "":
		case strings.HasPrefix(text, "\ufeff"):
			return fmt.Errorf("%s begins with a byte order mark; save it without one", key)
		case problem != "":
			return fmt.Errorf("%s %s", key, problem)
		}
	}
	return nil
}
