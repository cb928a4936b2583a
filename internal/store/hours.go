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

// rewrittenHours is how many of the newest hours are written: a sample changes the present one and, at its beginning, the one before.
const rewrittenHours = 2

// SyncHours writes the newest hours of the fleet once a minute, and deletes those that are no longer among all. It is meant to be
// called every second. A failure is counted and logged.
func (s *Store) SyncHours(now time.Time, all func() []probe.Hour) {
	if !s.ready(now) || now.Before(s.nextHours) {
		return
	}
	s.nextHours = now.Add(hoursInterval)
	if hours := all(); len(hours) > 0 {
		if err := s.update(func(tx *bbolt.Tx) error { return writeHours(tx, hours) }); err != nil {
			s.writeFailed(now, err)
		}
	}
}

func writeHours(tx *bbolt.Tx, hours []probe.Hour) error {
	b := tx.Bucket(hoursBucket)
	for _, h := range hours[max(0, len(hours)-rewrittenHours):] {
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
	return hours
}

func hourKey(start time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(max(0, start.Unix())))
}
