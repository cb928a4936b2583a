package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

const about = `# Dependencies

<!-- Made from what is linked by "go test ./deploy/release -run Document -update". -->

What is linked into the program on Linux, macOS or Windows, beside Go's standard library, and what each is for. *By* is who
links it: most of it comes along with the four Prometheus modules. Tools and what only tests use are not in the program.

The licences are read from the modules' own files. Each lets a program be passed on under its own licence as long as
theirs goes along, so every archive and image has them, with the notices, in ` + "`THIRD_PARTY_LICENSES`" + `; a licence that is not known
fails the build. What exactly a binary was built of, ` + "`go version -m octoeverywhere_exporter`" + ` says, and so does the SBOM beside its
archive.

| module | version | licence | by | what for |
| --- | --- | --- | --- | --- |
`

// dependency is a module that is linked, on one platform or another.
type dependency struct {
	module
	by map[string]bool // who links it: modules, "" for the exporter itself
}

// dependencies asks the go command what is linked.
func dependencies(t *testing.T) map[string]*dependency {
	t.Helper()
	all := map[string]*dependency{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
			`{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}|{{.ImportPath}}|{{join .Imports " "}}`, "../..")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		packages := map[string]string{} // in which module
		for line := range strings.Lines(string(out)) {
			m, rest, _ := strings.Cut(line, "|")
			name, _, _ := strings.Cut(rest, "|")
			if m == "" {
				continue
			}
			found := modules(m)[0]
			packages[name] = found.path
			if all[found.path] == nil {
				all[found.path] = &dependency{found, map[string]bool{}}
			}
		}
		for line := range strings.Lines(string(out)) {
			_, rest, _ := strings.Cut(line, "|")
			name, imports, _ := strings.Cut(rest, "|")
			first, _, _ := strings.Cut(name, "/")
			for i := range strings.FieldsSeq(imports) {
				ours := first == program
				if m := packages[i]; m != "" && m != packages[name] && (ours || packages[name] != "") {
					all[m].by[packages[name]] = true
				}
			}
		}
	}
	return all
}

// document is docs/dependencies.md.
func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(about)
	linked := dependencies(t)
	for _, name := range slices.Sorted(maps.Keys(linked)) {
		d := linked[name]
		licences, err := d.licences()
		if err != nil {
			t.Fatal(err)
		}
		var by []string
		for _, m := range slices.Sorted(maps.Keys(d.by)) {
			by = append(by, short(m))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", d.path, d.version, strings.Join(licences, ", "), strings.Join(by, ", "), reasons[d.path])
	}
	return b.String()
}

// short is a module's name without where it is from.
func short(module string) string {
	if module == "" {
		return "**the exporter**"
	}
	name := path.Base(module)
	if len(name) > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9' {
		name = path.Base(path.Dir(module))
	}
	return name
}

// TestDocumentIsUpToDate compares docs/dependencies.md with what is linked.
func TestDocumentIsUpToDate(t *testing.T) { testkit.Same(t, "../../docs/dependencies.md", document(t)) }

// TestEachModuleHasItsReason: nothing is linked that nobody can say the use of.
func TestEachModuleHasItsReason(t *testing.T) {
	linked := dependencies(t)
	for name := range linked {
		if reasons[name] == "" {
			t.Errorf("%s is linked, and reasons_test.go does not say what for", name)
		}
	}
	for name := range reasons {
		if linked[name] == nil {
			t.Errorf("reasons_test.go says what %s is for, and it is not linked", name)
		}
	}
}

// TestLicencesAreKnown: texts are told apart, and what is unknown or asks for more is not let through.
func TestLicencesAreKnown(t *testing.T) {
	const bsd = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted provided that"
	for text, want := range map[string]string{
		"   Apache License\n   Version 2.0, January 2004\n": "Apache-2.0",
		bsd:                                      "BSD-2-Clause",
		bsd + "\n * Neither the name of X\n nor": "BSD-3-Clause",
		"// Permission is hereby granted, free of charge, to any\n// person obtaining a copy of this software and": "MIT",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is":  "ISC",
		"All rights reserved.":                                              "error: no licence that is known",
		"GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007":                `error: a licence that asks for more than to be passed on: "gnu general public"`,
		"Apache License Version 2.0, January 2004, with the Commons Clause": `error: a licence that asks for more than to be passed on: "commons clause"`,
	} {
		names, err := licencesIn(text)
		got := strings.Join(names, ", ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
