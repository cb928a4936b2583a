package probe

import "fmt"

// Format shows a reading without the texts that are never shown.
func (r Reading) Format(w fmt.State, verb rune) {
	type plain Reading
	r.texts.set(jobIDField, "")
	r.texts.set(fileNameField, "")
	_, _ = fmt.Fprintf(w, fmt.FormatString(w, verb), plain(r))
}
