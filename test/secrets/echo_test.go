package secrets

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
)

// echoes are responses and errors that repeat the whole request: those of a debugging proxy, of an error page, and of net/http
// itself. Each gets the request, and its dump.
var echoes = map[string]func(req *http.Request, all string) (*http.Response, error){
	"a page": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, "text/html", "<pre>"+all+"</pre>")
	},
	"a text": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, all, all, "Server", all)
	},
	"JSON": func(r *http.Request, all string) (*http.Response, error) {
		return response(200, "application/json", object("url", r.URL.String(), "headers", all))
	},
	"a plugin fault": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, "text/json", `{"Status":785,`+object("Error", all)[1:])
	},
	"a plugin code of its own": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, "text/json", `{"Status":799,"Result":null,`+object("Error", all, all, all)[1:])
	},
	"a good answer full of it": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, "text/json", `{"Status":200,"Result":{"JobStatus":`+object("State", all, "SubState", all, "Error", all)[:0]+
			`{"State":`+quoted(all)+`,"Error":`+quoted(all)+`,"SubState":`+quoted(all)+`,"CurrentPrint":{"FileName":`+quoted(all)+`,"Progress":42}},"PlatformVersion":`+quoted(all)+
			`,"ListWebcams":{"Webcams":[{"Name":`+quoted(all)+`}]},"OctoEverywhereStatus":{"MostRecentPrintIdStr":`+quoted(all)+`}},`+object(all, all)[1:])
	},
	"a version that is a token": func(r *http.Request, _ string) (*http.Response, error) {
		return response(200, "text/json", `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"FileName":"`+mark+`"}},`+
			object("PlatformVersion", "v1 "+r.Header.Get("Authorization")+r.Header.Get("Apptoken"))[1:]+`}`)
	},
	"a version that is an address": func(r *http.Request, _ string) (*http.Response, error) {
		return response(200, "text/json", `{"Status":200,"Result":{"JobStatus":{"State":"idle"},`+object("PlatformVersion", r.URL.String())[1:]+`}`)
	},
	"a message that is a token": func(r *http.Request, _ string) (*http.Response, error) {
		token := r.Header.Get("Authorization") + r.Header.Get("Apptoken")
		return message(object("SubState", "paused: "+token, "Error", strings.ToUpper(token)))
	},
	"a message that is a part of a token": func(r *http.Request, _ string) (*http.Response, error) {
		token := r.Header.Get("Authorization") + r.Header.Get("Apptoken")
		half := len(token) / 2
		return message(object("SubState", token[:half], "Error", "E "+token[half:]))
	},
	"a message that is a password": func(r *http.Request, _ string) (*http.Response, error) {
		user, password, _ := r.BasicAuth()
		return message(object("SubState", "user "+user, "Error", "password "+strings.Join(strings.Split(password, ""), "\x00")))
	},
	"a message that is an address": func(r *http.Request, _ string) (*http.Response, error) {
		return message(object("SubState", r.URL.Host, "Error", r.URL.Path))
	},
	"a redirect": func(r *http.Request, all string) (*http.Response, error) {
		return response(302, "text/html", all, "Location", "https://"+mark+".example/?"+url.QueryEscape(r.Header.Get("Authorization")))
	},
	"a refusal": func(_ *http.Request, all string) (*http.Response, error) {
		return response(401, "text/html", all, "WWW-Authenticate", "Basic realm="+all)
	},
	"a pause": func(r *http.Request, all string) (*http.Response, error) {
		return response(429, "text/plain", all, "Retry-After", r.Header.Get("Authorization"))
	},
	"a pause until": func(r *http.Request, all string) (*http.Response, error) {
		return response(429, "text/plain", all, "Retry-After", "Tue, 24 Nov 2099 22:00:00 GMT "+r.URL.Host)
	},
	"a service fault": func(_ *http.Request, all string) (*http.Response, error) {
		return response(603, all, all, "Set-Cookie", all)
	},
	"a status of its own": func(_ *http.Request, all string) (*http.Response, error) { return response(299, all, all, all, all) },
	"a broken body":       func(_ *http.Request, all string) (*http.Response, error) { return brokenResponse(errors.New(all)) },
	"bad compression": func(_ *http.Request, all string) (*http.Response, error) {
		return response(200, "text/json", all, "Content-Encoding", "gzip")
	},
	"an error of a URL": func(r *http.Request, all string) (*http.Response, error) {
		return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New(all)}
	},
	"an error of a name": func(r *http.Request, all string) (*http.Response, error) {
		return nil, &net.DNSError{Err: all, Name: r.URL.Hostname(), Server: mark, IsNotFound: true}
	},
	"an error of a dial": func(r *http.Request, all string) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Net: r.URL.Host, Err: errors.New(all)}
	},
	"an error of a proxy": func(_ *http.Request, all string) (*http.Response, error) {
		return nil, fmt.Errorf("proxyconnect tcp: %s", all)
	},
	"a certificate's name": func(r *http.Request, _ string) (*http.Response, error) {
		return nil, &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{mark + ".example"}}, Host: r.URL.Hostname()}}
	},
	"an alert": func(_ *http.Request, _ string) (*http.Response, error) {
		return nil, fmt.Errorf("%s: %w", mark, tls.AlertError(42))
	},
}

// message is a good response of a paused printer whose JobStatus has further texts.
func message(texts string) (*http.Response, error) {
	return response(200, "text/json", `{"Status":200,"Result":{"JobStatus":{"State":"paused",`+texts[1:]+`}}`)
}

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// object returns a JSON object of names and texts.
func object(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString(`,` + quoted(pairs[i]) + `:` + quoted(pairs[i+1]))
	}
	return "{" + b.String()[1:] + "}"
}

func response(status int, kind, body string, header ...string) (*http.Response, error) {
	h := http.Header{"Content-Type": {kind}}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = []string{header[i+1]}
	}
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status, " ", body), Header: h, Trailer: h, Proto: "HTTP/2.0", ProtoMajor: 2,
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}, nil
}

func brokenResponse(err error) (*http.Response, error) {
	resp, _ := response(200, "text/json", "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"Status":`), failing{err}))
	return resp, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// wiretap is a relay in this process that checks all requests. Requests to some printers get echoes, one kind after the
// other.
type wiretap struct {
	relay   *simulator.Relay
	t       *testing.T
	echoing map[string]bool // by printer id

	mu    sync.Mutex
	asked int
	sent  map[string]int // by kind of echo
}

// allowed are the paths of the only requests that may be sent.
var allowed = []string{"/octoeverywhere-command-api/status", "/octoeverywhere-command-api/ping", "/api/appconnection/info"}

func (w *wiretap) RoundTrip(req *http.Request) (*http.Response, error) {
	w.check(req)
	id, _, _ := strings.Cut(req.URL.Host, ".")
	if parts := strings.Split(req.URL.Path, "/p/"); len(parts) == 2 {
		id, _, _ = strings.Cut(parts[1], "/")
	}
	if !w.echoing[id] {
		return w.relay.Transport().RoundTrip(req)
	}
	all, err := httputil.DumpRequestOut(req, true)
	if err != nil {
		return nil, err
	}
	kinds := make([]string, 0, len(echoes))
	for kind := range echoes {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	w.mu.Lock()
	w.asked++
	kind := kinds[w.asked%len(kinds)]
	w.sent[kind]++
	w.mu.Unlock()
	if trace := httptrace.ContextClientTrace(req.Context()); trace != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	time.Sleep(20 * time.Millisecond)
	return echoes[kind](req, req.URL.String()+"\n"+string(bytes.TrimSpace(all)))
}

// check checks that a request is allowed, and that its credentials go to the right host.
func (w *wiretap) check(req *http.Request) {
	site := req.URL.Host == w.relay.Domain() && !strings.HasPrefix(req.URL.Path, "/p/")
	known := slices.ContainsFunc(allowed, func(path string) bool { return strings.HasSuffix(req.URL.Path, path) })
	info := strings.HasSuffix(req.URL.Path, "/info")
	switch {
	case req.Method != http.MethodGet || req.Body != nil || req.URL.RawQuery != "" || !known || info != site:
		w.t.Errorf("forbidden request: %s %s", req.Method, req.URL)
	case site == (req.Header.Get("AppToken") == "") || site && req.Header.Get("Authorization") != "":
		w.t.Errorf("a credential went to the wrong place: %s %v", req.URL, req.Header)
	}
}
