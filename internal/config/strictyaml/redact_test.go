package strictyaml

import "testing"

func TestIsPrintable(t *testing.T) {
	for text, want := range map[string]bool{
		"mk4-01":                     true,
		"Büro 2 (links), Nr. 3: neu": true,
		"1m30s":                      true,
		"https://a.example":          false,
		"c2VjcmV0/c2VjcmV0":          false,
		"c2VjcmV0cw==":               false,
		"me@example":                 false,
		"app-1.OctoEverywhere.com":   false,
		"a\x1b[31m":                  false,
		"a\xff":                      false,
	} {
		if got := newTestSchema().IsPrintable(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestIsPrintablePath(t *testing.T) {
	for text, want := range map[string]bool{
		"secrets/mk4-01": true,
		"mk4-01.token":   true,
		"/etc/octoeverywhere_exporter/secrets/mk":  true,
		"printers.d/*.yaml":                        true,
		"../Büro 2/token":                          true,
		"token":                                    false,
		"https://a.example/b":                      false,
		"//a.example/b":                            false,
		"app-1.octoeverywhere.com":                 false,
		"c2VjcmV0/c2VjcmV0+c2VjcmV0":               false,
		"secrets/0123456789abcdef0123456789abcdef": false,
	} {
		if got := newTestSchema().IsPrintablePath(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
