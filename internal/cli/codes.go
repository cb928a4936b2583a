package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
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
	switch {
	case c.Output == "markdown":
		_, err := io.WriteString(s.out, fault.Markdown())
		return err
	case c.Output == "json":
		return writeCodesJSON(s.out, rows)
	case len(c.Codes) > 0:
		return explainCodes(s.out, rows)
	}
	return writeCodesText(s.out, rows)
}

func writeCodesText(w io.Writer, rows []fault.Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CODE\tFROM\tLAYER\tREASON\tBACKOFF\tMEANING")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(r.Numbers(), "-"), r.From, r.Layer, r.Reason, r.BackoffText(), r.Meaning)
	}
	return t.Flush()
}

// explainCodes prints all that the table says of some rows.
func explainCodes(w io.Writer, rows []fault.Row) (err error) {
	for i, r := range rows {
		if i > 0 {
			fmt.Fprintln(w)
		}
		_, err = fmt.Fprintf(w, "%s\n  code     %s\n  from     %s\n  layer    %s\n  meaning  %s\n  remedy   %s\n  owner    %s\n  backoff  %s\n",
			r.Reason, cmp.Or(r.Numbers(), "none"), r.From, r.Layer, r.Meaning, r.Remedy, r.Layer.Owner(), r.BackoffText())
	}
	return err
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
	}
	var objects []row
	for _, r := range rows {
		objects = append(objects, row{
			r.Numbers(), r.From.String(), r.Layer.String(), r.Layer.Owner(), r.Reason, r.BackoffText(), r.Meaning, r.Remedy,
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(objects)
}
