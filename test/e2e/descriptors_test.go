package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestClientsCannotTakeAllDescriptors of a program that may open 200 files. Each request to a printer needs a new connection
// here, and so a file descriptor that clients do not hold.
func TestClientsCannotTakeAllDescriptors(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such limits")
	}
	t.Parallel()
	relay := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`)
	}))
	relay.Config.SetKeepAlivesEnabled(false)
	relay.Start()
	t.Cleanup(relay.Close)
	config := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a", "b"))
	for _, c := range []struct {
		limit   string
		suffers bool
	}{{"100", false}, {"0", true}} { // without a limit they can, which shows that the test can fail
		address := testkit.FreeAddress(t)
		p := testkit.StartReady(t, testkit.Wrapped([]string{"sh", "-c", `ulimit -n 200; exec "$@"`, "sh"}, "serve", "--config.file="+config,
			"--log.level=debug", "--log.format=json", "--web.listen-address="+address, "--web.max-connections="+c.limit), address)
		var clients []net.Conn
		for range 300 {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprint(conn, "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n") // then the connection is idle
			clients = append(clients, conn)
		}
		completed := func() int { return strings.Count(p.Output(), `"msg":"request completed"`) }
		before := completed()
		p.Until("it continues to probe", func() bool { return completed() >= before+8 })
		if suffers := strings.Contains(p.Output(), "out of file descriptors"); suffers != c.suffers {
			t.Errorf("with a limit of %s connections clients take the descriptors of probes: %t\n%.3000s", c.limit, suffers, p.Output())
		}
		for _, conn := range clients {
			_ = conn.Close()
		}
		p.Until("it responds once they are gone", func() bool { status, _ := p.Get("/-/healthy"); return status == 200 })
		p.Kill()
	}
}
