package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// module is a linked dependency.
type module struct{ path, version, dir string }

// linked returns the modules linked into a binary, with their folders in the module cache.
func linked(src source, b binary) ([]module, error) {
	args := []string{"list", "-m", "-f", "{{.Path}} {{.Version}} {{.Dir}}"}
	for _, d := range b.info.Deps {
		args = append(args, d.Path)
	}
	text, err := output(src.dir, "go", args...)
	if err != nil {
		return nil, err
	}
	return modules(text), nil
}

// modules parses lines of path, version and folder.
func modules(text string) (all []module) {
	for line := range strings.Lines(text) {
		path, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		version, dir, _ := strings.Cut(rest, " ")
		all = append(all, module{path, version, dir})
	}
	return all
}

// licenseFiles returns the license files of a module, and its other legal notices.
func (m module) licenseFiles() (licenses, notices []string, err error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		switch path := filepath.Join(m.dir, e.Name()); {
		case e.IsDir():
		case strings.HasPrefix(name, "LICENSE"), strings.HasPrefix(name, "LICENCE"), strings.HasPrefix(name, "COPYING"):
			licenses = append(licenses, path)
		case strings.HasPrefix(name, "NOTICE"), strings.HasPrefix(name, "PATENTS"):
			notices = append(notices, path)
		}
	}
	return licenses, notices, nil
}

// allowedLicenses are permissive licenses, each with a phrase that identifies it. They require only that their text is
// distributed with the program.
var allowedLicenses = []struct{ name, phrase string }{
	{"Apache-2.0", "apache license version 2.0, january 2004"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms, with or without modification"},
	{"BSD-3-Clause", "neither the name of"},
	{"ISC", "permission to use, copy, modify, and or distribute this software for any purpose with or without fee"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
}

// deniedPhrases identify licenses with further obligations.
var deniedPhrases = []string{"gnu general public", "gnu lesser general", "gnu affero", "mozilla public license", "server side public", "business source", "commons clause", "eclipse public"}

// licensesIn returns the names of the licenses in a text. It fails if there is no known license, or a denied one.
func licensesIn(text string) (names []string, err error) {
	plain := strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n*#/", r) }), " "))
	for _, l := range allowedLicenses {
		if strings.Contains(plain, l.phrase) {
			names = append(names, l.name)
		}
	}
	if slices.Contains(names, "BSD-3-Clause") { // contains the phrase of BSD-2-Clause
		names = slices.DeleteFunc(names, func(n string) bool { return n == "BSD-2-Clause" })
	}
	for _, phrase := range deniedPhrases {
		if strings.Contains(plain, phrase) {
			return names, fmt.Errorf("denied license: %q", phrase)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("unknown license")
	}
	return names, nil
}

// licenses returns the names of a module's licenses, sorted. It fails if a license file has no known license.
func (m module) licenses() (names []string, err error) {
	files, _, err := m.licenseFiles()
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s %s has no license file", m.path, m.version)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		found, err := licensesIn(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s %s: %s: %w", m.path, m.version, filepath.Base(f), err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// thirdParty returns the text of THIRD_PARTY_LICENSES: the licenses and notices of all linked modules and of Go.
func thirdParty(src source, b binary) ([]byte, error) {
	all, err := linked(src, b)
	if err != nil {
		return nil, err
	}
	root, err := output(src.dir, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	all = append(all, module{path: "the Go standard library", version: strings.TrimPrefix(b.info.GoVersion, "go"), dir: root})
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s is licensed under the terms in LICENSE. It contains third-party software under the following licenses.\n", program)
	for _, m := range all {
		names, err := m.licenses()
		if err != nil {
			return nil, err
		}
		licenses, notices, err := m.licenseFiles()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "\n%s\n%s %s: %s\n", strings.Repeat("=", 80), m.path, m.version, strings.Join(names, ", "))
		for _, f := range slices.Concat(licenses, notices) {
			t, err := os.ReadFile(f)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&text, "\n%s %s\n\n%s\n", strings.Repeat("-", 8), filepath.Base(f), strings.TrimSpace(string(t)))
		}
	}
	return text.Bytes(), nil
}
