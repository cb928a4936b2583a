package probe

import "strings"

// Platform is the software of the printer that the plugin is connected to. State words mean different things on them.
type Platform uint8

// The platforms. The zero value is one that is unknown.
const (
	UnknownPlatform Platform = iota
	Bambu
	PrusaLink
	Elegoo        // Centauri Carbon and Centauri Carbon 2
	OtherPlatform // Moonraker and OctoPrint, which report a bare version
)

// unknownVersion is what the plugin reports in place of a version that it does not know.
const unknownVersion = "0.0.0"

// unknownJob is the identifier of a print before the first one, according to the plugin's source. It writes null as well.
const unknownJob = "none"

// Platform returns the platform that the reported version belongs to.
func (r *Reading) Platform() Platform {
	switch v := r.PlatformVersion(); {
	case v == "":
		return UnknownPlatform
	case strings.Contains(v, "-BambuPrinters"):
		return Bambu
	case strings.HasPrefix(v, "PrusaLink"):
		return PrusaLink
	case strings.HasPrefix(v, "Elegoo"), strings.HasPrefix(v, "Centauri Carbon"):
		return Elegoo
	}
	return OtherPlatform
}
