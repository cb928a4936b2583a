package probe

import (
	"net/http"

	"octoeverywhere_exporter/fault"
)

// Judge says what an attempt means: the fault that it met, or none, and what a good answer tells of the printer. It is
// pure and total: everything that is not a good answer is some fault.
//
// The verdict is the HTTP status first, then `Status` in the body. An answer in which the printer reports an error is a
// fault of the printer and has a Reading all the same.
func Judge(q Request, a Attempt) (fault.Fault, Reading) {
	switch {
	case a.HTTPStatus != 0 && a.HTTPStatus != http.StatusOK:
		return fault.FromHTTP(a.HTTPStatus), Reading{}
	case a.Phase != ResponseRead || a.HTTPStatus == 0:
		return judgeWire(a), Reading{}
	case q == InfoRequest:
		return judgeInfo(a.Body)
	}
	return judgePlugin(q, a.Body)
}

// judgeWire judges an attempt that got no whole answer.
func judgeWire(a Attempt) fault.Fault {
	switch {
	case a.Phase == Resolving:
		return fault.ResolveFailed
	case a.Phase == Connecting:
		return fault.ConnectFailed
	case a.Phase == Handshaking:
		return fault.TLSFailed
	case a.ErrorKind == TimedOut:
		return fault.NoAnswer
	}
	return fault.BrokenAnswer
}

func judgePlugin(q Request, body []byte) (fault.Fault, Reading) {
	a := decode(body)
	switch {
	case a.form == notJSON:
		return fault.NotTheAPI, Reading{}
	case a.form != envelope:
		return fault.MalformedAnswer, Reading{}
	case a.status != http.StatusOK:
		return fault.FromPlugin(a.status), Reading{}
	case !a.result:
		return fault.MalformedAnswer, Reading{}
	case q != StatusRequest:
		return fault.Fault{}, Reading{}
	case a.State == ErrorState:
		return fault.PrinterError, a.Reading
	}
	return fault.Fault{}, a.Reading
}

// judgeInfo judges the answer of the App Connection Info API, which has no envelope.
func judgeInfo(body []byte) (fault.Fault, Reading) {
	r, ok := decodeInfo(body)
	if !ok {
		return fault.NotTheAPI, Reading{}
	}
	return fault.Fault{}, r
}
