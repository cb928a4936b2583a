package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// argumentsOf are what a command needs to be parsed.
var argumentsOf = map[string][]string{"probe": {"mk4-01"}, "export": {"--targets"}, "completion": {"bash"}}

// parsed returns the command line as the commands get it, and the values of all flags as text.
func parsed(t *testing.T, args ...string) (c commands, values string) {
	t.Helper()
	k, err := newParser(&c, build{version: "devel"}, &bytes.Buffer{}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Parse(prepare(k.Model, args)); err != nil {
		t.Errorf("%q: %v", args, err)
	}
	for _, f := range allFlags(k.Model) {
		values += fmt.Sprintln(f.Name, f.Target.Interface())
	}
	return c, values
}

// flagsOf calls f for each flag of each command that takes a value.
func flagsOf(t *testing.T, f func(command *kong.Node, flag *kong.Flag)) {
	t.Helper()
	m := commandLine(t)
	for _, n := range m.Children {
		if n.Hidden {
			continue
		}
		for _, flag := range append(m.Flags, n.Flags...) {
			if flag.Name != "help" && flag.Name != "version" {
				f(n, flag)
			}
		}
	}
}

// TestEmptyIsUnset: an empty flag, or an empty variable, of any command is as none.
func TestEmptyIsUnset(t *testing.T) {
	wanted := map[string]string{}
	variables := 0
	flagsOf(t, func(n *kong.Node, f *kong.Flag) {
		line := append([]string{n.Name}, argumentsOf[n.Name]...)
		if wanted[n.Name] == "" {
			_, wanted[n.Name] = parsed(t, line...)
		}
		lines := [][]string{append(line, "--"+f.Name+"=")}
		if !f.IsBool() {
			lines = append(lines, append(line, "--"+f.Name, ""))
		}
		if f.Tag.Negatable != "" {
			lines = append(lines, append(line, "--no-"+f.Name+"="))
		}
		for _, l := range lines {
			if _, got := parsed(t, l...); got != wanted[n.Name] {
				t.Errorf("%q: %s", l, cmp.Diff(wanted[n.Name], got))
			}
		}
		for _, name := range f.Envs {
			t.Setenv(name, "")
			if _, got := parsed(t, line...); got != wanted[n.Name] {
				t.Errorf("%s=: %s", name, cmp.Diff(wanted[n.Name], got))
			}
			variables++
		}
	})
	if variables < 30 {
		t.Errorf("only %d variables", variables)
	}
}

// TestEmptyFlagLeavesTheVariable, and other values of the same flag.
func TestEmptyFlagLeavesTheVariable(t *testing.T) {
	t.Setenv("OE_EXPORTER_CONFIG_FILE", "/etc/exporter.yaml")
	c, _ := parsed(t, "--config.file=", "--web.listen-address=", "--web.listen-address", "", "--web.listen-address=:1", "--log.level=")
	if c.Serve.ConfigPath != "/etc/exporter.yaml" || strings.Join(c.Serve.ListenAddresses, " ") != ":1" {
		t.Errorf("%q %q", c.Serve.ConfigPath, c.Serve.ListenAddresses)
	}
	for line, code := range map[string]int{"--nope=": exitUsage, "codes --web.config.file=": exitUsage, "version --log.level=": 0} {
		if out, got := runCommand(strings.Fields(line)...); got != code {
			t.Errorf("%s: exit code %d\n%s", line, got, out)
		}
	}
}

// TestSecretsOfTheCommandLineAreNotShown: an address or a credential as the value of any flag or variable.
func TestSecretsOfTheCommandLineAreNotShown(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", "nowhere") // so no demo starts
	secrets := testkit.NewCanaries()
	values := []string{
		"https://" + testkit.Mark + ".octoeverywhere.com/" + testkit.Mark, ":1,https://" + testkit.Mark + ".octoeverywhere.com,:2", "Bearer " + testkit.Mark,
		"user:" + testkit.Mark + "@relay", testkit.Mark + "0123456789abcdefghijklmn",
	}
	flagsOf(t, func(n *kong.Node, f *kong.Flag) {
		if n.Name == "simulate" && f.Name == "config.file" {
			return // any name is good for a new file
		}
		for _, value := range values {
			line := append([]string{n.Name}, argumentsOf[n.Name]...)
			if n.Name == "simulate" {
				line = append(line, "--config.file=nowhere/config.yaml")
			}
			out, code := runCommand(append(line, "--"+f.Name+"="+value)...)
			secrets.Absent(t, n.Name+" --"+f.Name+"="+value, out)
			if code == 0 {
				t.Errorf("%s --%s=%s succeeds", n.Name, f.Name, value)
			}
			for _, name := range f.Envs {
				if name == "" {
					continue
				}
				if err := os.Setenv(name, value); err != nil {
					t.Fatal(err)
				}
				out, _ := runCommand(line...)
				secrets.Absent(t, name+"="+value+" "+n.Name, out)
				_ = os.Unsetenv(name)
			}
		}
	})
}

// TestErrorsNameTheVariable: an error of a flag that an environment variable has set names the variable, whether the parser or the
// command reports it; an error of a flag on the command line does not.
func TestErrorsNameTheVariable(t *testing.T) {
	t.Setenv("OE_EXPORTER_WEB_LISTEN_ADDRESS", "nope")
	const variable = "it is set by the environment variable OE_EXPORTER_WEB_LISTEN_ADDRESS"
	if out, code := runCommand("serve"); code != exitUsage || !strings.Contains(out, variable) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if out, code := runCommand("serve", "--web.listen-address=no"); code != exitUsage || strings.Contains(out, variable) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	t.Setenv("OE_EXPORTER_WEB_LISTEN_ADDRESS", "")
	t.Setenv("GOMAXPROCS", "-1")
	if out, code := runCommand("serve"); code != exitUsage || strings.Count(out, "it is set by the environment variable GOMAXPROCS") != 1 {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
