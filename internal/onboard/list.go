package onboard

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/config"
)

// Line is a line of a list of connections.
type Line struct {
	Number     int // from 1
	Connection Connection
	Name       string            // of the column name; "" if there is none
	Labels     map[string]string // of the other columns, without empty values
	Err        error             // why the line cannot be used; it contains no secret
}

// The columns of a list that are not labels.
const (
	columnURL  = "url"
	columnName = "name"
)

// maxLine is the maximum length of a line of a list, in bytes.
const maxLine = 64 << 10

// lineEnds replaces the line ends of Windows, and those that some spreadsheets write on a Mac.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// ParseList reads a list of connections: a URL per line, or CSV with a header that has a column url. Empty lines and lines that
// begin with # are skipped. A line is parsed on its own, so that one with an error changes no other. The error is of the list as
// a whole, and contains no secret.
func ParseList(text []byte) ([]Line, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("is not text in UTF-8; save it as CSV in UTF-8")
	}
	var lines []Line
	var table *table
	number, isFirst := 0, true
	for line := range strings.Lines(lineEnds.Replace(string(text))) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if isFirst {
			isFirst = false
			var err error
			if table, err = parseHeader(line); err != nil {
				return nil, fmt.Errorf("line %d: %w", number, err)
			}
			if table != nil {
				continue
			}
		}
		parse := parsePlain
		if table != nil {
			parse = table.parse
		}
		if l := parse(line); l != nil {
			l.Number = number
			lines = append(lines, *l)
		}
	}
	if len(lines) == 0 {
		return nil, errors.New("contains no URL")
	}
	return lines, nil
}

// checkLine returns why a line cannot be parsed, nil if it can.
func checkLine(line string) error {
	switch {
	case len(line) > maxLine:
		return fmt.Errorf("is longer than %d KiB", maxLine>>10)
	case !utf8.ValidString(line):
		return errors.New("is not valid UTF-8; save the list in UTF-8")
	}
	return nil
}

// parsePlain parses a line that is a URL.
func parsePlain(line string) *Line {
	if err := checkLine(line); err != nil {
		return &Line{Err: err}
	}
	line = trim(line)
	if strings.ContainsAny(line, ",; \t") {
		return &Line{Err: errors.New("is more than a URL; a list with columns begins with a header, such as url,name; in a URL, a comma is %2C, a semicolon %3B, a blank %20")}
	}
	connection, err := ParseURL(line)
	return &Line{Connection: connection, Err: err}
}

// table is the header of a list with columns.
type table struct {
	separator rune
	columns   []string
}

// parseHeader returns the header in the first line of a list, nil if it has none.
func parseHeader(line string) (*table, error) {
	if strings.Contains(line, "://") {
		return nil, nil //nolint:nilnil // a list without columns
	}
	t := table{separator: ','}
	for _, separator := range ",;\t" {
		if strings.ContainsRune(line, separator) {
			t.separator = separator
			break
		}
	}
	columns, err := t.split(line)
	if err != nil {
		return nil, err
	}
	for i, column := range columns {
		for _, known := range []string{columnURL, columnName} {
			if strings.EqualFold(column, known) {
				columns[i] = known
			}
		}
	}
	switch {
	case slices.Contains(columns, columnURL):
	case len(columns) == 1:
		return nil, nil //nolint:nilnil // a line that is not a URL, as others may be
	default:
		return nil, errors.New("the header has no column url; add it, with the completion URL or the URL of the Shared Connection")
	}
	for i, column := range columns {
		if err := checkColumn(column); err != nil {
			return nil, fmt.Errorf("column %d: %w", i+1, err)
		}
		if slices.Contains(columns[:i], column) {
			return nil, fmt.Errorf("column %d: %s is already column %d", i+1, config.Quote(column), slices.Index(columns, column)+1)
		}
	}
	t.columns = columns
	return &t, nil
}

// credentialWords are parts of the names of columns that hold credentials.
var credentialWords = []string{"token", "password", "secret", "credential", "bearer"}

// checkColumn returns why a column cannot have this name, nil if it can.
func checkColumn(name string) error {
	switch {
	case name == columnURL || name == columnName:
		return nil
	case name == "":
		return errors.New("has no name in the header")
	case slices.ContainsFunc(credentialWords, func(word string) bool { return strings.Contains(strings.ToLower(name), word) }):
		return errors.New("its name is that of a credential, but columns besides url and name become labels, which everyone can read; remove the column: credentials are part of the URL")
	}
	return config.CheckLabel(name)
}

// split returns the fields of a line, without surrounding white space.
func (t *table) split(line string) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.TrimLeadingSpace = t.separator, t.separator != '\t'
	fields, err := r.Read()
	if err != nil {
		return nil, errors.New("has a quote that is not closed, or one inside a field without quotes; write it twice and the field in quotes")
	}
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
	}
	return fields, nil
}

// parse parses a line below the header. It returns nil if all fields are empty.
func (t *table) parse(line string) *Line {
	if err := checkLine(line); err != nil {
		return &Line{Err: err}
	}
	fields, err := t.split(line)
	switch {
	case err != nil:
		return &Line{Err: err}
	case !slices.ContainsFunc(fields, func(f string) bool { return f != "" }):
		return nil
	case len(fields) > len(t.columns):
		return &Line{Err: fmt.Errorf("has %d columns, the header %d; write a field that contains a separator in quotes", len(fields), len(t.columns))}
	}
	l := Line{Labels: map[string]string{}}
	url := ""
	for i, f := range fields {
		switch column := t.columns[i]; {
		case column == columnURL:
			url = f
		case column == columnName:
			l.Name = f
		case f != "":
			l.Labels[column] = f
		}
	}
	if url == "" {
		return &Line{Err: errors.New("the column url is empty")}
	}
	l.Connection, l.Err = ParseURL(url)
	return &l
}
