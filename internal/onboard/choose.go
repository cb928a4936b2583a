package onboard

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/probe"
)

// Choice is what is done with the lines of a list.
type Choice struct {
	New   []NewPrinter
	Known []KnownPrinter
	Wrong []WrongLine
}

// NewPrinter is a line with a printer to add.
type NewPrinter struct {
	Line    int
	IsNamed bool // its name was chosen here: that of the URL is missing or taken
	Printer
}

// KnownPrinter is a line with a printer that is configured, or to which an earlier line refers.
type KnownPrinter struct {
	Line, Earlier int    // Earlier is 0 if it is configured
	Name, Wanted  string // as it is configured, and in the column name; both can be ""
}

// WrongLine is a line that cannot be used.
type WrongLine struct {
	Line int
	Err  error // it contains no secret
}

// Choose decides which printers of a list are added, with which names and labels. Printers with the address of a configured one
// or of an earlier line are left out. Labels of a line take precedence over labels.
func Choose(lines []Line, labels map[string]string, configured []probe.Target) Choice {
	var c Choice
	names := make(map[string]string, len(configured)+len(lines)) // name -> who has it
	known := make(map[probe.Secret]KnownPrinter, len(configured)+len(lines))
	for _, t := range configured {
		names[t.Name], known[t.Address.Secret] = "a configured printer", KnownPrinter{Name: t.Name}
	}
	var rest []Line
	for _, l := range lines {
		if l.Err != nil {
			c.Wrong = append(c.Wrong, WrongLine{l.Number, l.Err})
			continue
		}
		if k, ok := known[l.Connection.Address]; ok {
			k.Line, k.Wanted = l.Number, l.Name
			c.Known = append(c.Known, k)
			continue
		}
		if l.Name != "" {
			if err := checkFreeName(l.Name, names); err != nil {
				c.Wrong = append(c.Wrong, WrongLine{l.Number, fmt.Errorf("the name %w", err)})
				continue
			}
			names[l.Name] = fmt.Sprintf("line %d", l.Number)
		}
		known[l.Connection.Address] = KnownPrinter{Earlier: l.Number}
		rest = append(rest, l)
	}
	last := map[string]int{} // by base: the last number in a name
	for _, l := range rest { // those without a name of their own take what is free
		p := NewPrinter{Line: l.Number, Printer: Printer{l.Name, l.Connection, maps.Clone(labels)}}
		if p.Name == "" {
			var err error
			if p.Name, p.IsNamed, err = freeName(l.Connection.Name, names, last); err != nil {
				c.Wrong = append(c.Wrong, WrongLine{l.Number, fmt.Errorf("the printer's name in the URL %w; set another in a column name", err)})
				continue
			}
			names[p.Name] = fmt.Sprintf("line %d", l.Number)
		}
		if p.Labels == nil {
			p.Labels = map[string]string{}
		}
		maps.Copy(p.Labels, l.Labels)
		c.New = append(c.New, p)
	}
	slices.SortFunc(c.Wrong, func(a, b WrongLine) int { return cmp.Compare(a.Line, b.Line) })
	return c
}

// checkFreeName returns why a printer cannot have this name, nil if it can.
func checkFreeName(name string, names map[string]string) error {
	if err := config.CheckName(name); err != nil {
		return fmt.Errorf("%s %w", config.Quote(name), err)
	}
	if names[name] != "" {
		return fmt.Errorf("%s is that of %s; choose another", config.Quote(name), names[name])
	}
	return nil
}

// freeName returns the name in a URL, or that name with a number if it is taken. A printer without a name is called printer, and
// always has a number. isChosen reports whether it is not the name in the URL.
func freeName(inURL string, names map[string]string, last map[string]int) (name string, isChosen bool, err error) {
	if inURL != "" {
		if err := config.CheckName(inURL); err != nil {
			return "", false, fmt.Errorf("%s %w", config.Quote(inURL), err)
		}
		if names[inURL] == "" {
			return inURL, false, nil
		}
		last[inURL] = max(last[inURL], 1) // the printer that has the name counts
	}
	base := cmp.Or(inURL, "printer")
	for {
		last[base]++
		name = fmt.Sprintf("%s-%d", base, last[base])
		switch {
		case config.CheckName(name) != nil:
			return "", false, errors.New("is taken, and too long for a number behind it")
		case names[name] == "":
			return name, true, nil
		}
	}
}
