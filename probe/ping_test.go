package probe

import (
	"testing"

	"octoeverywhere_exporter/fault"
)

// TestPingThatIsNoPong: of the responses to a ping only those count that a plugin without ping cannot cause.
func TestPingThatIsNoPong(t *testing.T) {
	ping := func(status int, body string) fault.Fault {
		f, _ := Judge(PingRequest, attemptOf(status, body))
		return f
	}
	const pong = `{"Status":200,"Result":{"Message":"Pong"}}`
	for name, c := range map[string]struct {
		fault fault.Fault
		want  pingEvidence
	}{
		"a pong":                     {ping(200, pong), pingCounts},
		"no such name":               {fault.ResolveFailed, pingCounts},
		"no connection":              {fault.ConnectFailed, pingCounts},
		"TLS":                        {fault.TLSFailed, pingCounts},
		"blocked by the edge":        {fault.BlockedByEdge(429), pingCounts},
		"407":                        {ping(407, ""), pingCounts},
		"511":                        {ping(511, ""), pingCounts},
		"302":                        {ping(302, ""), pingCounts},
		"401":                        {ping(401, ""), pingCounts},
		"403":                        {ping(403, ""), pingCounts},
		"603":                        {ping(603, ""), pingCounts},
		"606":                        {ping(606, ""), pingCounts},
		"429":                        {ping(429, ""), pingCounts},
		"502":                        {ping(502, ""), pingCounts},
		"503":                        {ping(503, ""), pingCounts},
		"504":                        {ping(504, ""), pingCounts},
		"600":                        {ping(600, ""), pingCounts},
		"601":                        {ping(601, ""), pingCounts},
		"602":                        {ping(602, ""), pingCounts},
		"612":                        {ping(612, ""), pingCounts},
		"no response":                {fault.NoAnswer, pingUnanswered},
		"a reset":                    {fault.BrokenAnswer, pingUnanswered},
		"754":                        {ping(200, `{"Status":754,"Error":"unknown command"}`), pingUnsupported},
		"404 of the plugin":          {ping(200, `{"Status":404}`), pingUnsupported},
		"502 of the plugin":          {ping(200, `{"Status":502}`), pingUnsupported},
		"752":                        {ping(200, `{"Status":752}`), pingUnsupported},
		"785":                        {ping(200, `{"Status":785}`), pingUnsupported},
		"404":                        {ping(404, "not here"), pingUnsupported},
		"400":                        {ping(400, ""), pingUnsupported},
		"500":                        {ping(500, ""), pingUnsupported},
		"501":                        {ping(501, ""), pingUnsupported},
		"204":                        {ping(204, ""), pingUnsupported},
		"610":                        {ping(610, ""), pingUnsupported},
		"650":                        {ping(650, ""), pingUnsupported},
		"without the envelope":       {ping(200, `{"Message":"Pong"}`), pingUnsupported},
		"a text":                     {ping(200, "pong"), pingUnsupported},
		"a text in quotes":           {ping(200, `"pong"`), pingUnsupported},
		"a page":                     {ping(200, "<html>"), pingUnsupported},
		"nothing":                    {ping(200, ""), pingUnsupported},
		"an envelope without Result": {ping(200, `{"Status":200}`), pingUnsupported},
	} {
		if got := (Result{Request: PingRequest, Fault: c.fault}).pingEvidence(); got != c.want {
			t.Errorf("%s: %s is %d, not %d", name, c.fault.Reason, got, c.want)
		}
	}
}

// TestAPingThatDoesNotCountChangesNothing: neither verdict nor backoff, counters of faults or what is known of layers.
func TestAPingThatDoesNotCountChangesNothing(t *testing.T) {
	for name, f := range map[string]fault.Fault{
		"754": fault.FromPlugin(754), "404": fault.FromHTTP(404), "no envelope": fault.MalformedAnswer, "a page": fault.NotTheAPI,
		"no response": fault.NoAnswer,
	} {
		l := begin().status(200).status(785).status(785)
		since, backoff, errors := l.Since, l.backoff, len(l.Errors)
		if l.fold(PingRequest, f); l.layers() != "++++-. 785 host_disconnected" || l.Since != since || l.backoff != backoff || len(l.Errors) != errors {
			t.Errorf("%s: %s since %v, backoff %v", name, l.layers(), l.Since, l.backoff)
		}
	}
}

// TestPlanWithoutPing: where ping is not supported, status is requested as its backoff says, and nothing in between.
func TestPlanWithoutPing(t *testing.T) {
	for name, c := range map[string]struct {
		world world
		want  string
	}{
		"no such page: no more pings": {
			constant(785, 404), "sp" + "s..." + "s...." + "s....s",
		},
		"a ping whose response is another layer's fault is evidence": {
			until(1, constant(785, 200), constant(503, 503)), "spsss",
		},
		"a plugin error leaves that": {
			until(6, constant(785, 404), until(7, constant(752, 404), constant(785, 404))), "sp" + "s..." + "s" + "s." + "s...",
		},
		"a page for every request, and then the host is gone: it is tried again": {
			until(1, constant(785, 200), until(3, constant(404, 404), constant(785, 200))), "sps" + "spsppps",
		},
		"a page for one ping only: it is tried again with the next fault": {
			until(1, constant(785, 200), until(2, constant(785, 404), until(3, constant(200, 200), constant(785, 200)))), "sps" + "spsppps",
		},
		"but not where the plugin said that it does not know it": {
			until(1, constant(785, 200), until(2, constant(785, 754), until(3, constant(200, 200), constant(785, 200)))), "sps" + "s.s...s",
		},
		"after the plugin was offline it is tried again": {
			until(6, constant(785, 404), until(7, constant(601, 601), constant(785, 404))), "sp" + "s..." + "s" + "sp" + "s...",
		},
	} {
		if got, _ := run(begin().Status, c.world, len(c.want)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// noResponse is a code of a world: the request times out. See code2fault.
const noResponse = 0

// TestAPingWithoutAResponse does not tell whether the service, the plugin or ping itself is the reason: status does.
func TestAPingWithoutAResponse(t *testing.T) {
	for name, c := range map[string]struct {
		world   world
		want    string
		verdict string
	}{
		"the service hangs: status is due at once": {
			until(4, constant(785, 200), constant(noResponse, noResponse)), "spsp" + "pssss", "no_answer",
		},
		"status gets a response, ping twice does not: no more pings": {
			constant(785, noResponse), "spsps" + "....s....s", "host_disconnected",
		},
		"one that is lost is asked again": {
			until(1, constant(785, 200), until(2, constant(785, noResponse), constant(785, 200))), "spsppps", "host_disconnected",
		},
	} {
		got, s := run(begin().Status, c.world, len(c.want))
		if got != c.want || s.Fault.Reason != c.verdict {
			t.Errorf("%s: %s\n got %s\nwant %s", name, s.Fault.Reason, got, c.want)
		}
	}
}

// TestEvidenceWithoutPing lasts until status renews it.
func TestEvidenceWithoutPing(t *testing.T) {
	l := begin().status(785).status(785).status(785).ping(200).ping(200).ping(404) // the backoff of status is 5 minutes
	for range 4 {
		l.now = l.now.Add(l.Interval)
		if got := l.layers(); got != "++++-. 785 host_disconnected" {
			t.Errorf("%s", got)
		}
	}
}
