package fleet

import (
	"crypto/rand"
	"iter"
	"slices"
	"time"

	"octoeverywhere_exporter/probe"
)

// removedAge is for how long what is known of a removed printer is kept: it may come back.
const removedAge = 24 * time.Hour

// Restore makes what other processes knew of printers known to the next Replace. It must be called before that.
func (f *Fleet) Restore(records []probe.Record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range records {
		p := &printer{number: r.Number, identity: r.Identity, removedAt: r.RemovedAt}
		p.status.Store(r.Status)
		f.removed = append(f.removed, p)
		f.lastNumber = max(f.lastNumber, r.Number)
	}
}

// Records yields what is remembered of all printers, those removed within the last day included. No reload happens in the
// meantime, so yield must be quick.
func (f *Fleet) Records() iter.Seq[probe.Record] {
	return func(yield func(probe.Record) bool) {
		f.mu.RLock()
		defer f.mu.RUnlock()
		now := time.Now()
		for _, printers := range [...][]*printer{f.order, f.removed} {
			for _, p := range printers {
				if p.isForgotten(now) {
					continue
				}
				if !yield(p.record()) {
					return
				}
			}
		}
	}
}

// isForgotten reports whether the printer was removed too long ago.
func (p *printer) isForgotten(now time.Time) bool {
	return !p.removedAt.IsZero() && now.Sub(p.removedAt) >= removedAge
}

// compareRemoval sorts configured printers first, then those removed, the last one first.
func (p *printer) compareRemoval(o *printer) int {
	if p.removedAt.IsZero() != o.removedAt.IsZero() {
		if p.removedAt.IsZero() {
			return -1
		}
		return 1
	}
	return o.removedAt.Compare(p.removedAt)
}

// Record returns what is remembered of a configured printer, false where there is none of that name.
func (f *Fleet) Record(name string) (probe.Record, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	p, ok := f.printers[name]
	if !ok {
		return probe.Record{}, false
	}
	return p.record(), true
}

// record returns what is remembered; the fleet's mu must be held.
func (p *printer) record() probe.Record {
	return probe.Record{Number: p.number, Identity: p.identity, RemovedAt: p.removedAt, Status: p.status.Load()}
}

// remember returns the printers that are not in configured.
func remember(all, configured []*printer, now time.Time) []*printer {
	stays := make(map[*printer]bool, len(configured))
	for _, p := range configured {
		stays[p] = true
	}
	return slices.DeleteFunc(all, func(p *printer) bool {
		if stays[p] {
			return true
		}
		if p.removedAt.IsZero() || p.removedAt.After(now) {
			p.removedAt = now
		}
		p.version++ // probed at once if it comes back
		p.results.Store(nil)
		return false
	})
}

// match returns for each identity the printer whose memory it continues, nil where there is none:
//
//  1. the printer with the same configured ID, whatever its name and address;
//  2. the printer with the same name and the same address;
//  3. the only printer that left the address, if one new name is there.
//
// A printer with the same name at another address is another printer: what was known does not apply to it. Of several printers in
// known the first one is matched.
func match(identities []probe.Identity, known []*printer) []*printer {
	m := matcher{identities, make([]*printer, len(identities)), map[*printer]bool{}}
	type place struct {
		name    string
		address probe.Digest
	}
	pair(&m, known, func(i *probe.Identity) (probe.Digest, bool) { return i.ID, i.ID != noID })
	pair(&m, known, func(i *probe.Identity) (place, bool) { return place{i.Name, i.Address}, true })
	leaving, arriving := map[probe.Digest][]*printer{}, map[probe.Digest][]int{}
	for _, p := range known {
		if !m.taken[p] {
			leaving[p.identity.Address] = append(leaving[p.identity.Address], p)
		}
	}
	for i := range identities {
		if m.matched[i] == nil {
			arriving[identities[i].Address] = append(arriving[identities[i].Address], i)
		}
	}
	for address, left := range leaving {
		if at := arriving[address]; len(left) == 1 && len(at) == 1 {
			m.take(at[0], left[0])
		}
	}
	return m.matched
}

// noID is the ID of a printer without one.
var noID probe.Digest

// matcher assigns each printer to one identity at most.
type matcher struct {
	identities []probe.Identity
	matched    []*printer
	taken      map[*printer]bool
}

// take assigns p to an identity, unless both have IDs that differ: then they are different printers.
func (m *matcher) take(i int, p *printer) {
	if a, b := m.identities[i].ID, p.identity.ID; a != noID && b != noID && a != b {
		return
	}
	m.matched[i], m.taken[p] = p, true
}

// pair assigns each printer to the identity with the same key; has is false where there is no key. Of several printers the
// first one is assigned.
func pair[K comparable](m *matcher, known []*printer, key func(*probe.Identity) (k K, has bool)) {
	byKey := make(map[K]*printer, len(known))
	for _, p := range slices.Backward(known) {
		if k, has := key(&p.identity); has && !m.taken[p] {
			byKey[k] = p
		}
	}
	for i := range m.identities {
		if k, has := key(&m.identities[i]); has && m.matched[i] == nil {
			if p := byKey[k]; p != nil && !m.taken[p] {
				m.take(i, p)
			}
		}
	}
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key
}
