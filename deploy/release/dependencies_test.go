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

const documentHead = `# Dependencies

<!-- Generated from the linked modules by "go test ./deploy/release -run Document -update". -->

All modules linked into the program on Linux, macOS or Windows, besides Go's standard library, with their purpose. *Imported by* lists the
importing modules; most modules are indirect dependencies of the four Prometheus modules. Tools and modules that only tests use are not
part of the program.

The licenses are read from the modules' files. They are permissive and require that their text is distributed with the program, so every
archive and image contains them, with the notices, in ` + "`THIRD_PARTY_LICENSES`" + `. An unknown license fails the build. To list the modules of a
binary, use ` + "`go version -m octoeverywhere_exporter`" + ` or the SBOM next to its archive.

| module | version | license | imported by | purpose |
| --- | --- | --- | --- | --- |
`

// dependency is a module that is linked on at least one platform.
type dependency struct {
	module
	importers map[string]bool // modules that import it, "" for the exporter
}

// dependencies returns the linked modules by path, from go list.
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
		moduleOf := map[string]string{} // by package
		for line := range strings.Lines(string(out)) {
			m, rest, _ := strings.Cut(line, "|")
			name, _, _ := strings.Cut(rest, "|")
			if m == "" {
				continue
			}
			found := modules(m)[0]
			moduleOf[name] = found.path
			if all[found.path] == nil {
				all[found.path] = &dependency{found, map[string]bool{}}
			}
		}
		for line := range strings.Lines(string(out)) {
			_, rest, _ := strings.Cut(line, "|")
			name, imports, _ := strings.Cut(rest, "|")
			first, _, _ := strings.Cut(name, "/")
			for i := range strings.FieldsSeq(imports) {
				own := first == program
				if m := moduleOf[i]; m != "" && m != moduleOf[name] && (own || moduleOf[name] != "") {
					all[m].importers[moduleOf[name]] = true
				}
			}
		}
	}
	return all
}

// document returns docs/internals/dependencies.md.
func document(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(documentHead)
	linked := dependencies(t)
	for _, name := range slices.Sorted(maps.Keys(linked)) {
		d := linked[name]
		licenses, err := d.licenses()
		if err != nil {
			t.Fatal(err)
		}
		var importers []string
		for _, m := range slices.Sorted(maps.Keys(d.importers)) {
			importers = append(importers, shortName(m))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", d.path, d.version, strings.Join(licenses, ", "), strings.Join(importers, ", "), reasons[d.path])
	}
	return b.String()
}

// shortName returns the last element of a module's path, without the major version.
func shortName(module string) string {
	if module == "" {
		return "**the exporter**"
	}
	name := path.Base(module)
	if len(name) > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9' {
		name = path.Base(path.Dir(module))
	}
	return name
}

// TestDocumentIsUpToDate compares docs/internals/dependencies.md with what is linked.
func TestDocumentIsUpToDate(t *testing.T) {
	testkit.Same(t, "../../docs/internals/dependencies.md", document(t))
}

// TestEachModuleHasReason: reasons lists exactly the linked modules.
func TestEachModuleHasReason(t *testing.T) {
	linked := dependencies(t)
	for name := range linked {
		if reasons[name] == "" {
			t.Errorf("%s is linked, but not listed in reasons_test.go", name)
		}
	}
	for name := range reasons {
		if linked[name] == nil {
			t.Errorf("%s is listed in reasons_test.go, but not linked", name)
		}
	}
}

// TestLicensesIn: texts are identified; unknown and denied licenses are errors.
func TestLicensesIn(t *testing.T) {
	const bsd = "Redistribution and use in source and binary forms, with or without\nmodification, are permitted provided that"
	for text, want := range map[string]string{
		"   Apache License\n   Version 2.0, January 2004\n": "Apache-2.0",
		bsd:                                      "BSD-2-Clause",
		bsd + "\n * Neither the name of X\n nor": "BSD-3-Clause",
		"// Permission is hereby granted, free of charge, to any\n// person obtaining a copy of this software and": "MIT",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is":  "ISC",
		"All rights reserved.":                                              "error: unknown license",
		"GNU GENERAL PUBLIC LICENSE Version 3, 29 June 2007":                `error: denied license: "gnu general public"`,
		"Apache License Version 2.0, January 2004, with the Commons Clause": `error: denied license: "commons clause"`,
	} {
		names, err := licensesIn(text)
		got := strings.Join(names, ", ")
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
