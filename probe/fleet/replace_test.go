package fleet

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// TestReloadClosesConnectionsOfOldSettings, which no printer has any more, whether the connections are shared or dedicated.
func TestReloadClosesConnectionsOfOldSettings(t *testing.T) {
	for name, dedicated := range map[string]bool{"shared": false, "dedicated": true} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, idle) }))
			srv.Config.ErrorLog = quiet()
			srv.EnableHTTP2 = true
			srv.StartTLS()
			defer srv.Close()
			roots := x509.NewCertPool()
			roots.AddCert(srv.Certificate())
			u, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			f := New(Options{DisableSharing: dedicated})
			defer f.Close()
			to := targets("a")[0]
			to.Address = probe.NewAddress(u)
			for _, key := range []string{"before", "after"} {
				old := f.transports["before"]
				to.Settings = probe.Settings{Key: key, TLS: &tls.Config{RootCAs: roots}}
				f.Replace([]probe.Target{to})
				if s, _, err := f.ProbeNow(t.Context(), to.Name); err != nil || !s.Success() || f.transports[key].Open() != 1 {
					t.Fatalf("%s: %v, %+v", key, err, s)
				}
				for end := time.Now().Add(10 * time.Second); old != nil && old.Open() > 0; time.Sleep(time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal("the old connections stay open")
					}
				}
			}
		})
	}
}
