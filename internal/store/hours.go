package store

import (
	"encoding/binary"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// hoursInterval is how often the hours of the fleet are written.
const hoursInterval = time.Minute

// SyncHours writes once a minute the hours of the fleet since the last write, all to a new file, and deletes those that are older
// than all. It is meant to be called every second. A failure is counted and logged.
func (s *Store) SyncHours(now time.Time, all func() []probe.Hour) {
	if !s.ready(now) || now.Before(s.nextHours) {
		return
	}
	s.nextHours = now.Add(hoursInterval)
	hours := all()
	if len(hours) == 0 {
		return
	}
	since := earlier(s.hoursWritten, now.Add(-hoursInterval)).Truncate(time.Hour)
	if err := s.update(func(tx *bbolt.Tx) error { return writeHours(tx, hours, since) }); err != nil {
		s.writeFailed(now, err)
		return
	}
	s.hoursWritten = now
}

func writeHours(tx *bbolt.Tx, hours []probe.Hour, since time.Time) error {
	b := tx.Bucket(hoursBucket)
	for _, h := range hours {
		if h.Start.Before(since) {
			continue
		}
		value, err := json.Marshal(h)
		if err != nil {
			return err
		}
		if err := b.Put(hourKey(h.Start), value); err != nil {
			return err
		}
	}
	c := b.Cursor()
	for k, _ := c.First(); k != nil && string(k) < string(hourKey(hours[0].Start)); k, _ = c.First() {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// LoadHours returns the hours of the fleet, the oldest first. Hours that cannot be read are left out.
func (s *Store) LoadHours() (hours []probe.Hour) {
	err := s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(hoursBucket).ForEach(func(_, v []byte) error {
			var h probe.Hour
			if json.Unmarshal(v, &h) == nil {
				hours = append(hours, h)
			}
			return nil
		})
	})
	if err != nil {
		s.failed("reading history failed", err)
	}
	if len(hours) > 0 {
		s.hoursWritten = hours[len(hours)-1].Start
	}
	return hours
}

func hourKey(start time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(max(0, start.Unix())))
}
