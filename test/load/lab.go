package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/test/testkit/loopback"
)

// lab is a simulated relay and an exporter that probes it, as two processes.
type lab struct {
	interval  time.Duration
	simulator *process
	exporter  *process
	relay     string // URL of what the simulator tells
	metrics   string // URL
	verdicts  verdicts
	client    *http.Client
	end       context.CancelFunc
}

// openLab starts both. The context it gives ends when ctx does or when one of the two ends; its cause says why. Close it.
func openLab(ctx context.Context, o options, program, dir string, printers int) (context.Context, *lab, error) {
	ctx, broken := context.WithCancelCause(ctx)
	l := &lab{
		interval: o.interval, end: func() { broken(errors.New("it is over")) },
		client: &http.Client{Transport: &http.Transport{
			DisableCompression: true, MaxIdleConnsPerHost: 10,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the simulator makes its certificate at start
		}},
	}
	if err := l.start(ctx, broken, o, program, dir, printers); err != nil {
		l.close()
		return nil, nil, err
	}
	return ctx, l, nil
}

func (l *lab) start(ctx context.Context, broken context.CancelCauseFunc, o options, program, dir string, printers int) (err error) {
	relay, err := loopback.Free(ctx)
	if err != nil {
		return err
	}
	exporter, err := loopback.Free(ctx)
	if err != nil {
		return err
	}
	l.relay, l.metrics = "https://"+relay+"/-/sim", "http://"+exporter+"/metrics"
	config := filepath.Join(dir, "simulated.yaml")
	l.simulator, err = start(ctx, broken, nil, program, "simulate", "--printers="+strconv.Itoa(printers), "--listen-address="+relay,
		"--shares="+o.shares, "--latency="+latency, "--config="+config, "--interval="+o.interval.String(), "--timeout="+o.timeout().String())
	if err != nil {
		return err
	}
	isReady := func() bool { return strings.Contains(l.simulator.said.String(), "/-/sim/log") } // the end of what it says at start
	if err := until(ctx, 50*time.Millisecond, isReady); err != nil {
		return err
	}
	serve := append([]string{"serve", "--log.format=json", "--config.file=" + config, "--web.listen-address=" + exporter}, o.serve...)
	if l.exporter, err = start(ctx, broken, &l.verdicts, program, serve...); err != nil {
		return err
	}
	return until(ctx, 50*time.Millisecond, func() bool { return l.answers(ctx, "http://"+exporter+"/-/ready") })
}

// close ends both processes and waits for it.
func (l *lab) close() {
	l.end()
	for _, p := range [...]*process{l.exporter, l.simulator} {
		if p != nil {
			<-p.ended
		}
	}
	l.client.CloseIdleConnections()
}

// get gets a page. The caller closes its body.
func (l *lab) get(ctx context.Context, url, accept, encoding string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
		req.Header.Set("Accept-Encoding", encoding)
	}
	return l.do(req)
}

func (l *lab) do(req *http.Request) (*http.Response, error) {
	resp, err := l.client.Do(req)
	if err != nil {
		if cause := context.Cause(req.Context()); cause != nil {
			err = cause
		}
		return nil, err
	}
	if resp.StatusCode >= 300 {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("%s: %s", req.URL, resp.Status)
	}
	return resp, nil
}

// answers reports whether there is a page.
func (l *lab) answers(ctx context.Context, url string) bool {
	resp, err := l.get(ctx, url, "", "")
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

// download scrapes once and gives how many bytes came.
func (l *lab) download(ctx context.Context, accept, encoding string) (int64, error) {
	resp, err := l.get(ctx, l.metrics, accept, encoding)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return io.Copy(io.Discard, resp.Body)
}

// read scrapes once and reads what came.
func (l *lab) read(ctx context.Context) (exposition, error) {
	resp, err := l.get(ctx, l.metrics, wantsText, "identity")
	if err != nil {
		return exposition{}, err
	}
	defer resp.Body.Close()
	return readExposition(resp.Body)
}

// settled waits until all printers were probed.
func (l *lab) settled(ctx context.Context, printers int) error {
	for {
		if err := sleep(ctx, 2*time.Second); err != nil {
			return err
		}
		e, err := l.read(ctx)
		if err != nil || e.probed >= printers {
			return err
		}
	}
}

// countAnew has the simulator forget what it has counted.
func (l *lab) countAnew(ctx context.Context) error { return l.order(ctx, "/hits") }

// order has the simulator do something.
func (l *lab) order(ctx context.Context, what string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.relay+what, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := l.do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// visits gives what was asked of the printers that are well.
func (l *lab) visits(ctx context.Context) (map[string]visits, error) {
	var hits struct {
		Printers map[string]visits `json:"printers"`
	}
	if err := l.tell(ctx, "/hits", &hits); err != nil {
		return nil, err
	}
	var faults struct {
		Printers []struct {
			Name  string `json:"name"`
			Fault string `json:"fault"`
		} `json:"printers"`
	}
	if err := l.tell(ctx, "/faults", &faults); err != nil {
		return nil, err
	}
	for _, p := range faults.Printers {
		if p.Fault != "" {
			delete(hits.Printers, p.Name)
		}
	}
	return hits.Printers, nil
}

// tell reads what the simulator tells as JSON.
func (l *lab) tell(ctx context.Context, page string, to any) error {
	resp, err := l.get(ctx, l.relay+page, "", "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(to); err != nil {
		return fmt.Errorf("the simulator's %s: %w", page, err)
	}
	return nil
}
