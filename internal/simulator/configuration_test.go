package simulator

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// configFile is the configuration that an exporter reads.
type configFile struct {
	Defaults struct {
		Interval string
		Timeout  string
		TLS      struct {
			CA     string
			CAFile string `yaml:"ca_file"`
		} `yaml:"tls_config"`
	}
	Service  struct{ URL string }
	Printers []configPrinter
}

type configPrinter struct {
	Name          string
	Enabled       *bool
	URL           string
	Authorization struct{ Credentials string }
	BasicAuth     struct{ Username, Password string } `yaml:"basic_auth"`
	AppToken      string                              `yaml:"app_token"`
	Labels        map[string]string
}

func configEntry(p Printer, url string) configPrinter {
	e := configPrinter{Name: p.Name, URL: url, AppToken: p.AppToken, Labels: map[string]string{"site": p.Site, "model": p.Model}}
	e.Authorization.Credentials = p.Bearer
	if p.Disabled {
		e.Enabled = new(false)
	}
	e.BasicAuth.Username, e.BasicAuth.Password = p.Username, p.Password
	return e
}

func decodeConfig(t *testing.T, text []byte) configFile {
	t.Helper()
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	var c configFile
	if err := d.Decode(&c); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return c
}

func TestServerWriteConfig(t *testing.T) {
	relay := Demo(1)
	server, err := relay.Listen("127.0.0.1:0")
	noError(t, err)
	defer server.Close()
	var out bytes.Buffer
	noError(t, server.WriteConfig(&out, ConfigOptions{Interval: 5 * time.Second, Timeout: 1500 * time.Millisecond}))
	got := decodeConfig(t, out.Bytes())

	var want configFile
	want.Defaults.Interval, want.Defaults.Timeout = "5s", "1500ms"
	want.Defaults.TLS.CA = string(server.CAPEM())
	want.Service.URL = server.URL()
	for _, p := range relay.Printers() {
		base := server.URL()
		if p.Fault == Unreachable {
			base = server.DeadURL()
		}
		want.Printers = append(want.Printers, configEntry(p, base+"/p/"+p.ID))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteConfigByHost(t *testing.T) {
	relay := newRelay(1, "relay.example", Latency{}, generateFleet(1, 5, nil))
	var out bytes.Buffer
	noError(t, relay.WriteConfig(&out, ConfigOptions{BaseURL: "https://127.0.0.1:8443", ByHost: true, CAFile: "/tmp/with space/ca.pem"}))
	got := decodeConfig(t, out.Bytes())

	var want configFile
	want.Defaults.Interval, want.Defaults.Timeout = "60s", "20s"
	want.Defaults.TLS.CAFile = "/tmp/with space/ca.pem"
	want.Service.URL = "https://relay.example:8443"
	for _, p := range relay.Printers() {
		want.Printers = append(want.Printers, configEntry(p, "https://"+p.ID+".relay.example:8443"))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteConfigErrors(t *testing.T) {
	err := New(Options{Printers: 5}).WriteConfig(failingWriter{}, ConfigOptions{})
	if err == nil || err.Error() != "write configuration: disk full" {
		t.Errorf("got %v", err)
	}
	err = New(Options{}).WriteConfig(io.Discard, ConfigOptions{BaseURL: "https://[::1"})
	if err == nil || !strings.HasPrefix(err.Error(), "write configuration: base URL: ") {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }
