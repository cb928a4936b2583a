package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPagesLoadOnlyWhatIsEmbedded follows everything that a page loads.
func TestPagesLoadOnlyWhatIsEmbedded(t *testing.T) {
	loads := regexp.MustCompile(`(?:src|<link[^>]* href)="([^"]*)"`)
	o := shop().options()
	for page, root := range map[string]string{"/": "./", "/overview": "./", "/printers/lost": "../"} {
		found := loads.FindAllStringSubmatch(get(o, page), -1)
		if len(found) != 3 {
			t.Errorf("%s loads %d files", page, len(found))
		}
		for _, f := range found {
			path, relative := strings.CutPrefix(f[1], root)
			w := call(o, "GET", "/"+path)
			if !relative || w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("%s loads %s: %d %s", page, f[1], w.Code, w.Header())
			}
		}
	}
}

func TestAssetsHaveTheirTypes(t *testing.T) {
	got := map[string]string{}
	for name := range readAssets().files {
		got[name] = call(shop().options(), "GET", "/assets/"+name).Header().Get("Content-Type")
	}
	want := map[string]string{"icon.svg": "image/svg+xml", "copy.js": "text/javascript; charset=utf-8", "live.js": "text/javascript; charset=utf-8", "merge.js": "text/javascript; charset=utf-8", "style.css": "text/css; charset=utf-8"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestNothingIsInlineOrForeign keeps what the policy forbids out of the files: it would fail only in a browser.
func TestNothingIsInlineOrForeign(t *testing.T) {
	forbidden := regexp.MustCompile(`https?://[a-z0-9.]*|//[a-z]+\.[a-z]|<style|\sstyle=|\son[a-z]+=|<script(?: defer)?>|javascript:|@import`)
	for _, files := range []fs.FS{assetFiles, templateFiles} {
		err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(files, path)
			for _, found := range forbidden.FindAllString(string(b), -1) {
				if found != "http://www.w3.org" { // the name of SVG, not an address
					t.Errorf("%s has %q", path, found)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
