package main

import (
	"encoding/json"
	"maps"
	"runtime"
	"slices"
)

// statement is an in-toto statement with SLSA provenance: which commit, version and Go release the files were built from.
// See https://slsa.dev/spec/v1.0/provenance
type statement struct {
	Type          string     `json:"_type"`
	Subject       []resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     predicate  `json:"predicate"`
}

type resource struct {
	Name   string            `json:"name,omitempty"`
	URI    string            `json:"uri,omitempty"`
	Digest map[string]string `json:"digest"`
}

type predicate struct {
	BuildDefinition struct {
		BuildType            string            `json:"buildType"`
		ExternalParameters   map[string]string `json:"externalParameters"`
		InternalParameters   map[string]string `json:"internalParameters"`
		ResolvedDependencies []resource        `json:"resolvedDependencies"`
	} `json:"buildDefinition"`
	RunDetails struct {
		Builder struct {
			ID string `json:"id"`
		} `json:"builder"`
	} `json:"runDetails"`
}

// provenance returns the statement about all files written so far. It contains no time and no number of a run: it is as
// reproducible as they are.
func provenance(src source, o options, files *artifacts) func() ([]byte, error) {
	return func() ([]byte, error) {
		s := statement{Type: "https://in-toto.io/Statement/v1", PredicateType: "https://slsa.dev/provenance/v1"}
		for _, name := range slices.Sorted(maps.Keys(files.sha256)) {
			s.Subject = append(s.Subject, resource{Name: name, Digest: map[string]string{"sha256": files.sha256[name]}})
		}
		d := &s.Predicate.BuildDefinition
		d.BuildType = "urn:" + program + ":release:v1"
		d.ExternalParameters = map[string]string{"version": src.version}
		d.InternalParameters = map[string]string{"go": runtime.Version()}
		d.ResolvedDependencies = []resource{{URI: o.repository, Digest: map[string]string{"gitCommit": src.revision}}}
		s.Predicate.RunDetails.Builder.ID = o.builder
		text, err := json.MarshalIndent(s, "", "  ")
		return append(text, '\n'), err
	}
}
