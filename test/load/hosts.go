package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"octoeverywhere_exporter/internal/simulator"
)

// Each printer has its own host name, as with the real service, so that the exporter needs one connection per printer
// unless it shares connections. The names are in a hosts file that the exporter's process has instead of /etc/hosts, in
// its own mount namespace. The machine's file is not changed.

// withHosts is the first argument of the child process that replaces /etc/hosts and then executes a program.
const withHosts = "with-hosts"

// checkHostNames returns an error if mount namespaces are not permitted.
func checkHostNames(ctx context.Context, dir, program string) error {
	path, err := writeHosts(dir, nil)
	if err != nil {
		return err
	}
	if out, err := commandWithHosts(ctx, path, program, "version").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// useHostNames replaces the relay's address by host names in the exporter's configuration, and returns the path of the
// hosts file.
func useHostNames(dir, config, relay string) (hosts string, err error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return "", err
	}
	text, names := replaceAddresses(text, relay)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return "", err
	}
	return writeHosts(dir, names)
}

// replaceAddresses replaces https://RELAY/p/ID by https://ID.DOMAIN:PORT. It returns the host names.
func replaceAddresses(config []byte, relay string) (replaced []byte, names []string) {
	port := relay[strings.LastIndexByte(relay, ':'):]
	address := regexp.MustCompile(`"https://` + regexp.QuoteMeta(relay) + `/p/([a-z0-9-]+)"`)
	for _, m := range address.FindAllSubmatch(config, -1) {
		names = append(names, string(m[1])+"."+simulator.DefaultDomain)
	}
	return address.ReplaceAll(config, []byte(`"https://$1.`+simulator.DefaultDomain+port+`"`)), names
}

func writeHosts(dir string, names []string) (path string, err error) {
	var b bytes.Buffer
	for _, name := range append([]string{"localhost"}, names...) {
		fmt.Fprintf(&b, "127.0.0.1 %s\n", name)
	}
	path = filepath.Join(dir, "hosts")
	return path, os.WriteFile(path, b.Bytes(), 0o644)
}

// exporterCommand returns the command that runs the exporter, with the hosts file if hosts is not "".
func exporterCommand(ctx context.Context, hosts, program string, args ...string) *exec.Cmd {
	if hosts == "" {
		return exec.CommandContext(ctx, program, args...)
	}
	return commandWithHosts(ctx, hosts, program, args...)
}
