package probe

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// TestADoubtIsSettledAlsoInAPanic: doubts that stayed open would be the last ones of that edge.
func TestADoubtIsSettledAlsoInAPanic(t *testing.T) {
	e := serveEdge(t, []string{"*.test"}, http.NotFound, nil)
	via, targets := fleetAt(t, e, many(1))
	via.alone.Proxy = func(*http.Request) (*url.URL, error) { panic("a mistake") }
	panicked := 0
	for _, to := range targets {
		for range doubtsAtOnce {
			func() {
				defer func() {
					if recover() != nil {
						panicked++
					}
				}()
				via.shared.edge(edgeOf(to.Address.url())).agreed = time.Time{} // long ago
				to.Ask(t.Context(), StatusRequest)
			}()
		}
	}
	if panicked != doubtsAtOnce {
		t.Errorf("%d panics: the test tests nothing", panicked)
	}
	for name, edge := range via.shared.edges {
		if edge.asking != 0 {
			t.Errorf("%s: %d doubts are open", name, edge.asking)
		}
	}
}
