// Package strictyaml reads YAML files strictly: a table says which keys exist and what their values must be, and every
// error of a file is reported at once, with its line, its column and its source line.
//
// A source line is never copied from the file. It is rebuilt from the values that the table marks as safe to show; all else
// becomes <secret>, because a person may write a credential anywhere.
package strictyaml
