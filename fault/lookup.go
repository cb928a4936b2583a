package fault

// The faults that the exporter finds out by itself.
var (
	ResolveFailed    = ours("resolve_failed")
	ConnectFailed    = ours("connect_failed")
	TLSFailed        = ours("tls_failed")
	NoAnswer         = ours("no_answer")
	BrokenAnswer     = ours("broken_answer")
	NotTheAPI        = ours("not_the_api")
	MalformedAnswer  = ours("malformed_answer")
	HostUnresponsive = ours("host_unresponsive")
	PrinterError     = ours("printer_error")
)

// ours finds a row of this exporter by its reason. A name that is not in the table gives the zero value, which a test
// would see: the table is the one place that says what such a fault means.
func ours(reason string) Fault {
	for _, r := range table {
		if r.From == ByExporter && r.Reason == reason {
			return r.Fault
		}
	}
	return Fault{}
}

// FromHTTP is the fault that an HTTP status stands for. It always answers: the caller knows that the status is not the
// good one, 200, and asks only then.
func FromHTTP(status int) Fault {
	if status >= 600 && status <= 699 {
		return find(ByService, status)
	}
	return find(ByHTTP, status)
}

// FromPlugin is the fault that the `Status` of a plugin's answer stands for. It always answers: the caller knows that
// the status is not the good one, 200, and asks only then.
func FromPlugin(status int) Fault { return find(ByPlugin, status) }

// find gives the row with that very number, else the first that spans it; a span's fault takes the number on.
func find(from Source, code int) Fault {
	var spanning Fault
	for i := range table {
		r := &table[i]
		if r.From != from || code < r.Low || code > r.High {
			continue
		}
		if !r.Unlisted() {
			return r.Fault
		}
		if spanning.None() {
			spanning = r.Fault
			spanning.Code = code
		}
	}
	return spanning
}
