package transport

import (
	"net/netip"
	"sync"
	"time"
)

// lastAddresses holds the address of each host's last connection, for hosts that share none: a proxy, hosts with dedicated
// connections only, plain HTTP.
type lastAddresses struct {
	mu    sync.Mutex
	last  map[string]lastAddress // by host and port
	swept time.Time
}

// lastAddress is the address of a host's last connection, and when it was made.
type lastAddress struct {
	address netip.AddrPort
	at      time.Time
}

// of returns the address of a host, none if it is not known.
func (l *lastAddresses) of(hostPort string) []netip.AddrPort {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, ok := l.last[hostPort]; ok {
		return []netip.AddrPort{a.address}
	}
	return nil
}

// learn records the address of a connection. Hosts to which none was made for lastAddressFor are forgotten.
func (l *lastAddresses) learn(hostPort string, a netip.AddrPort) {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last, l.swept = map[string]lastAddress{}, now
	}
	l.last[hostPort] = lastAddress{a, now}
	if now.Sub(l.swept) < forgetAfter {
		return
	}
	l.swept = now
	for host, known := range l.last {
		if now.Sub(known.at) > lastAddressFor {
			delete(l.last, host)
		}
	}
}

// lastAddressFor is how long a last address is kept. A connection may last for days.
const lastAddressFor = 7 * 24 * time.Hour
