package probe

import (
	"strings"
	"testing"

	"octoeverywhere_exporter/fault"
)

// Pages as Cloudflare sends them, shortened.
const (
	managedChallenge = `<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title><meta name="robots" content="noindex,nofollow"></head>
<body><script>(function(){window._cf_chl_opt={cvId:'3',cZone:'x'};}());</script></body></html>`
	firewallPage = `<!DOCTYPE html>
<!--[if lt IE 7]> <html class="no-js ie6 oldie" lang="en-US"> <![endif]-->
<head><title>Attention Required! | Cloudflare</title><link rel="stylesheet" href="/cdn-cgi/styles/cf.errors.css"></head>
<body><h1 data-translate="block_headline">Sorry, you have been blocked</h1></body></html>`
	restrictedPage = `<html><head><title>Access denied | app-x.octoeverywhere.com used Cloudflare to restrict access</title></head></html>`
	oldChallenge   = `<html><head><title>Just a second</title></head><body><h1>Checking your browser before accessing octoeverywhere.com.</h1></body></html>`
	gatewayPage    = `<!DOCTYPE html><html><head><title>octoeverywhere.com | 503: Service unavailable</title><link rel="stylesheet" href="/cdn-cgi/styles/main.css"></head>
<body><div id="cf-wrapper"><div id="cf-error-details">Error code 503. Performance &amp; security by Cloudflare</div></div></body></html>`
	detections = `<html><body>Down for maintenance<script>(function(){a.src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'})()</script></body></html>`
)

// TestPrecedenceOfHTTPResponses: 6xx, then 407 and 511, then Cf-Mitigated, then pages of Cloudflare, then the number.
func TestPrecedenceOfHTTPResponses(t *testing.T) {
	for name, c := range map[string]struct {
		status            int
		server, mitigated string
		body              string
		want              fault.Fault
	}{
		"6xx":                                    {601, "cloudflare", "challenge", managedChallenge, fault.FromHTTP(601)},
		"6xx that is not listed":                 {655, "cloudflare", "challenge", "", fault.FromHTTP(655)},
		"407":                                    {407, "cloudflare", "challenge", managedChallenge, fault.FromHTTP(407)},
		"511":                                    {511, "cloudflare", "challenge", managedChallenge, fault.FromHTTP(511)},
		"mitigated 403":                          {403, "cloudflare", "challenge", "", fault.BlockedByEdge(403)},
		"mitigated 403 behind a proxy":           {403, "squid", "challenge", "", fault.BlockedByEdge(403)},
		"mitigated 429":                          {429, "cloudflare", "challenge", "error code: 1015", fault.BlockedByEdge(429)},
		"mitigated 503":                          {503, "", "challenge", "", fault.BlockedByEdge(503)},
		"mitigated 401":                          {401, "", "challenge", "", fault.BlockedByEdge(401)},
		"mitigated 302":                          {302, "", "challenge", "", fault.BlockedByEdge(302)},
		"mitigated 200":                          {200, "cloudflare", "challenge", managedChallenge, fault.BlockedByEdge(200)},
		"mitigated in another way":               {403, "cloudflare", "block", "", fault.BlockedByEdge(403)},
		"a challenge with 403":                   {403, "cloudflare", "", managedChallenge, fault.BlockedByEdge(403)},
		"a challenge with 503":                   {503, "cloudflare", "", oldChallenge, fault.BlockedByEdge(503)},
		"a firewall rule":                        {403, "cloudflare", "", firewallPage, fault.BlockedByEdge(403)},
		"an address is denied":                   {403, "Cloudflare", "", restrictedPage, fault.BlockedByEdge(403)},
		"in capitals":                            {403, "CLOUDFLARE", "", strings.ToUpper(firewallPage), fault.BlockedByEdge(403)},
		"without HTML":                           {403, "cloudflare", "", "error code: 1020", fault.BlockedByEdge(403)},
		"a signature that is banned":             {403, "cloudflare", "", "error code: 1010", fault.BlockedByEdge(403)},
		"a denial with a heading":                {403, "cloudflare", "", "<html><h1>Access\n denied</h1><p>Error 1020</p></html>", fault.BlockedByEdge(403)},
		"a challenge in a title with a language": {403, "cloudflare", "", `<!DOCTYPE html><title lang="en">Just a moment...</title>`, fault.BlockedByEdge(403)},
		"a denial of the service behind it":      {403, "cloudflare", "", `{"error":"access denied"}`, fault.FromHTTP(403)},
		"1xxx about the zone":                    {403, "cloudflare", "", "error code: 1000", fault.FromHTTP(403)},
		"a challenge of somebody else":           {403, "nginx", "", managedChallenge, fault.FromHTTP(403)},
		"a challenge without Server":             {403, "", "", managedChallenge, fault.FromHTTP(403)},
		"a page of Cloudflare with 401":          {401, "cloudflare", "", firewallPage, fault.FromHTTP(401)},
		"a page of Cloudflare with 429":          {429, "cloudflare", "", firewallPage, fault.FromHTTP(429)},
		"a page of Cloudflare with 500":          {500, "cloudflare", "", managedChallenge, fault.FromHTTP(500)},
		"403 of the service behind it":           {403, "cloudflare", "", `{"error":"forbidden"}`, fault.FromHTTP(403)},
		"403 without a body":                     {403, "cloudflare", "", "", fault.FromHTTP(403)},
		"503 of the service behind it":           {503, "cloudflare", "", gatewayPage, fault.FromHTTP(503)},
		"503 with Cloudflare's own detection":    {503, "cloudflare", "", detections, fault.FromHTTP(503)},
		"a rate limit":                           {429, "cloudflare", "", "error code: 1015", fault.FromHTTP(429)},
	} {
		a := attemptOf(c.status, c.body)
		a.Headers.Server, a.Headers.CFMitigated = c.server, c.mitigated
		for _, q := range Requests {
			if got, r := Judge(q, a); got != c.want || r != (Reading{}) {
				t.Errorf("%s: %s is %s %s %s, not %s %s %s", name, q, got.Layer, got.CodeLabel(), got.Reason, c.want.Layer, c.want.CodeLabel(), c.want.Reason)
			}
		}
	}
}

// TestAProxyThatRefusesToConnect: 407 and 511 have faults of their own, any other number is a connection that failed.
func TestAProxyThatRefusesToConnect(t *testing.T) {
	for status, want := range map[int]fault.Fault{
		407: fault.FromHTTP(407), 511: fault.FromHTTP(511), 403: fault.ConnectFailed, 502: fault.ConnectFailed, 601: fault.ConnectFailed,
	} {
		if got, _ := Judge(StatusRequest, Attempt{Phase: Connecting, ErrorKind: ProxyRefused, ProxyStatus: status}); got != want {
			t.Errorf("%d is %s", status, got.Reason)
		}
	}
}
