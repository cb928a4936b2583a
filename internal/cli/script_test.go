package cli

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// unsteady are printers of the demo whose faults come and go.
var unsteady = []string{"ender-06", "p1s-05", "voron-04", "p1s-04", "cc2-04"}

// TestScripts runs what people type and compares what they read. Each script begins with a configuration of the simulated
// fleet, fleet.yaml, one of the same relay to which printers can be added, workshop.yaml, and the relay's certificate,
// ca.pem. Nothing is asked of any other machine. The commands besides testscript's own:
//
//	run CODE ARGS…            runs the program, which must end with the exit code and show no secret
//	normal stdout|FILE OUT    writes OUT: the text without what is another each time
//	portal NAME OUT [K=V …]   writes OUT: the completion URL of a printer, with some fields changed
//	shared NAME OUT           writes OUT: a Shared Connection to a printer, with user and password
//	fill TEMPLATE OUT         writes OUT: the template with the text of the file NAME in place of @NAME@
//	modes PATH MODE           compares the permissions of a file or folder
func TestScripts(t *testing.T) {
	relay := simulator.Demo(1)
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() }) // after the scripts, which run in parallel
	s := scripts{relay, srv, secretsOf(relay)}
	testscript.Run(t, testscript.Params{
		Dir:           "internal/cli/testdata/script",
		UpdateScripts: testkit.Updating(),
		Setup:         s.setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"run": s.run, "normal": s.normal, "portal": s.portal, "shared": s.shared, "fill": fill, "modes": modes,
		},
		RequireExplicitExec: true,
	})
}

type scripts struct {
	relay   *simulator.Relay
	srv     *simulator.Server
	secrets []string
}

// secretsOf are all texts of a fleet that nobody may read.
func secretsOf(relay *simulator.Relay) []string {
	var secrets []string
	for _, p := range relay.Printers() {
		secrets = append(secrets, p.ID, p.Bearer, p.Username, p.Password, p.AppToken)
	}
	return slices.DeleteFunc(secrets, func(s string) bool { return s == "" })
}

func (s scripts) setup(env *testscript.Env) error {
	ca := filepath.Join(env.WorkDir, "ca.pem")
	if err := os.WriteFile(ca, s.srv.CAPEM(), 0o600); err != nil {
		return err
	}
	workshop := fmt.Sprintf("# Ours.\ndefaults: {interval: 20s, tls_config: {ca_file: ca.pem}}   # as the relay has it\nservice: {url: %q}\nprinter_files: [printers.d/*.yaml]\n", s.srv.URL())
	if err := os.WriteFile(filepath.Join(env.WorkDir, "workshop.yaml"), []byte(workshop), 0o600); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.srv.WriteConfig(&b, simulator.ConfigOptions{Interval: 20 * time.Second, Timeout: 5 * time.Second, CAFile: "ca.pem"}); err != nil {
		return err
	}
	blocks := strings.SplitAfter(b.String(), "\n  - name: ")
	steady := slices.DeleteFunc(blocks, func(block string) bool {
		name, _, _ := strings.Cut(block, "\n")
		return slices.Contains(unsteady, name)
	})
	text := strings.TrimSuffix(strings.Join(steady, ""), "\n  - name: ")
	return os.WriteFile(filepath.Join(env.WorkDir, "fleet.yaml"), []byte(strings.TrimRight(text, "\n")+"\n"), 0o600)
}

func (s scripts) run(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: run CODE ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	err = ts.Exec("octoeverywhere_exporter", args[1:]...)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, not %d", code, want)
	}
	if leak := leaks(ts.ReadFile("stdout")+ts.ReadFile("stderr"), s.secrets); leak {
		ts.Fatalf("a secret is shown")
	}
}

// leaks reports whether a text holds one of the secrets, or a host of the simulated service.
func leaks(text string, secrets []string) bool {
	return slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(text, s) })
}

// What is another each time, and what is written for it.
var variable = []struct {
	form *regexp.Regexp
	text string
}{
	{regexp.MustCompile(`(?m)^([✓✗·]{6}  \S+) +[0-9.]+ [mµ]?s  `), "$1  TOOK  "},
	{regexp.MustCompile(`(?m)(TOOK  ok ).*$`), "$1 DOING"}, // prints begin and end
	{regexp.MustCompile(`[0-9.]+ [mµ]?s\b`), "TOOK"},
	{regexp.MustCompile(`: (resolve|connect|tls|wait) TOOK[a-z TOK,]*(; connection reused)?`), ": PHASES"},
	{regexp.MustCompile(`printing \d+%, [^·]* left`), "printing N%, N min left"},
	{regexp.MustCompile(`[0-9.]+( of [0-9.]+)? °C`), "N °C"},
	{regexp.MustCompile(`layer \d+ of \d+`), "layer N of N"},
	{regexp.MustCompile(`score [0-9.]+`), "score N"},
	{regexp.MustCompile(`"\d{4}-\d\d-\d\dT[0-9:.]+Z"`), `"TIME"`},
	{regexp.MustCompile(`(?s)("phase_duration_seconds": )\{[^}]*\}`), "${1}{}"},
	{regexp.MustCompile(`("(?:[a-z_]+_(?:seconds|ratio|celsius|layers?)|print_layers?|gadget_score)": )[0-9.e-]+`), "${1}N"},
}

func (s scripts) normal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: normal stdout|stderr|FILE OUT")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), ts.Getenv("WORK"), "$WORK")
	for _, v := range variable {
		text = v.form.ReplaceAllString(text, v.text)
	}
	lines := strings.SplitAfter(text, "\n")
	list := 0 // the lines of a list come as the printers answer
	for list < len(lines) && regexp.MustCompile(`^[✓✗·]{6} `).MatchString(lines[list]) {
		list++
	}
	slices.SortFunc(lines[:list], func(a, b string) int {
		return strings.Compare(strings.TrimLeft(a, "✓✗·"), strings.TrimLeft(b, "✓✗·"))
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "")), 0o600))
}

func (s scripts) printer(ts *testscript.TestScript, name string) simulator.Printer {
	printers := s.relay.Printers()
	i := slices.IndexFunc(printers, func(p simulator.Printer) bool { return p.Name == name })
	if i < 0 {
		ts.Fatalf("there is no printer %s", name)
	}
	return printers[i]
}

func (s scripts) portal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: portal NAME OUT [FIELD=VALUE …]")
	}
	p := s.printer(ts, args[0])
	q := url.Values{
		"success": {"true"}, "id": {p.ID}, "url": {s.srv.URL() + "/p/" + p.ID}, "printername": {p.Name}, "appApiToken": {p.AppToken},
	}
	if p.Bearer != "" {
		q.Set("authBearerToken", p.Bearer)
	} else {
		q.Set("authBasicHttpUser", p.Username)
		q.Set("authBasicHttpPassword", p.Password)
	}
	for _, a := range args[2:] {
		k, v, _ := strings.Cut(a, "=")
		if q.Set(k, v); v == "" {
			q.Del(k)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte("https://octoeverywhere.com/appportal/v1/complete?"+q.Encode()+"\n"), 0o600))
}

func (s scripts) shared(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shared NAME OUT")
	}
	p := s.printer(ts, args[0])
	u, err := url.Parse(s.srv.URL())
	ts.Check(err)
	if u.Path = "/p/" + p.ID; p.Username != "" {
		u.User = url.UserPassword(p.Username, p.Password)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(u.String()+"/#temperature\n"), 0o600))
}

// placeholder is the name of a file in a template.
var placeholder = regexp.MustCompile(`@[a-z]+@`)

func fill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: fill TEMPLATE OUT")
	}
	text := placeholder.ReplaceAllStringFunc(ts.ReadFile(args[0]), func(name string) string {
		return strings.TrimSpace(ts.ReadFile(strings.Trim(name, "@")))
	})
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}

func modes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: modes PATH MODE")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[1] {
		ts.Fatalf("%s has mode %s", args[0], got)
	}
}

// TestScriptsHoldNoSecret of the fleet that they run against.
func TestScriptsHoldNoSecret(t *testing.T) {
	secrets := secretsOf(simulator.Demo(1))
	files, err := filepath.Glob("internal/cli/testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if leaks(string(text), secrets) || bytes.Contains(text, []byte("127.0.0.1:")) {
			t.Errorf("%s holds a secret or an address", f)
		}
	}
}
