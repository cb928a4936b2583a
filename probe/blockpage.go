package probe

import (
	"net/http"
	"slices"
	"strings"
)

// MayBeBlockPage reports whether a response may be a page by which Cloudflare blocks this machine. Then the beginning of its
// body is judged.
func MayBeBlockPage(status int, h Headers) bool {
	return (status == http.StatusForbidden || status == http.StatusServiceUnavailable) && strings.EqualFold(h.Server, "cloudflare")
}

// blockPageWords are found in pages by which Cloudflare blocks a machine, and not in its other error pages, in lower case.
// Challenge pages also have the header Cf-Mitigated, unless a proxy on the way removed it. The numbers are those of error
// 1xxx that are about the client: its address, network, country or signature, or a rule that it met. Without HTML being
// accepted they are the whole body. Sources:
// https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/ and
// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/.
var blockPageWords = [...]string{
	"_cf_chl_opt", "checking your browser before accessing", "cf-browser-verification", "enable javascript and cookies to continue",
	"ddos protection by cloudflare", "sorry, you have been blocked", "used cloudflare to restrict access",
	"error code: 1005", "error code: 1006", "error code: 1007", "error code: 1008", "error code: 1009", "error code: 1010",
	"error code: 1012", "error code: 1020", "error code: 1106",
}

// blockHTMLWords are found in such pages, but may also be in a text of the service: they count in HTML only.
var blockHTMLWords = [...]string{
	"just a moment", "access denied", "attention required! | cloudflare", "please wait... | cloudflare",
	"error 1005", "error 1006", "error 1007", "error 1008", "error 1009", "error 1010", "error 1012", "error 1020", "error 1106",
}

// isBlockPage reports whether the beginning of a body is that of a page by which Cloudflare blocks this machine.
func isBlockPage(body []byte) bool {
	page := strings.Join(strings.Fields(strings.ToLower(string(body))), " ")
	has := func(words string) bool { return strings.Contains(page, words) }
	return slices.ContainsFunc(blockPageWords[:], has) || strings.HasPrefix(page, "<") && slices.ContainsFunc(blockHTMLWords[:], has)
}
