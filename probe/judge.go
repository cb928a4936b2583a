package probe

import (
	"net/http"

	"octoeverywhere_exporter/fault"
)

// Judge returns the fault of an attempt, if any, and the numbers of a good response. It is pure and total: everything that
// is not a good response is a fault.
//
// The HTTP status is judged first, then `Status` in the body. A response in which the printer reports an error is a fault of
// the printer layer and still has a Reading.
func Judge(q Request, a Attempt) (fault.Fault, Reading) {
	switch {
	case a.HTTPStatus != 0 && a.HTTPStatus != http.StatusOK, a.Headers.CFMitigated != "":
		return judgeHTTP(q, a), Reading{}
	case a.Phase != ResponseRead || a.HTTPStatus == 0:
		return judgeWire(a), Reading{}
	case q == InfoRequest:
		return judgeInfo(a.Body)
	}
	return judgePlugin(q, a.Body)
}

// judgeHTTP judges a response by its HTTP status and headers: the service's own numbers, then those that are only sent by a
// proxy or a portal, then bot protection, then the other numbers.
func judgeHTTP(q Request, a Attempt) fault.Fault {
	switch s := a.HTTPStatus; {
	case s >= 600 && s <= 699, fromProxy(s):
	case a.Headers.CFMitigated != "", MayBeBlockPage(s, a.Headers) && isBlockPage(a.Body):
		return fault.BlockedByEdge(s)
	case q == InfoRequest:
		return infoFault(s)
	}
	return fault.FromHTTP(a.HTTPStatus)
}

// fromProxy reports whether only a proxy or the portal of a network sends an HTTP status (RFC 9110 §15.5.8, RFC 6585 §6).
func fromProxy(status int) bool {
	return status == http.StatusProxyAuthRequired || status == http.StatusNetworkAuthenticationRequired
}

// judgeWire judges an attempt without a complete response.
func judgeWire(a Attempt) fault.Fault {
	switch {
	case fromProxy(a.ProxyStatus):
		return fault.FromHTTP(a.ProxyStatus)
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

// judgePlugin judges a response of the Plugin API.
func judgePlugin(q Request, body []byte) (fault.Fault, Reading) {
	a := decodePlugin(body, statusPaths)
	switch {
	case a.form == notJSON:
		return fault.NotTheAPI, Reading{}
	case a.form != envelope:
		return fault.MalformedAnswer, Reading{}
	case a.status != http.StatusOK:
		return fault.FromPlugin(a.status), Reading{}
	case !a.hasResult:
		return fault.MalformedAnswer, Reading{}
	case q != StatusRequest:
		return fault.Fault{}, Reading{}
	case a.State == ErrorState:
		return fault.PrinterError, a.Reading
	}
	return fault.Fault{}, a.Reading
}
