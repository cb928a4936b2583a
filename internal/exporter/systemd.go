package exporter

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/coreos/go-systemd/v22/activation"
	"github.com/coreos/go-systemd/v22/daemon"
)

// systemdListeners returns the sockets that systemd has opened for the program, all or none; see systemd.socket(5).
func systemdListeners() ([]net.Listener, error) {
	listeners, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("web.systemd-socket: %w", err)
	}
	if len(listeners) == 0 {
		return nil, errors.New("web.systemd-socket: systemd has passed no socket; start the exporter by a socket unit, or leave the flag out and listen on web.listen-address")
	}
	for i, l := range listeners {
		if l == nil {
			closeAll(listeners)
			return nil, fmt.Errorf("web.systemd-socket: socket %d of %d does not accept connections; the socket unit must use ListenStream= and Accept=no", i+1, len(listeners))
		}
	}
	return listeners, nil
}

// notify sends states to the service manager that started the program, see sd_notify(3). Without one it does nothing.
func (e *Exporter) notify(states ...string) {
	if _, err := daemon.SdNotify(false, strings.Join(states, "\n")); err != nil {
		e.log.Warn("notifying the service manager failed", "error", err)
	}
}

// notifyReady also sets the line that `systemctl status` shows.
func (e *Exporter) notifyReady(note string) {
	e.notify(daemon.SdNotifyReady, fmt.Sprintf("STATUS=Printers: %d%s", e.fleet.Len(), note))
}

// notifyReloading announces a reload. notifyReady must follow, whatever its result.
func (e *Exporter) notifyReloading() {
	e.notify(daemon.SdNotifyReloading, strings.TrimSpace(daemon.SdNotifyMonotonicUsec()))
}

func (e *Exporter) notifyStopping() { e.notify(daemon.SdNotifyStopping) }
