package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// module is what is linked from elsewhere.
type module struct{ path, version, dir string }

// linked gives the modules that a binary holds, with the folders in the module cache where their licences are.
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

// modules reads lines of path, version and folder.
func modules(text string) (all []module) {
	for line := range strings.Lines(text) {
		path, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		version, dir, _ := strings.Cut(rest, " ")
		all = append(all, module{path, version, dir})
	}
	return all
}

// terms are the files in which a module says under which terms it may be passed on; the first of them are its licences.
func (m module) terms() (licences, others []string, err error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		switch path := filepath.Join(m.dir, e.Name()); {
		case e.IsDir():
		case strings.HasPrefix(name, "LICENSE"), strings.HasPrefix(name, "LICENCE"), strings.HasPrefix(name, "COPYING"):
			licences = append(licences, path)
		case strings.HasPrefix(name, "NOTICE"), strings.HasPrefix(name, "PATENTS"):
			others = append(others, path)
		}
	}
	return licences, others, nil
}

// known licences, each with words that only it has. All of them let a program be passed on under its own terms, as long as
// theirs go along.
var known = []struct{ name, words string }{
	{"Apache-2.0", "apache license version 2.0, january 2004"},
	{"BSD-2-Clause", "redistribution and use in source and binary forms, with or without modification"},
	{"BSD-3-Clause", "neither the name of"},
	{"ISC", "permission to use, copy, modify, and or distribute this software for any purpose with or without fee"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software"},
}

// refused are words of licences that ask for more than that.
var refused = []string{"gnu general public", "gnu lesser general", "gnu affero", "mozilla public license", "server side public", "business source", "commons clause", "eclipse public"}

// licencesIn names the licences that a text holds. The error says that there is none, or one that is refused.
func licencesIn(text string) (names []string, err error) {
	plain := strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\r\n*#/", r) }), " "))
	for _, l := range known {
		if strings.Contains(plain, l.words) {
			names = append(names, l.name)
		}
	}
	if slices.Contains(names, "BSD-3-Clause") { // it has the words of the other, too
		names = slices.DeleteFunc(names, func(n string) bool { return n == "BSD-2-Clause" })
	}
	for _, words := range refused {
		if strings.Contains(plain, words) {
			return names, fmt.Errorf("a licence that asks for more than to be passed on: %q", words)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no licence that is known")
	}
	return names, nil
}

// licences names the licences of a module, sorted. Each of its licence files must be known.
func (m module) licences() (names []string, err error) {
	files, _, err := m.terms()
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s %s has no licence file", m.path, m.version)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		found, err := licencesIn(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s %s: %s: %w", m.path, m.version, filepath.Base(f), err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// thirdParty is the text that goes along with a binary: the licences and notices of everything that is linked.
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
	fmt.Fprintf(&text, "%s is under the licence in LICENSE. Parts of it come from elsewhere, under these terms.\n", program)
	for _, m := range all {
		names, err := m.licences()
		if err != nil {
			return nil, err
		}
		licences, others, err := m.terms()
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "\n%s\n%s %s: %s\n", strings.Repeat("=", 80), m.path, m.version, strings.Join(names, ", "))
		for _, f := range slices.Concat(licences, others) {
			t, err := os.ReadFile(f)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&text, "\n%s %s\n\n%s\n", strings.Repeat("-", 8), filepath.Base(f), strings.TrimSpace(string(t)))
		}
	}
	return text.Bytes(), nil
}
