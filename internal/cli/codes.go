package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"octoeverywhere_exporter/fault"
)

type codesCommand struct {
	Output string `enum:"text,markdown,json" default:"text" help:"text, markdown or json."`
}

// Run prints the table of faults.
func (c codesCommand) Run(s stdio) error {
	switch c.Output {
	case "markdown":
		_, err := io.WriteString(s.out, fault.Markdown())
		return err
	case "json":
		return writeCodesJSON(s.out)
	}
	return writeCodesText(s.out)
}

func writeCodesText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CODE\tFROM\tLAYER\tREASON\tBACKOFF\tMEANING")
	for _, r := range fault.Rows() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(r.Numbers(), "-"), r.From, r.Layer, r.Reason, r.BackoffText(), r.Meaning)
	}
	return t.Flush()
}

func writeCodesJSON(w io.Writer) error {
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
	var rows []row
	for _, r := range fault.Rows() {
		rows = append(rows, row{
			r.Numbers(), r.From.String(), r.Layer.String(), r.Layer.Owner(), r.Reason, r.BackoffText(), r.Meaning, r.Remedy,
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}
