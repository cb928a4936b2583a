package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// reloading is a configuration that changes. It lies behind two symlinks, as that of a mounted ConfigMap does.
type reloading struct {
	t         *testing.T
	dir       string
	relay     *simulator.Relay
	srv       *simulator.Server
	r         *rand.Rand
	p         *testkit.Process
	version   int
	good, bad int

	modes   bool // the exporter heeds the modes of files
	absent  map[int]bool
	renamed map[int]bool
	wrong   map[int]bool // has a credential that is not the connection's
	others  bool         // connections are made with other settings
}

// Of ten printers the last four may change: one comes and goes, one is renamed, two get new credentials.
func comesAndGoes(i int) bool { return i%10 == 6 }
func isRenamed(i int) bool    { return i%10 == 7 }
func isRotated(i int) bool    { return i%10 >= 8 }

func (r *reloading) stay() map[string]bool {
	names := map[string]bool{}
	for i, p := range r.relay.Printers() {
		if !comesAndGoes(i) && !isRenamed(i) {
			names[p.Name] = true
		}
	}
	return names
}

// text is the configuration as it is to be. Credentials that are rotated lie in files beside it.
func (r *reloading) text() (config string, files map[string]string) {
	var b strings.Builder
	files = map[string]string{"ca.pem": string(r.srv.CAPEM()) + map[bool]string{true: "\n"}[r.others]}
	fmt.Fprintf(&b, "defaults: {interval: 5s, timeout: 4s, tls_config: {ca_file: ca.pem}}\nservice: {url: %q}\nprinters:\n", r.srv.URL())
	for i, p := range r.relay.Printers() {
		if r.absent[i] {
			continue
		}
		name, token := p.Name, p.Bearer+p.Password
		if r.renamed[i] {
			name += "-renamed"
		}
		if r.wrong[i] {
			token = "another" + strconv.Itoa(i)
		}
		auth := fmt.Sprintf("authorization: {credentials: %q}", token)
		if isRotated(i) {
			file := fmt.Sprintf("token-%d", i)
			files[file], auth = token, "authorization: {credentials_file: "+file+"}"
		}
		if p.Bearer == "" {
			auth = strings.NewReplacer("authorization: {", fmt.Sprintf("basic_auth: {username: %q, ", p.Username), "credentials", "password").Replace(auth)
		}
		fmt.Fprintf(&b, "- {name: %s, url: %q, %s, labels: {site: %s}}\n", name, r.srv.URL()+"/p/"+p.ID, auth, p.Site)
	}
	return b.String(), files
}

// swap puts a configuration in place as Kubernetes does: a new folder, and a symlink that is swapped.
func (r *reloading) swap(config string, files map[string]string) {
	r.t.Helper()
	r.version++
	folder := fmt.Sprintf("..v%d", r.version)
	files["config.yaml"] = config
	for name, text := range files {
		testkit.WriteFile(r.t, filepath.Join(r.dir, folder), name, "%s", text)
	}
	old, _ := os.Readlink(filepath.Join(r.dir, "..data"))
	r.must(os.Symlink(folder, filepath.Join(r.dir, "..tmp")))
	r.must(os.Rename(filepath.Join(r.dir, "..tmp"), filepath.Join(r.dir, "..data")))
	if old == "" {
		r.must(os.Symlink("..data/config.yaml", filepath.Join(r.dir, "config.yaml")))
		for name := range files {
			if name != "config.yaml" {
				r.must(os.Symlink("..data/"+name, filepath.Join(r.dir, name)))
			}
		}
		return
	}
	r.must(os.RemoveAll(filepath.Join(r.dir, old)))
}

func (r *reloading) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// underModes is how to run the exporter so that it heeds the modes of files. Root does not, unless it gives that up.
func (r *reloading) underModes() []string {
	if r.modes = os.Geteuid() != 0; r.modes {
		return nil
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		r.t.Log("setpriv is not here: root may read everything")
		return nil
	}
	r.modes = true
	return []string{setpriv, "--bounding-set=-dac_override,-dac_read_search"}
}

// storm changes the configuration every 200 ms until the end.
func (r *reloading) storm(end time.Time) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	breaks := []func(){r.halfWritten, r.mistaken, r.isDirectory, r.notReadable, r.danglingLink}
	for n := 0; time.Now().Before(end); n++ {
		<-tick.C
		if n%3 == 2 {
			was := r.names()
			breaks[n/3%len(breaks)]()
			if status, text := r.p.Post("/-/reload"); status != http.StatusInternalServerError {
				r.t.Errorf("a broken configuration: %d %s", status, text)
			}
			if diff := slices.Compare(was, r.names()); diff != 0 {
				r.t.Error("a broken configuration has changed which printers there are")
			}
			r.bad++
			continue
		}
		r.change()
		if n%2 == 0 {
			r.swap(r.text())
		} else {
			r.inPlace()
		}
		if n%7 == 0 {
			r.p.Signal(syscall.SIGHUP)
			want := r.wanted()
			r.p.Until("the signal is followed", func() bool { return slices.Equal(want, r.names()) })
		} else if status, text := r.p.Post("/-/reload"); status != http.StatusOK {
			r.t.Errorf("a good configuration: %d %s", status, text)
		}
		if !slices.Equal(r.wanted(), r.names()) {
			r.t.Error("a good configuration is not what runs")
		}
		r.good++
	}
}

// change decides what the next configuration is.
func (r *reloading) change() {
	flips := func(may func(int) bool) map[int]bool {
		set := map[int]bool{}
		for i := range r.relay.Printers() {
			if may(i) && r.r.IntN(2) == 0 {
				set[i] = true
			}
		}
		return set
	}
	switch r.r.IntN(5) {
	case 0:
		r.absent = flips(comesAndGoes)
	case 1:
		r.renamed = flips(isRenamed)
	case 2:
		r.wrong = flips(isRotated)
	case 3:
		r.others = !r.others
	case 4: // nothing
	}
}

// inPlace writes the files where they are.
func (r *reloading) inPlace() {
	config, files := r.text()
	for name, text := range files {
		r.write(name, text)
	}
	r.write("config.yaml", config)
}

// write writes a file, whatever is there.
func (r *reloading) write(name, text string) {
	path := filepath.Join(r.dir, "..data", name)
	if info, err := os.Lstat(path); err == nil && info.Mode() != 0o600 {
		r.must(os.Remove(path))
	}
	r.must(os.WriteFile(path, []byte(text), 0o600))
}

func (r *reloading) halfWritten() {
	config, _ := r.text()
	config = config[:len(config)*2/3]
	r.write("config.yaml", config[:strings.LastIndexByte(config, ':')]) // ends in the middle of an entry
}

func (r *reloading) mistaken() { r.write("config.yaml", "printers: [{nam: a}]\n") }

func (r *reloading) isDirectory() {
	path := filepath.Join(r.dir, "..data", "config.yaml")
	r.must(os.Remove(path))
	r.must(os.Mkdir(path, 0o700))
}

func (r *reloading) notReadable() {
	if !r.modes {
		r.mistaken()
		return
	}
	r.must(os.Chmod(filepath.Join(r.dir, "..data", "config.yaml"), 0))
}

func (r *reloading) danglingLink() {
	r.must(os.Remove(filepath.Join(r.dir, "..data", "config.yaml")))
	r.must(os.Symlink("nowhere", filepath.Join(r.dir, "..data", "config.yaml")))
}

// rest puts everything back.
func (r *reloading) rest() {
	r.absent, r.renamed, r.wrong, r.others = nil, nil, nil, false
	r.swap(r.text())
	if status, text := r.p.Post("/-/reload"); status != http.StatusOK {
		r.t.Errorf("%d %s", status, text)
	}
}

var discovered = regexp.MustCompile(`"targets":\["([^"]+)"\]`)

// names are the printers that the exporter has, in order.
func (r *reloading) names() (names []string) {
	_, text := r.p.Get("/sd")
	for _, m := range discovered.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// wanted are the printers that the exporter should have, in order.
func (r *reloading) wanted() (names []string) {
	for i, p := range r.relay.Printers() {
		switch {
		case r.absent[i]:
		case r.renamed[i]:
			names = append(names, p.Name+"-renamed")
		default:
			names = append(names, p.Name)
		}
	}
	return names
}
