package exporter

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// isOpen reports whether the server has not closed the connection. Nothing is expected to be read from it.
func (c *client) isOpen() bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.in.ReadByte()
	_ = c.SetReadDeadline(time.Time{})
	return err == nil || !strings.Contains(err.Error(), "EOF")
}

// TestTheLongestWaitingConnectionGivesWay: at the limit, a new connection replaces the one that has waited longest for a
// request, whether it is idle, has sent nothing yet, or a part of a header.
func TestTheLongestWaitingConnectionGivesWay(t *testing.T) {
	for what, prepare := range map[string]func(c *client){
		"idle":             func(c *client) { c.get("/-/healthy") },
		"nothing sent":     func(*client) {},
		"part of a header": func(c *client) { _, _ = io.WriteString(c, "GET /-/healthy HTTP/1.1\r\nHost:") },
	} {
		synctest.Test(t, func(t *testing.T) {
			o := withLimits
			o.MaxConnections = 3
			p := serving(t, simulated(t, 1, o))
			var held []*client
			for range 3 {
				c := p.connect(t)
				prepare(c)
				held = append(held, c)
				time.Sleep(time.Second)
				synctest.Wait()
			}
			for i := range 2 {
				if status, _ := p.connect(t).get("/-/healthy"); status != http.StatusOK {
					t.Errorf("%s: a new connection gets %d", what, status)
				}
				for j, c := range held {
					if open := c.isOpen(); open != (j > i) {
						t.Errorf("%s: after %d new connections number %d is open: %v", what, i+1, j+1, open)
					}
				}
			}
		})
	}
}

// TestAConnectionInUseDoesNotGiveWay: a new one waits until a request has ended. The response of that one is complete.
func TestAConnectionInUseDoesNotGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight atomic.Int32
		slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inFlight.Add(1)
			defer inFlight.Add(-1)
			if r.URL.Path != "/fast" {
				time.Sleep(time.Minute)
			}
			_, _ = io.WriteString(w, strings.Repeat("x", 100<<10))
		})
		p := servingHandler(t, slow, Options{MaxConnections: 4}, jsonLogger(&bytes.Buffer{}))
		paths := []string{"/", "/probe", "/metrics", "/-/healthy"}
		complete := make(chan int, len(paths))
		for _, path := range paths {
			c := p.connect(t)
			go func() { _, body := c.get(path); complete <- len(body) }()
		}
		synctest.Wait()
		begin := time.Now()
		c := p.connect(t) // accepted by the listener, but not served
		go func() { _, _ = io.WriteString(c, "GET /fast HTTP/1.1\r\nHost: exporter\r\n\r\n") }()
		synctest.Wait()
		if n := inFlight.Load(); n != 4 {
			t.Errorf("%d requests are in flight on 4 connections", n)
		}
		resp, err := http.ReadResponse(c.in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(resp.Body); err != nil || time.Since(begin) < time.Minute {
			t.Errorf("the new connection was served after %v: %v", time.Since(begin), err)
		}
		for range paths {
			if n := <-complete; n != 100<<10 {
				t.Errorf("a response in flight has %d bytes", n)
			}
		}
	})
}

// TestIdleConnectionsEnd, but not between two scrapes.
func TestIdleConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := serving(t, simulated(t, 1, withLimits)).connect(t)
		for range 2 {
			if status, _ := c.get("/-/healthy"); status != http.StatusOK {
				t.Error(status)
			}
			time.Sleep(time.Minute)
		}
		if !c.isOpen() {
			t.Error("it was closed between two scrapes")
		}
		time.Sleep(time.Minute + time.Second)
		if c.isOpen() {
			t.Error("it is open two minutes after the last request")
		}
	})
}
