package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatchers(t *testing.T) {
	f := &fleet{}
	f.add("mk4-01", map[string]string{"site": "lab", "model": "mk4", "note": ""})
	f.add("a \"b\"\\c\nd'e", nil)
	for i, want := range []string{`{printer="mk4-01", model="mk4", site="lab"}`, `{printer="a \"b\"\\c\nd'e"}`} {
		if got := snippetsOf(f.printers[i], "")[0].Text; got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

// TestAmtoolUnderstandsTheSilence runs the command line with a real shell and amtool, and checks what would be silenced.
func TestAmtoolUnderstandsTheSilence(t *testing.T) {
	if _, err := exec.LookPath("amtool"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("amtool is missing, and this is CI")
		}
		t.Skip("amtool is not installed: apt-get install prometheus-alertmanager brings it")
	}
	type matcher struct {
		Name, Value      string
		IsRegex, IsEqual bool
	}
	silenced := make(chan []matcher, 1)
	alertmanager := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost { // it asks for the version first
			return
		}
		var silence struct{ Matchers []matcher }
		if err := json.NewDecoder(r.Body).Decode(&silence); err != nil {
			t.Error(err)
		}
		silenced <- silence.Matchers
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"silenceID":"1"}`))
	}))
	defer alertmanager.Close()
	for _, name := range []string{"mk4-01", hostile, "a \"b\"\\c\nd'e $(echo ran) `id` %s", "ünïcode ☃ 印刷", "x=y, z", "=~.*"} {
		f := &fleet{}
		f.add(name, map[string]string{"site": name})
		line := strings.Replace(silenceCommand(f.printers[0]), "amtool ", "amtool --alertmanager.url="+alertmanager.URL+" ", 1)
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput(); err != nil {
			t.Errorf("%s\n%v\n%s", line, err, out)
			continue
		}
		if d := cmp.Diff([]matcher{{"printer", name, false, true}, {"site", name, false, true}}, <-silenced); d != "" {
			t.Errorf("%s: %s", line, d)
		}
	}
}
