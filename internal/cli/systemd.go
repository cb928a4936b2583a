package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// listeners gives what is served on: the addresses, or what systemd listens on for the program.
func (a *app) listeners(addresses []string) ([]net.Listener, error) {
	if a.inherits {
		return inherited()
	}
	return listen("web.listen-address", addresses...)
}

// inherited gives the sockets that systemd has opened for the program, all of them or none; see systemd.socket(5).
func inherited() ([]net.Listener, error) {
	listeners, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("web.systemd-socket: %w", err)
	}
	if len(listeners) == 0 {
		return nil, errors.New("web.systemd-socket: systemd has passed no socket; start the exporter by a socket unit, or leave the flag out and listen on web.listen-address")
	}
	for i, l := range listeners {
		if l != nil {
			continue
		}
		for _, l := range listeners {
			if l != nil {
				_ = l.Close()
			}
		}
		return nil, fmt.Errorf("web.systemd-socket: socket %d of %d is not one to serve on; the socket unit must use ListenStream= and Accept=no", i+1, len(listeners))
	}
	return listeners, nil
}

// manager tells the service manager that started the program what state it is in, with the words of sd_notify(3). Without
// a service manager it tells nobody.
func manager(log *slog.Logger) func(state ...string) {
	return func(state ...string) {
		if _, err := daemon.SdNotify(false, strings.Join(state, "\n")); err != nil {
			log.Warn("service manager cannot be told", "error", err)
		}
	}
}

// tellReady says that all is loaded and served, and in the line that `systemctl status` shows, of how many printers.
func (a *app) tellReady(note string) {
	a.tell(daemon.SdNotifyReady, fmt.Sprintf("STATUS=Printers: %d%s", len(a.fleet.Entries()), note))
}

// tellReloading says that a reload begins; tellReady ends it, whatever came of it.
func (a *app) tellReloading() {
	a.tell(daemon.SdNotifyReloading, strings.TrimSpace(daemon.SdNotifyMonotonicUsec()))
}

func (a *app) tellStopping() { a.tell(daemon.SdNotifyStopping) }
