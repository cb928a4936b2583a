// Package config reads the configuration: one YAML file, the printer files and the files with secrets that it names.
//
// It is strict: a key is one of a table (keys.go), a value is of the kind that the table says, and every mistake of every
// file is reported at once, with its place and its source line. What a mistake shows is never copied from a file: it is
// written anew from what the table calls harmless (excerpt.go), since an address is a credential here, and so is what a
// person puts in the wrong place.
package config
