package e2e

import (
	"fmt"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

const byteOrderMark = "\ufeff"

// TestByteOrderMarks: a byte order mark at the beginning of any file is not part of what is in it.
func TestByteOrderMarks(t *testing.T) {
	t.Parallel()
	relay := simulator.New(simulator.Options{Printers: 1, Seed: 1})
	srv := listen(t, relay, "127.0.0.1:0")
	printer := relay.Printers()[0]
	dir := t.TempDir()
	testkit.WriteFile(t, dir, "ca.pem", "%s", byteOrderMark+string(srv.CAPEM()))
	testkit.WriteFile(t, dir, "url", "%s", byteOrderMark+srv.URL()+"/p/"+printer.ID)
	credentials := "authorization: {credentials_file: token}"
	if testkit.WriteFile(t, dir, "token", "%s", byteOrderMark+printer.Bearer+"\n"); printer.Bearer == "" {
		testkit.WriteFile(t, dir, "user", "%s", byteOrderMark+printer.Username)
		testkit.WriteFile(t, dir, "password", "%s", byteOrderMark+printer.Password)
		credentials = "basic_auth: {username_file: user, password_file: password}"
	}
	testkit.WriteFile(t, dir, "list.yaml", "%s- {name: a, url_file: url, tls_config: {ca_file: ca.pem}, %s}\n", byteOrderMark, credentials)
	config := testkit.WriteFile(t, dir, "config.yaml", "%sprinter_files: [list.yaml]\n", byteOrderMark)
	if code, out := runProgram(t, nil, "probe", "a", "--config.file="+config); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestCheckReportsDamagedPEM with its position, though another block of the same file is valid.
func TestCheckReportsDamagedPEM(t *testing.T) {
	t.Parallel()
	ca := string(listen(t, simulator.New(simulator.Options{Printers: 1}), "127.0.0.1:0").CAPEM())
	dir := t.TempDir()
	testkit.WriteFile(t, dir, "ca.pem", "%s", ca+ca[:len(ca)/2])
	config := testkit.WriteFile(t, dir, "config.yaml", "printers:\n- {name: a, url: 'https://127.0.0.1:1', tls_config: {ca_file: ca.pem}}\n")
	want := fmt.Sprintf("config.yaml:2:63: printers[0].tls_config.ca_file: the file %s/ca.pem has a PEM block that is cut off or damaged (block 2, in line %d)", dir, 1+strings.Count(ca, "\n"))
	if code, out := runProgram(t, nil, "check", "--config.file="+config); code != exitFailed || !strings.Contains(out, want) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
