package store

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/url"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// begin is when the printers of tests are first probed.
var begin = time.Unix(1_800_000_000, 0)

// farm is a set of printers whose probes are a minute apart.
type farm struct {
	key     []byte
	now     time.Time
	records []probe.Record
}

func newFarm(s *Store, n int) *farm {
	f := &farm{key: s.Key(), now: begin}
	for i := range n {
		t := target(i)
		f.records = append(f.records, probe.Record{Number: uint64(i + 1), Identity: t.Identity(f.key), Status: new(probe.NewStatus(t))})
	}
	return f
}

func target(i int) probe.Target {
	u := &url.URL{Scheme: "https", Host: fmt.Sprintf("app-%d.octoeverywhere.test", i)}
	return probe.Target{
		Name: fmt.Sprintf("p%05d", i), Interval: time.Minute, Timeout: time.Second,
		Address: probe.NewAddress(u), Service: probe.NewAddress(u), Authorization: probe.NewSecret("Bearer canary"),
	}
}

// probe lets a minute pass and folds a result into the status of each of some printers.
func (f *farm) probe(r probe.Result, printers ...int) *farm {
	f.now = f.now.Add(time.Minute)
	r.Request, r.Sent, r.Took = probe.StatusRequest, f.now, 100*time.Millisecond
	for _, i := range printers {
		next := f.records[i].Status.Next(r)
		f.records[i].Status = &next
	}
	return f
}

// restart takes the records of the storage, configured as before.
func (f *farm) restart(s *Store) {
	f.records = s.Load(f.now)
	for i, r := range f.records {
		f.records[i].Status = new(r.Status.Reconfigured(target(int(r.Number-1)), false))
	}
}

func (f *farm) all() iter.Seq[probe.Record] { return slices.Values(f.records) }

// Results of probes.
func printing() probe.Result {
	return probe.Result{Reading: probe.Reading{State: probe.Printing}}
}

func complete() probe.Result {
	return probe.Result{Reading: probe.Reading{State: probe.Complete}}
}

func fails(code int) probe.Result { return probe.Result{Fault: fault.FromPlugin(code)} }

// open opens the storage in a folder, and ends the test if that is not possible. The file is closed with the test.
func open(t testing.TB, dir string) (s *Store, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	s, err := Open(dir, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s, log
}

// reopen closes the storage without writing, as if the process was killed, and opens it again.
func reopen(t testing.TB, s *Store, dir string) *Store {
	t.Helper()
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	again, _ := open(t, dir)
	return again
}

// keys returns how many keys a bucket has.
func keys(t testing.TB, s *Store, bucket []byte) int {
	t.Helper()
	n := 0
	if err := s.view(func(tx *bbolt.Tx) error { n = tx.Bucket(bucket).Inspect().KeyN; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

var discard = slog.New(slog.NewTextHandler(io.Discard, nil))
