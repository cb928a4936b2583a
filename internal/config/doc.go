// Package config loads the configuration: a YAML file, the printer files and the files with secrets that it names.
//
// Package strictyaml reads the files and reports every error; this package knows what the keys mean (keys.go is their table).
// A printer's address is a credential, so no error or warning contains one.
package config
