package cli

import "net/http"

// crowd bounds how many requests are being answered on an address, 0: not at all. It stands before the authentication, which
// can take a while. HTTP/1.1 has no more requests than connections; HTTP/2 has a hundred on each, and whoever takes nothing
// of their answers, or asks for probes of printers that hang, keeps them all. Who is one too many gets a header and nothing
// else: a body would wait for the client, too.
func crowd(most int, refused func(), next http.Handler) http.Handler {
	if most <= 0 {
		return next
	}
	places := make(chan struct{}, most)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
			next.ServeHTTP(w, r)
			if r.ProtoMajor == 2 { // what is left to be sent waits for the client, here and not behind this place
				_ = http.NewResponseController(w).Flush()
			}
		default:
			refused()
			w.Header().Set("Retry-After", "1")
			w.Header().Set("Content-Length", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
}
