package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/internal/console"
)

type codesCommand struct {
	Codes  []string `arg:"" optional:"" name:"code" help:"Codes or reasons to explain, e.g. 785 or auth_invalid (default: the whole table)."`
	Output string   `enum:"text,markdown,json" default:"text" help:"text, markdown or json."`
}

// Validate is called by kong.
func (c codesCommand) Validate() error {
	if len(c.Codes) > 0 && c.Output == "markdown" {
		return errors.New("--output=markdown prints the whole table; leave out the codes, or use --output=json")
	}
	for _, code := range c.Codes {
		if len(fault.Find(code)) > 0 {
			continue
		}
		if code == "200" {
			return errors.New("200 is no fault: it means success")
		}
		if meant := strictyaml.Nearest(code, reasons()); meant != "" {
			return fmt.Errorf("%s is neither a code nor a reason; did you mean %q?", config.Quote(code), meant)
		}
		return fmt.Errorf("%s is neither a code nor a reason; octoeverywhere_exporter codes lists all", config.Quote(code))
	}
	return nil
}

// reasons returns the reasons of all rows.
func reasons() []string {
	var all []string
	for _, r := range fault.Rows() {
		all = append(all, r.Reason)
	}
	return all
}

// Run prints the table of faults, or some of its rows in full.
func (c codesCommand) Run(s stdio) error {
	rows := fault.Rows()
	if len(c.Codes) > 0 {
		rows = nil
		for _, code := range c.Codes {
			rows = append(rows, fault.Find(code)...)
		}
	}
	switch c.Output {
	case "markdown":
		_, err := io.WriteString(s.out, fault.Markdown())
		return err
	case "json":
		return writeCodesJSON(s.out, rows)
	}
	style := codeStyle(s.out)
	if len(c.Codes) == 0 {
		return style.Codes(s.out, rows)
	}
	for i, r := range rows {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		if err := style.Code(s.out, r); err != nil {
			return err
		}
	}
	return nil
}

// codeWidth is the width of the table of codes where there is no terminal, or a wider one, in columns.
const codeWidth = 100

// codeStyle returns the style of the table for w.
func codeStyle(w io.Writer) console.Style {
	style := styleOf(w)
	if style.Width == 0 || style.Width > codeWidth {
		style.Width = codeWidth
	}
	return style
}

func writeCodesJSON(w io.Writer, rows []fault.Row) error {
	type row struct {
		Code    string `json:"code"`
		From    string `json:"from"`
		Layer   string `json:"layer"`
		Owner   string `json:"owner"`
		Reason  string `json:"reason"`
		Backoff string `json:"backoff"`
		Meaning string `json:"meaning"`
		Remedy  string `json:"remedy"`
		Alert   string `json:"alert"`
	}
	var objects []row
	for _, r := range rows {
		objects = append(objects, row{
			r.Numbers(), r.From.String(), r.Layer.String(), r.Layer.Owner(), r.Reason, r.BackoffText(), r.Meaning, r.Remedy, r.Alert(),
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(objects)
}
