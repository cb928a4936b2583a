package probe

// hasNumbersIn reports whether the numbers of a response are those of the print in progress. Otherwise they may be 0, or left over
// from the print before.
func (p *Print) hasNumbersIn(r *Reading) bool {
	switch r.State {
	case Printing, Paused, Resuming:
		return true
	case WarmingUp:
		return false
	}
	return p.isShownBy(r) && !p.wasFurther(r)
}

// wasFurther reports whether progress fell in a response.
func (p *Print) wasFurther(r *Reading) bool {
	progress, known := r.Value(Progress)
	return known && progress < p.Progress
}

// showsPrint reports whether the last response is about the print in progress.
func (s *Status) showsPrint() bool {
	switch s.Reading.State {
	case Printing, Paused, Resuming:
		return s.Print.InProgress()
	case WarmingUp:
		return s.Print.InProgress() && s.Reading.FileName() != "" && !s.Print.isAheadOf(&s.Reading)
	}
	return s.Print.InProgress() && s.Print.isShownBy(&s.Reading)
}

// isLeftOver reports whether a number of a response that showsPrint is not that of the print in progress. Klipper writes progress
// 0 for an error of a print. Bambu Lab printers keep progress and layers of the print before until they have prepared the next one.
func (s *Status) isLeftOver(f Field) bool {
	r, p := &s.Reading, &s.Print
	switch r.State {
	case Printing, Paused, Resuming:
		return false
	}
	progress, _ := r.Value(Progress)
	layer, _ := r.Value(Layer)
	isOfPrintBefore := r.State == WarmingUp && p.Progress == 0 && p.Layer == 0 && (progress > 0 || layer > 0)
	switch f {
	case Progress:
		return p.wasFurther(r) || isOfPrintBefore && progress > 0
	case Layer:
		return p.wasFurther(r) || isOfPrintBefore && layer > 0
	case Layers:
		return isOfPrintBefore
	case TimeLeft:
		left, _ := r.Value(TimeLeft)
		return isOfPrintBefore && left == 0
	}
	return false
}
