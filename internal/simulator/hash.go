package simulator

// Each use of a printer's key has its own purpose, so that two facts about a printer are independent.
const (
	purposeLatency uint64 = iota + 1
	purposeReturn
	purposeReconnect
	purposeAlternation
	purposePrint
	purposePrintID
	purposeTemperature
	purposeScore
	purposeSensor
	purposeOutage
	purposeAddress
	purposePastConnection
)

// hashOf hashes three numbers to 64 bits (the finalizer of SplitMix64, chained). It replaces a random source wherever a
// value must be the same on every request.
func hashOf(key, purpose, n uint64) uint64 {
	return splitMix64(splitMix64(splitMix64(key)+purpose) + n)
}

func splitMix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fraction maps a hash to [0, 1).
func fraction(h uint64) float64 { return float64(h>>11) / (1 << 53) }
