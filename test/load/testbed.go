package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/test/testkit/loopback"
)

// testbed is a simulated relay and an exporter that probes it, as two processes.
type testbed struct {
	interval   time.Duration
	simulator  *process
	exporter   *process
	relayURL   string // URL of the simulator's admin pages
	metricsURL string
	verdicts   verdictLog
	client     *http.Client
	stop       context.CancelFunc
}

// startTestbed starts both processes. The returned context ends with ctx, or when a process ends; its cause is the
// reason. The testbed must be closed.
func startTestbed(ctx context.Context, o options, program, dir string, printers int) (context.Context, *testbed, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	tb := &testbed{
		interval: o.interval, stop: func() { cancel(errors.New("testbed closed")) },
		client: &http.Client{Transport: &http.Transport{
			DisableCompression: true, MaxIdleConnsPerHost: 10,
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, // the simulator's certificate is new at every start
		}},
	}
	if err := tb.start(ctx, cancel, o, program, dir, printers); err != nil {
		tb.close()
		return nil, nil, err
	}
	return ctx, tb, nil
}

func (tb *testbed) start(ctx context.Context, cancel context.CancelCauseFunc, o options, program, dir string, printers int) (err error) {
	relay, err := loopback.Free(ctx)
	if err != nil {
		return err
	}
	exporter, err := loopback.Free(ctx)
	if err != nil {
		return err
	}
	tb.relayURL, tb.metricsURL = "https://"+relay+"/-/sim", "http://"+exporter+"/metrics"
	config := filepath.Join(dir, "simulated.yaml")
	tb.simulator, err = startProcess(exec.CommandContext(ctx, program, "simulate", "--printers="+strconv.Itoa(printers), "--web.listen-address="+relay,
		"--faults="+o.faults, "--latency="+latency, "--config.file="+config, "--interval="+o.interval.String(), "--timeout="+o.probeTimeout().String()), cancel, nil)
	if err != nil {
		return err
	}
	isReady := func() bool { return strings.Contains(tb.simulator.output.String(), "/-/sim/log") } // the end of its first output
	if err := waitFor(ctx, 50*time.Millisecond, isReady); err != nil {
		return err
	}
	var hosts string
	if o.hostNamesErr == nil {
		if hosts, err = useHostNames(dir, config, relay); err != nil {
			return err
		}
	}
	serve := append([]string{"serve", "--log.format=json", "--config.file=" + config, "--web.listen-address=" + exporter}, o.serveFlags...)
	if tb.exporter, err = startProcess(exporterCommand(ctx, hosts, program, serve...), cancel, &tb.verdicts); err != nil {
		return err
	}
	return waitFor(ctx, 50*time.Millisecond, func() bool { return tb.isServed(ctx, "http://"+exporter+"/-/ready") })
}

// close stops both processes and waits for them.
func (tb *testbed) close() {
	tb.stop()
	for _, p := range [...]*process{tb.exporter, tb.simulator} {
		if p != nil {
			<-p.done
		}
	}
	tb.client.CloseIdleConnections()
}

// get requests a page. The caller must close its body.
func (tb *testbed) get(ctx context.Context, url, accept, encoding string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	if accept != "" {
		req.Header.Set("Accept", accept)
		req.Header.Set("Accept-Encoding", encoding)
	}
	return tb.do(req)
}

func (tb *testbed) do(req *http.Request) (*http.Response, error) {
	resp, err := tb.client.Do(req)
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

// isServed reports whether a page can be requested.
func (tb *testbed) isServed(ctx context.Context, url string) bool {
	resp, err := tb.get(ctx, url, "", "")
	if err != nil {
		return false
	}
	return resp.Body.Close() == nil
}

// download scrapes once and returns the number of bytes.
func (tb *testbed) download(ctx context.Context, accept, encoding string) (int64, error) {
	resp, err := tb.get(ctx, tb.metricsURL, accept, encoding)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return io.Copy(io.Discard, resp.Body)
}

// scrapeMetrics scrapes and parses the exporter's metrics.
func (tb *testbed) scrapeMetrics(ctx context.Context) (metricsPage, error) {
	resp, err := tb.get(ctx, tb.metricsURL, acceptText, "identity")
	if err != nil {
		return metricsPage{}, err
	}
	defer resp.Body.Close()
	return parseMetrics(resp.Body)
}

// waitForFirstProbes waits until all printers were probed.
func (tb *testbed) waitForFirstProbes(ctx context.Context, printers int) error {
	for {
		if err := sleepContext(ctx, 2*time.Second); err != nil {
			return err
		}
		e, err := tb.scrapeMetrics(ctx)
		if err != nil || e.probedPrinters >= printers {
			return err
		}
	}
}

// resetCounts resets the simulator's request counts.
func (tb *testbed) resetCounts(ctx context.Context) error { return tb.post(ctx, "/hits") }

// post sends a POST request to an admin page of the simulator.
func (tb *testbed) post(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, tb.relayURL+path, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := tb.do(req)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// healthyCounts returns the request counts of healthy printers.
func (tb *testbed) healthyCounts(ctx context.Context) (map[string]printerCounts, error) {
	var hits struct {
		Printers map[string]printerCounts `json:"printers"`
	}
	if err := tb.getJSON(ctx, "/hits", &hits); err != nil {
		return nil, err
	}
	var faults struct {
		Printers []struct {
			Name  string `json:"name"`
			Fault string `json:"fault"`
		} `json:"printers"`
	}
	if err := tb.getJSON(ctx, "/faults", &faults); err != nil {
		return nil, err
	}
	for _, p := range faults.Printers {
		if p.Fault != "" {
			delete(hits.Printers, p.Name)
		}
	}
	return hits.Printers, nil
}

// getJSON decodes an admin page of the simulator.
func (tb *testbed) getJSON(ctx context.Context, path string, into any) error {
	resp, err := tb.get(ctx, tb.relayURL+path, "", "")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("simulator page %s: %w", path, err)
	}
	return nil
}
