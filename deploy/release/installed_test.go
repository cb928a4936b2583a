package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// packageLife installs a package, and runs it as documented. The functions that it calls to install, upgrade and remove are the
// package manager's.
const packageLife = `
cd /
units="octoeverywhere_exporter.socket octoeverywhere_exporter.service"
config=--config.file=/etc/octoeverywhere_exporter/config.yaml
printer() { printf 'name,url\nmk4-0%s,https://shared-%s123456789abcdef.octoeverywhere.com\n' "$1" "$1"; }
get() { curl -sS --max-time 10 --retry 5 --retry-connrefused "http://127.0.0.1:10059$1"; }
printers() { get /metrics | sed -n 's/^octoeverywhere_exporter_printers //p'; }
pid() { systemctl show --property=MainPID --value octoeverywhere_exporter.service; }

echo "== install"
install_package
getent passwd octoeverywhere_exporter | cut -d: -f1,6,7
stat -c '%A %U:%G %n' /etc/octoeverywhere_exporter /etc/octoeverywhere_exporter/config.yaml
systemctl is-enabled $units
systemctl is-active $units

echo "== add, enable"
printer 1 | runuser -u octoeverywhere_exporter -- octoeverywhere_exporter add $config --from=- | grep -o 'added 1 printer'
timeout 30 systemctl enable --now $units 2>/dev/null
systemctl is-active $units
systemctl is-enabled $units
stat -c %U /proc/$(pid)
grep -e NoNewPrivs -e Seccomp: -e CapEff /proc/$(pid)/status | tr -s '\t' ' '
stat -c '%A %U %n' /var/lib/octoeverywhere_exporter /var/lib/octoeverywhere_exporter/state.db
get /-/ready
printers

echo "== reload"
printer 2 | runuser -u octoeverywhere_exporter -- octoeverywhere_exporter add $config --from=- | grep -o 'added 1 printer'
systemctl reload octoeverywhere_exporter.service
for _ in $(seq 100); do test "$(printers)" = 2 && break; sleep 0.1; done
printers

echo "== upgrade"
echo "# changed" >>/etc/octoeverywhere_exporter/config.yaml
before=$(pid)
upgrade_package
tail -n 1 /etc/octoeverywhere_exporter/config.yaml
test "$(pid)" != "$before" && echo restarted
systemctl is-active $units
printers

echo "== remove"
remove_package
systemctl is-active $units
ls -d /usr/bin/octoeverywhere_exporter /etc/octoeverywhere_exporter/* /var/lib/octoeverywhere_exporter /etc/systemd/system/*/octoeverywhere_exporter.* 2>/dev/null
`

// wantPackageLife is the output of packageLife.
const wantPackageLife = `== install
octoeverywhere_exporter:/var/lib/octoeverywhere_exporter:/usr/sbin/nologin
drwxr-x--- octoeverywhere_exporter:octoeverywhere_exporter /etc/octoeverywhere_exporter
-rw-r----- root:octoeverywhere_exporter /etc/octoeverywhere_exporter/config.yaml
disabled
disabled
inactive
inactive
== add, enable
added 1 printer
active
active
enabled
enabled
octoeverywhere_exporter
CapEff: 0000000000000000
NoNewPrivs: 1
Seccomp: 2
drwx------ octoeverywhere_exporter /var/lib/octoeverywhere_exporter
-rw------- octoeverywhere_exporter /var/lib/octoeverywhere_exporter/state.db
octoeverywhere_exporter is ready
1
== reload
added 1 printer
2
== upgrade
# changed
restarted
active
active
2
== remove
inactive
inactive
`

// TestDebRuns installs the package under a real systemd, adds printers, starts the unit, upgrades, removes and purges it.
func TestDebRuns(t *testing.T) {
	out := boot(t, map[string]string{"package.deb": packageOf(t, platforms[0], "deb")}, `
install_package() { dpkg --no-triggers --install /share/package.deb >/dev/null; }
upgrade_package() { install_package; }
remove_package() { dpkg --no-triggers --remove octoeverywhere-exporter >/dev/null 2>&1; }
`+packageLife+`
echo "== purge"
dpkg --no-triggers --purge octoeverywhere-exporter >/dev/null 2>&1
ls -d /etc/octoeverywhere_exporter /var/lib/octoeverywhere_exporter /usr/share/doc/octoeverywhere-exporter 2>/dev/null
`)
	if d := cmp.Diff(wantPackageLife+`/etc/octoeverywhere_exporter/config.yaml
/etc/octoeverywhere_exporter/printers.d
/etc/octoeverywhere_exporter/secrets
/var/lib/octoeverywhere_exporter
== purge
`, out); d != "" {
		t.Error(d)
	}
}

// TestRPMRuns does the same with rpm, without its database of dependencies: this is no distribution with rpm. rpm keeps the changed
// configuration as config.yaml.rpmsave.
func TestRPMRuns(t *testing.T) {
	testkit.Tool(t, "rpm")
	out := boot(t, map[string]string{"package.rpm": packageOf(t, platforms[0], "rpm")}, `
install_package() { rpm --force-debian --nodeps --install /share/package.rpm; rpm --verify --nodeps octoeverywhere-exporter; }
upgrade_package() { rpm --force-debian --nodeps --upgrade --replacepkgs /share/package.rpm; }
remove_package() { rpm --force-debian --erase octoeverywhere-exporter 2>/dev/null; }
`+packageLife)
	if d := cmp.Diff(wantPackageLife+`/etc/octoeverywhere_exporter/config.yaml.rpmsave
/etc/octoeverywhere_exporter/printers.d
/etc/octoeverywhere_exporter/secrets
/var/lib/octoeverywhere_exporter
`, out); d != "" {
		t.Error(d)
	}
}

// TestArchiveRuns runs the commands of docs/deployment.md that install the archive as a unit with a dynamic user, with secrets as
// credentials, and then with a dedicated user.
func TestArchiveRuns(t *testing.T) {
	text, err := os.ReadFile("../../docs/deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## systemd\n")
	section, _, _ = strings.Cut(section, "\n## Container\n")
	var shell, config []string
	var dropIn string
	for i, block := range strings.Split(section, "```") {
		language, block, _ := strings.Cut(block, "\n")
		switch {
		case i%2 == 0:
		case language == "sh":
			shell = append(shell, block)
		case language == "yaml":
			config = append(config, block)
		case language == "ini":
			dropIn = block // the last one
		}
	}
	if len(shell) != 4 || len(config) != 1 || !strings.Contains(dropIn, "DynamicUser=no\n") {
		t.Fatalf("docs/deployment.md has %d blocks of commands and %d of configuration: does this test still match them?", len(shell), len(config))
	}
	archives, err := filepath.Glob(filepath.Join(releaseDir(t), program+"-*."+platforms[0].String()+".tar.gz"))
	if err != nil || len(archives) != 1 {
		t.Fatal(archives, err)
	}
	out := boot(t, map[string]string{"archive.tar.gz": archives[0]}, `
cd /tmp
tar -xzf /share/archive.tar.gz
cd octoeverywhere_exporter-*
`+shell[0]+`
cat >/etc/octoeverywhere_exporter/config.yaml <<'END'
`+config[0]+`END
(
  umask 077
  cd /etc/octoeverywhere_exporter/secrets
  echo https://shared-0123456789abcdef.octoeverywhere.com >mk4-01.url
  echo token >mk4-01.token
)
journalctl() { :; } # it has no messages
(`+shell[1]+`) >/share/status 2>/share/errors
grep -v 'Created symlink' /share/errors
show() {
  stat -c '%A %n' "$(readlink -f /var/lib/octoeverywhere_exporter)"
  grep -o -e 'Active: active (running)' -e 'Status: .*' /share/status
  main=/proc/$(systemctl show --property=MainPID --value octoeverywhere_exporter.service)
  uid=$(stat -c %u $main)
  if test $uid -ge 61184 && test $uid -le 65519; then echo dynamic user; else stat -c %U $main; fi
  curl -sS --max-time 10 http://127.0.0.1:10059/metrics | grep '^octoeverywhere_exporter_printers '
}
show

systemctl() {
  case $1 in edit) mkdir -p "/etc/systemd/system/$2.d" && cp /share/drop-in "/etc/systemd/system/$2.d/override.conf" && command systemctl daemon-reload ;;
  *) command systemctl "$@" ;; esac
}
runuser() { :; } # add asks for a printer
cat >/share/drop-in <<'END'
`+dropIn+`END
`+shell[2]+`
cat >/etc/octoeverywhere_exporter/config.yaml <<'END'
printers:
  - {name: mk4-01, url_file: secrets/mk4-01.url, authorization: {credentials_file: secrets/mk4-01.token}}
END
`+shell[3]+`
systemctl status octoeverywhere_exporter >/share/status
show
`)
	running := func(folder, user string) string {
		return "drwx------ " + folder + "/octoeverywhere_exporter\nActive: active (running)\nStatus: \"Printers: 1\"\n" + user + "\noctoeverywhere_exporter_printers 1\n"
	}
	if d := cmp.Diff(running("/var/lib/private", "dynamic user")+running("/var/lib", "octoeverywhere_exporter"), out); d != "" {
		t.Error(d)
	}
}
