package cli

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// TestClientsCannotTakeAllDescriptors: of a program that may open 200 files. Each question needs a connection of its own here,
// and so a descriptor that clients have left.
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
	config := file(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a", "b"))
	for _, c := range []struct {
		limit   string
		suffers bool
	}{{"100", false}, {"0", true}} { // without a limit they can: the test can fail
		p := &process{t: t, url: "http://" + freeAddress(t), done: make(chan struct{})}
		address := strings.TrimPrefix(p.url, "http://")
		p.cmd = exec.Command("sh", "-c", `ulimit -n 200; exec "$0" "$@"`, os.Args[0], "serve", "--config.file="+config,
			"--log.level=debug", "--log.format=json", "--web.listen-address="+address, "--web.max-connections="+c.limit)
		p.cmd.Env = append(os.Environ(), "TEST_BE_THE_PROGRAM=1")
		p.cmd.Stdout, p.cmd.Stderr = p, p
		if err := p.cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { _ = p.cmd.Wait(); close(p.done) }()
		p.until("it is ready", func() bool { status, _ := p.get("/-/ready"); return status == 200 })
		var crowd []net.Conn
		for range 300 {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fmt.Fprint(conn, "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n") // and then it is idle
			crowd = append(crowd, conn)
		}
		asked := func() int { return strings.Count(p.output(), `"msg":"asked"`) }
		before := asked()
		p.until("it goes on asking", func() bool { return asked() >= before+8 })
		if suffers := strings.Contains(p.output(), "out of file descriptors"); suffers != c.suffers {
			t.Errorf("with a limit of %s connections clients take what printers need: %t\n%.3000s", c.limit, suffers, p.output())
		}
		for _, conn := range crowd {
			_ = conn.Close()
		}
		p.until("it answers when they have gone", func() bool { status, _ := p.get("/-/healthy"); return status == 200 })
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}
