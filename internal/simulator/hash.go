package simulator

// Each use of a printer's key has a purpose of its own, so that two facts about a printer do not move together.
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

// mix spreads three numbers over 64 bits. It takes the place of a random source wherever a fact must be the same each
// time it is asked for (the finalizer of SplitMix64, chained).
func hashOf(key, purpose, n uint64) uint64 {
	return splitMix64(splitMix64(splitMix64(key)+purpose) + n)
}

func splitMix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fraction turns a mixed number into one from 0 to below 1.
func fraction(h uint64) float64 { return float64(h>>11) / (1 << 53) }
