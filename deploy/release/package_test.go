package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// packagedFiles are the paths of a package outside its documentation, with their modes as dpkg-deb and rpm write them. FUNCTIONS is
// the folder of zsh, which differs.
var packagedFiles = []string{
	"-rw-r----- /etc/octoeverywhere_exporter/config.yaml",
	"-rw-r--r-- /usr/lib/systemd/system/octoeverywhere_exporter.service",
	"-rw-r--r-- /usr/lib/systemd/system/octoeverywhere_exporter.service.d/user.conf",
	"-rw-r--r-- /usr/lib/systemd/system/octoeverywhere_exporter.socket",
	"-rw-r--r-- /usr/share/bash-completion/completions/octoeverywhere_exporter",
	"-rw-r--r-- /usr/share/fish/vendor_completions.d/octoeverywhere_exporter.fish",
	"-rw-r--r-- /usr/share/man/man1/octoeverywhere_exporter.1.gz",
	"-rw-r--r-- /usr/share/zsh/FUNCTIONS/_octoeverywhere_exporter",
	"-rwxr-xr-x /usr/bin/octoeverywhere_exporter",
	"drwxr-x--- /etc/octoeverywhere_exporter",
}

// packageOf returns the path of a package.
func packageOf(t *testing.T, p platform, format string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(releaseDir(t), program+"-*."+p.String()+"."+format))
	if err != nil || len(names) != 1 {
		t.Fatalf("%s: %v %v", p, names, err)
	}
	return names[0]
}

// run runs a tool and returns its output.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), testkit.Tool(t, name), args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, stderr.String())
	}
	return string(out)
}

// compareFiles compares lines of modes and paths with packagedFiles.
func compareFiles(t *testing.T, functions, lines string) {
	t.Helper()
	documentation, got := 0, []string{}
	for line := range strings.Lines(lines) {
		mode, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		name = strings.TrimSuffix(name, "/")
		switch {
		case strings.HasPrefix(name, "/usr/share/doc/octoeverywhere-exporter"):
			documentation++
			if mode != "-rw-r--r--" && mode != "drwxr-xr-x" {
				t.Errorf("%s: mode %s", name, mode)
			}
		case mode != "drwxr-xr-x":
			got = append(got, mode+" "+name)
		}
	}
	slices.Sort(got)
	want := strings.ReplaceAll(strings.Join(packagedFiles, "\n"), "FUNCTIONS", functions)
	if d := cmp.Diff(want, strings.Join(got, "\n")); d != "" {
		t.Error(d)
	}
	if documentation < 50 {
		t.Errorf("only %d files of documentation", documentation)
	}
}

// TestDebs: each has its fields, its files with their modes, and right checksums.
func TestDebs(t *testing.T) {
	for p, arch := range map[platform]string{platforms[0]: "amd64", platforms[1]: "arm64", platforms[2]: "armhf"} {
		file := packageOf(t, p, "deb")
		fields := run(t, "dpkg-deb", "--field", file, "Package", "Architecture", "Section", "Pre-Depends")
		if d := cmp.Diff("Package: octoeverywhere-exporter\nArchitecture: "+arch+"\nSection: net\nPre-Depends: passwd\n", fields); d != "" {
			t.Error(d)
		}
		if version := run(t, "dpkg-deb", "--field", file, "Version"); strings.Contains(version, "-") {
			t.Errorf("the version %s of a prerelease is newer than that of its release", version)
		}
		var lines strings.Builder
		for line := range strings.Lines(run(t, "dpkg-deb", "--contents", file)) {
			words := strings.Fields(line)
			owner := "root/root"
			switch words[5] {
			case "./etc/octoeverywhere_exporter/":
				owner = "octoeverywhere_exporter/octoeverywhere_exporter"
			case "./etc/octoeverywhere_exporter/config.yaml":
				owner = "root/octoeverywhere_exporter"
			}
			if words[1] != owner {
				t.Errorf("owner %s of %s, want %s", words[1], words[5], owner)
			}
			lines.WriteString(words[0] + " " + strings.TrimPrefix(words[5], ".") + "\n")
		}
		compareFiles(t, "vendor-completions", lines.String())
		dir := t.TempDir()
		run(t, "dpkg-deb", "--raw-extract", file, dir)
		checkInstalledFiles(t, dir, p, "vendor-completions")
		sums := exec.CommandContext(t.Context(), "md5sum", "--check", "--quiet", "DEBIAN/md5sums")
		sums.Dir = dir
		if out, err := sums.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if conffiles, _ := os.ReadFile(filepath.Join(dir, "DEBIAN/conffiles")); string(conffiles) != "/etc/octoeverywhere_exporter/config.yaml\n" {
			t.Errorf("conffiles: %s", conffiles)
		}
	}
}

// TestRPMs: each has its tags, and its files with their modes.
func TestRPMs(t *testing.T) {
	for p, arch := range map[platform]string{platforms[0]: "x86_64", platforms[1]: "aarch64", platforms[2]: "armv7hl"} {
		file := packageOf(t, p, "rpm")
		if got := run(t, "rpm", "-qp", "--qf", "%{NAME} %{ARCH} %{LICENSE} %{BUILDHOST}", file); got != "octoeverywhere-exporter "+arch+" Apache-2.0 localhost" {
			t.Error(got)
		}
		compareFiles(t, "site-functions", run(t, "rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", file))
		if got := run(t, "rpm", "-qp", "--configfiles", file); got != "/etc/octoeverywhere_exporter/config.yaml\n" {
			t.Errorf("configuration files: %s", got)
		}
	}
}

// checkInstalledFiles: the files of a package are those of the archive; the unit starts the packaged program.
func checkInstalledFiles(t *testing.T, root string, p platform, functions string) {
	t.Helper()
	archive := map[string]string{}
	for _, f := range unpack(t, releaseDir(t), p) {
		_, name, _ := strings.Cut(f.name, "/")
		archive[name] = string(f.data)
	}
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		}
		return string(data)
	}
	for packaged, want := range map[string]string{
		"usr/bin/octoeverywhere_exporter":                               archive[program],
		"usr/lib/systemd/system/octoeverywhere_exporter.socket":         archive["deploy/systemd/octoeverywhere_exporter.socket"],
		"usr/lib/systemd/system/octoeverywhere_exporter.service":        strings.ReplaceAll(archive["deploy/systemd/octoeverywhere_exporter.service"], "/usr/local/bin/", "/usr/bin/"),
		"usr/share/zsh/" + functions + "/_octoeverywhere_exporter":      archive["completions/_octoeverywhere_exporter"],
		"usr/share/doc/octoeverywhere-exporter/docs/deployment.md":      archive["docs/deployment.md"],
		"usr/share/doc/octoeverywhere-exporter/copyright":               archive["LICENSE"],
		"usr/share/doc/octoeverywhere-exporter/LICENSE":                 archive["LICENSE"],
		"usr/share/doc/octoeverywhere-exporter/THIRD_PARTY_LICENSES":    archive["THIRD_PARTY_LICENSES"],
		"usr/share/bash-completion/completions/octoeverywhere_exporter": archive["completions/octoeverywhere_exporter.bash"],
	} {
		if got := read(packaged); got != want || got == "" {
			t.Errorf("%s: %d bytes, want the %d of the archive", packaged, len(got), len(want))
		}
	}
	manual := run(t, "gzip", "-dc", filepath.Join(root, "usr/share/man/man1/octoeverywhere_exporter.1.gz"))
	if manual != archive["docs/octoeverywhere_exporter.1"] {
		t.Error("the manual page differs")
	}
}

// TestUserOfPackages: the drop-in is that of the documentation, and systemd gives no file as a credential.
func TestUserOfPackages(t *testing.T) {
	dropIn, err := os.ReadFile("../package/user.conf")
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile("../../docs/deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	_, settings, _ := strings.Cut(string(dropIn), "[Service]\n")
	if settings == "" || !strings.Contains(string(document), "```ini\n[Service]\n"+settings+"```") {
		t.Errorf("docs/deployment.md does not contain the settings of user.conf:\n%s", settings)
	}
}
