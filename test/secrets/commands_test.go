package secrets

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/cli"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// layerFails is the exit code of probes that fail at the layer network.
const layerFails = 10

// commandLines are run and their output is searched for secrets. CONFIG is a configuration with a secret in each key, WEB a
// web configuration with one in the wrong key, LIST and TABLE are printerList and printerTable.
var commandLines = []struct {
	what string
	args []string
	code int
}{
	{"check", []string{"check", "--config.file=CONFIG"}, 0},
	{"check at debug level", []string{"check", "--config.file=CONFIG", "--log.level=debug", "--log.format=tint"}, 0},
	{"a web configuration with a slip", []string{"serve", "--config.file=CONFIG", "--web.listen-address=127.0.0.1:0", "--web.config.file=WEB"}, 1},
	{"an address that cannot be listened on", []string{"serve", "--config.file=CONFIG", "--web.listen-address=192.0.2.1:1"}, 1},
	{"an address instead of a command", []string{"https://" + mark + ".octoeverywhere.com/" + mark}, 80},
	{"an address behind a command", []string{"check", mark + ".octoeverywhere.com"}, 80},
	{"an address as a flag", []string{"--https://" + mark + ".octoeverywhere.com"}, 80},
	{"an address as a number", []string{"simulate", "--printers=https://" + mark + ".octoeverywhere.com"}, 80},
	{"an address as a fault ratio", []string{"simulate", "--faults=https://" + mark + ".octoeverywhere.com"}, 80},
	{"an address as a file", []string{"check", "--config.file=https://" + mark + ".octoeverywhere.com"}, 1},
	{"an address as a web configuration", []string{"serve", "--config.file=CONFIG", "--web.config.file=https://" + mark + ".octoeverywhere.com"}, 1},
	{"an address to listen on", []string{"serve", "--config.file=CONFIG", "--web.listen-address=https://" + mark + ".octoeverywhere.com"}, 80},
	{"probe", []string{"probe", "--all", "--config.file=CONFIG"}, layerFails},
	{"probe at debug level", []string{"probe", "--all", "--config.file=CONFIG", "--log.level=debug", "--log.format=tint"}, layerFails},
	{"probe as JSON", []string{"probe", "--all", "--config.file=CONFIG", "--output=json"}, layerFails},
	{"probe of an address", []string{"probe", "https://" + mark + ".octoeverywhere.com", "--config.file=CONFIG"}, 1},
	{"add what the portal did not complete", []string{"add", "https://octoeverywhere.com/?success=false&id=" + mark + "&url=https://" + mark + ".octoeverywhere.com&appApiToken=" + mark, "--config.file=CONFIG"}, 1},
	{"add what is no https", []string{"add", "https://octoeverywhere.com/?success=true&id=a&url=http://" + mark + ".octoeverywhere.com&authBearerToken=" + mark + "&printername=" + mark, "--name=new", "--config.file=CONFIG"}, 1},
	{"add with a slip", []string{"add", "https://octoeverywhere.com/?success=true&id=a&url=https://" + mark + ".octoeverywhere.com&authBearerToken=" + mark, "--new", "--config.file=CONFIG"}, 80},
	{"add", []string{"add", "https://octoeverywhere.com/?success=true&id=a&url=https://" + mark + ".octoeverywhere.com&authBearerToken=" + mark, "--name=new", "--config.file=CONFIG"}, layerFails},
	{"add what is there", []string{"add", "https://octoeverywhere.com/?success=true&id=a&url=https://" + mark + ".octoeverywhere.com&authBearerToken=" + mark, "--name=again", "--config.file=CONFIG"}, 1},
	{"add what is shared", []string{"add", "--shared", "https://" + mark + ":" + mark + "@shared-" + mark + ".octoeverywhere.com/", "--name=shared", "--config.file=CONFIG"}, layerFails},
	{"add from a list", []string{"add", "--from=LIST", "--config.file=CONFIG"}, 1},
	{"add from a table", []string{"add", "--from=TABLE", "--config.file=CONFIG"}, 1},
	{"add from a configuration", []string{"add", "--from=CONFIG", "--config.file=CONFIG"}, 1},
	{"add from an address", []string{"add", "--from=https://" + mark + ".octoeverywhere.com", "--config.file=CONFIG"}, 1},
	{"export", []string{"export", "--targets", "--config.file=CONFIG"}, 0},
	{"completion", []string{"completion", "bash"}, 0},
	{"codes", []string{"codes"}, 0},
	{"version", []string{"version"}, 0},
}

// runCommand returns the output of a command and its exit code.
func runCommand(args ...string) (string, int) {
	var out, err bytes.Buffer
	code := cli.Main(args, "", os.Stdin, &out, &err)
	return out.String() + err.String(), code
}

// TestCommandsShowNoSecret runs each command with secrets in all keys, and with each user error.
func TestCommandsShowNoSecret(t *testing.T) {
	secrets := testkit.NewCanaries()
	dir := t.TempDir()
	relay := simulator.New(simulator.Options{Printers: 12, Seed: 1})
	addSecrets(secrets, relay.Printers())
	cert, key := clientPEM(t, secrets)
	config, _ := everySecret{dir: dir, relay: relay, cert: cert, key: key}.write(t, 1)
	web := testkit.WriteFile(t, dir, "web.yaml", "basic_auth_users: %s\n", mark)
	list, table := testkit.WriteFile(t, dir, "list", "%s", printerList), testkit.WriteFile(t, dir, "table", "%s", printerTable)
	for _, c := range commandLines {
		args := append([]string{}, c.args...)
		for i, a := range args {
			args[i] = substitute(a, map[string]string{"CONFIG": config, "WEB": web, "LIST": list, "TABLE": table})
		}
		text, code := runCommand(args...)
		if code != c.code || code != 0 && text == "" {
			t.Errorf("%s: exit code %d: %s", c.what, code, text)
		}
		secrets.Absent(t, c.what, text)
	}
	for what, text := range userErrors {
		wrong := testkit.WriteFile(t, dir, "slip/config.yaml", "%s", text)
		for _, command := range []string{"check", "serve"} {
			text, code := runCommand(command, "--config.file="+wrong)
			if code != 1 || text == "" {
				t.Errorf("%s: %s: exit code %d: %s", command, what, code, text)
			}
			secrets.Absent(t, command+": "+what, text)
		}
	}
}

// substitute replaces a word by a path.
func substitute(arg string, paths map[string]string) string {
	for word, path := range paths {
		if flag, ok := strings.CutSuffix(arg, "="+word); ok {
			return flag + "=" + filepath.Clean(path)
		}
	}
	return arg
}

// Lists of printers with each kind of error.
const (
	printerList = `https://octoeverywhere.com/?success=true&id=a&url=https://` + mark + `1.octoeverywhere.com&authBearerToken=` + mark + `
https://octoeverywhere.com/?success=true&id=a&url=https://` + mark + `2.octoeverywhere.com
https://octoeverywhere.com/?success=false&id=` + mark + `&error=https://` + mark + `.octoeverywhere.com
https://` + mark + `:` + mark + `@shared-` + mark + `3.octoeverywhere.com/
http://shared-` + mark + `.octoeverywhere.com/
https://shared-` + mark + `.octoeverywhere.com/,` + mark + `
` + mark + `.octoeverywhere.com
`
	printerTable = `url,name
https://shared-` + mark + `4.octoeverywhere.com,https://shared-` + mark + `4.octoeverywhere.com
https://shared-` + mark + `5.octoeverywhere.com,` + mark + `,` + mark + `
"https://shared-` + mark + `6.octoeverywhere.com,` + mark + `
` + mark + `,` + mark + `
`
)
