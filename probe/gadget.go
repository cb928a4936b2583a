package probe

import "time"

// score returns Gadget's score where it is of the print in progress: the plugin keeps it when the next print begins. The
// score is younger than the print, by the print's duration or, where the platform does not report one, since its first sight.
func (s *Status) score() (float64, bool) {
	score, known := s.Reading.Value(GadgetScore)
	age, aged := s.Reading.Value(gadgetScoreAge)
	printAge, _ := s.Reading.Value(Duration)
	if printAge == 0 {
		printAge = s.readAt.Sub(s.Print.Start).Seconds()
	}
	if !known || !aged || age >= printAge {
		return 0, false
	}
	return score, true
}

// GadgetPause returns when Gadget last paused the print in progress, false where it did not, or that is unknown.
func (s *Status) GadgetPause(now time.Time) (time.Time, bool) {
	return s.gadgetPause, s.gadgetActive(now) && !s.gadgetPause.IsZero()
}

// GadgetWarning returns when Gadget last warned about the print in progress, false where it did not, or that is unknown.
func (s *Status) GadgetWarning(now time.Time) (time.Time, bool) {
	return s.gadgetWarning, s.gadgetActive(now) && !s.gadgetWarning.IsZero()
}

func (s *Status) gadgetActive(now time.Time) bool {
	return s.ReadingHolds(now) && s.showsPrint()
}

// eventRounding is by how much the age of an event is rounded, and the clocks of plugin and exporter drift apart.
const eventRounding = 2 * time.Second

// eventTime returns when the event happened whose age a response tells; zero where it tells none. It is last if that is the
// same event, so that the time does not change from one response to the next.
func (r *Result) eventTime(age Field, last time.Time) time.Time {
	v, known := r.Reading.Value(age)
	if !known {
		return time.Time{}
	}
	at := r.Ended().Add(-time.Duration(v * float64(time.Second)))
	if !last.IsZero() && at.Sub(last).Abs() <= r.Took+eventRounding {
		return last
	}
	return at
}
