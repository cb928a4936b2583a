package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// Exit codes of docs/command-line.md: usage errors, and probes that do not reach the edge.
const (
	exitUsage   = 80
	exitNetwork = 10
)

// manual returns the distinct matches of a pattern in docs/command-line.md, which is generated from the command line.
func manual(t *testing.T, pattern string) []string {
	t.Helper()
	text, err := os.ReadFile("docs/command-line.md")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
		found = append(found, m[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// runProgram returns the exit code and the output of the program, with variables as NAME=VALUE.
func runProgram(t *testing.T, variables []string, args ...string) (int, string) {
	t.Helper()
	cmd := testkit.Program(args...)
	cmd.Env = append(cmd.Env, variables...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if e, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	} else if ok && e.ExitCode() < 0 {
		t.Fatal(e)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// TestEmptyVariablesAreUnset: with the variable of every flag in the manual empty, and some flags, the exporter runs with its defaults.
func TestEmptyVariablesAreUnset(t *testing.T) {
	t.Parallel()
	names := []string{"GOMAXPROCS"}
	for _, flag := range manual(t, "(?m)^- `--(?:\\[no-\\])?([a-z.-]+)") {
		names = append(names, "OE_EXPORTER_"+strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(flag)))
	}
	if len(names) < 20 {
		t.Fatalf("only %d variables in the manual", len(names))
	}
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "printers: [{name: a, url: 'https://127.0.0.1:1'}]\n")
	address := testkit.FreeAddress(t)
	cmd := testkit.Program("--config.file="+config, "--web.config.file=", "--web.listen-address", "", "--web.listen-address="+address)
	for _, name := range names {
		cmd.Env = append(cmd.Env, name+"=")
	}
	p := testkit.StartReady(t, cmd, address)
	if status, _ := p.Get("/metrics"); status != 200 {
		t.Errorf("/metrics: %d", status)
	}
	if status, _ := p.Post("/-/reload"); status == 200 {
		t.Error("--web.enable-lifecycle is on")
	}
}

// TestBadVariableIsAUsageError, and shows no address.
func TestBadVariableIsAUsageError(t *testing.T) {
	t.Parallel()
	secret := "https://" + testkit.Mark + ".octoeverywhere.com"
	for variable, c := range map[string]struct {
		code int
		want string
	}{
		"OE_EXPORTER_LOG_LEVEL=loud":                   {exitUsage, `"loud" is not a level; use debug, info, warn or error; it is set by the environment variable OE_EXPORTER_LOG_LEVEL`},
		"GOMAXPROCS=many":                              {exitUsage, "it is set by the environment variable GOMAXPROCS"},
		"OE_EXPORTER_SHARD_TOTAL=" + secret:            {exitUsage, "OE_EXPORTER_SHARD_TOTAL"},
		"OE_EXPORTER_WEB_LISTEN_ADDRESS=20511":         {exitUsage, `did you mean ":20511"?`},
		"OE_EXPORTER_WEB_LISTEN_ADDRESS=:1," + secret:  {exitUsage, "<secret>"},
		"OE_EXPORTER_CONFIG_FILE=" + secret:            {exitFailed, "<secret>"},
		"OE_EXPORTER_WEB_CONFIG_FILE=" + secret + "/x": {exitFailed, "<secret>"},
	} {
		code, out := runProgram(t, []string{variable})
		out = strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\"`, `"`).Replace(out)
		if code != c.code || !strings.Contains(out, c.want) || strings.Contains(out, testkit.Mark) {
			t.Errorf("%s: exit code %d\n%s", variable, code, out)
		}
	}
}

// TestWriteErrorsOfAllCommands: each command of the manual fails where its output cannot be written, and says so.
func TestWriteErrorsOfAllCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := "--config.file=" + testkit.WriteFile(t, dir, "config.yaml", "printers: [{name: a, url: 'https://127.0.0.1:1'}]\n")
	url := testkit.WriteFile(t, dir, "url", "https://127.0.0.1:1/b")
	lines := map[string][][]string{
		"serve":      {{"--help"}},
		"check":      {{config}},
		"export":     {{"--targets", config}},
		"probe":      {{"a", config}, {"--all", "--output=json", config}},
		"add":        {{"--shared", "--name=b", "--config.file=" + filepath.Join(dir, "added.yaml")}},
		"codes":      {{}, {"785"}, {"--output=json"}, {"--output=markdown"}},
		"demo":       {{"--web.listen-address=127.0.0.1:0"}},
		"simulate":   {{"--web.listen-address=127.0.0.1:0", "--config.file=" + filepath.Join(dir, "simulated.yaml")}},
		"version":    {{}},
		"completion": {{"bash"}, {"zsh"}, {"fish"}},
		"":           {{"--help"}, {"--version"}},
	}
	for _, name := range append(manual(t, `(?m)^\| \[`+"`"+`([a-z]+)`+"`"), "") {
		if len(lines[name]) == 0 {
			t.Errorf("no command line of %s", name)
		}
		for _, args := range lines[name] {
			if name != "" {
				args = append([]string{name}, args...)
			}
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Skip("there is no /dev/full")
			}
			in, err := os.Open(url)
			if err != nil {
				t.Fatal(err)
			}
			var stderr strings.Builder
			cmd := testkit.Program(args...)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = in, full, &stderr
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != exitFailed || !strings.HasSuffix(stderr.String(), "standard output: no space left on device; free some space, and run the command again\n") ||
				strings.Contains(stderr.String(), "Usage:") {
				t.Errorf("%q: exit code %d\n%s", args, code, stderr.String())
			}
			_ = full.Close()
			_ = in.Close()
		}
	}
}

// TestLastLineOfAServerThatCannotListen is a record of the log that says what to do.
func TestLastLineOfAServerThatCannotListen(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "printers: [{name: a, url: 'https://127.0.0.1:1'}]\n")
	for _, args := range [][]string{{"serve", "--config.file=" + config}, {"demo"}} {
		code, out := runProgram(t, nil, append(args, fmt.Sprint("--web.listen-address=", l.Addr()))...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		want := fmt.Sprintf(`"level":"ERROR","msg":"cannot start octoeverywhere_exporter","error":"cannot listen on %v: another process uses this port; stop it, or choose another port with --web.listen-address"}`, l.Addr())
		if last := lines[len(lines)-1]; code != exitFailed || !strings.HasSuffix(last, want) {
			t.Errorf("%q: exit code %d\n%s", args, code, out)
		}
		if strings.Contains(out, "dashboard") {
			t.Errorf("it prints its banner:\n%s", out)
		}
	}
	code, out := runProgram(t, nil, "simulate", fmt.Sprint("--web.listen-address=", l.Addr()))
	if code != exitFailed || !strings.Contains(out, "another process uses this port; stop it, or choose another port with --web.listen-address") {
		t.Errorf("simulate: exit code %d\n%s", code, out)
	}
}

// TestDemoRemovesItsFolder whatever ends it.
func TestDemoRemovesItsFolder(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		dir := t.TempDir()
		address := testkit.FreeAddress(t)
		cmd := testkit.Program("demo", "--web.listen-address="+address)
		cmd.Env = append(cmd.Env, "TMPDIR="+dir)
		p := testkit.StartReady(t, cmd, address)
		if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
			t.Fatalf("%v %v", files, err)
		}
		p.Signal(s)
		p.WaitEnd()
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 || p.Cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("%v: %v %v %v", s, p.Cmd.ProcessState, files, err)
		}
	}
}

// TestDemoWithoutATemporaryFolder says what to set.
func TestDemoWithoutATemporaryFolder(t *testing.T) {
	t.Parallel()
	code, out := runProgram(t, []string{"TMPDIR=" + filepath.Join(t.TempDir(), "nowhere")}, "demo", "--web.listen-address=127.0.0.1:0")
	if code != exitFailed || !strings.Contains(out, "set the environment variable TMPDIR to a folder") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestDemoEndsWithItsReader, as in demo | head, and removes its folder: when the end of the pipe is closed before it has written
// anything, and after its banner.
func TestDemoEndsWithItsReader(t *testing.T) {
	t.Parallel()
	for banner, code := range map[string]int{"": exitFailed, "Press Ctrl-C to stop.": 0} {
		dir := t.TempDir()
		cmd := testkit.Program("demo", "--interval=1s", "--web.listen-address="+testkit.FreeAddress(t))
		cmd.Env = append(cmd.Env, "TMPDIR="+dir)
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stdout, cmd.Stderr = w, w
		if banner == "" {
			_ = r.Close()
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = w.Close()
		for lines := bufio.NewScanner(r); banner != "" && lines.Scan(); {
			if strings.Contains(lines.Text(), banner) {
				break
			}
		}
		_ = r.Close()
		kill := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		kill.Stop()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("after %q: %v", banner, cmd.ProcessState)
		}
		if files, err := os.ReadDir(dir); err != nil || len(files) != 0 {
			t.Errorf("after %q: it leaves %v %v", banner, files, err)
		}
	}
}

// TestAliasesAreBounded: check refuses 40 kB of aliases, which mean 16 million values, with their position.
func TestAliasesAreBounded(t *testing.T) {
	t.Parallel()
	text := "printers:\n  - &a {" + strings.Repeat("k: 1, ", 2000) + "}\n" + strings.Repeat("  - *a\n", 4000)
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", text)
	if code, out := runProgram(t, nil, "check", "--config.file="+config); code != exitFailed || !strings.HasPrefix(out, config+":") || !strings.Contains(out, "aliases repeat more than 10 times") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
