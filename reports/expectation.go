package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Demand is what is asked of a cell.
type Demand string

const (
	// DemandSafe: one bad run fails the gate.
	DemandSafe Demand = "safe"
	// DemandUnsafe: the cell is a control. If it is not caught, the harness has
	// gone blind, and the gate fails.
	DemandUnsafe Demand = "unsafe"
	// DemandAny: reported, not judged, unless it gets worse than is known.
	DemandAny Demand = "any"
)

// Expectation is what a cell has to come to. As text: safe, safe(max_rate: 5%),
// safe(complete), safe(content), unsafe, unsafe(lost, duplicated), any, any(lost).
type Expectation struct {
	Demand Demand
	// Verdicts of an unsafe cell must all be found, or one that is bad if there are
	// none; of any other they are known, and nothing worse may be found.
	Verdicts []Verdict
	// MaxRate of a safe cell is the bound on the true share of bad runs that has to
	// be proven, with 95 % confidence; 0: none.
	MaxRate float64
	// Complete says that everything within the bounds of a safe cell has to be searched.
	Complete bool
	// Content says that of a safe cell the content of every element has to be compared.
	Content bool
}

// String is the inverse of ParseExpectation.
func (e Expectation) String() string {
	var inside []string
	if e.MaxRate > 0 {
		inside = append(inside, "max_rate: "+FormatPercent(e.MaxRate))
	}
	if e.Complete {
		inside = append(inside, "complete")
	}
	if e.Content {
		inside = append(inside, "content")
	}
	for _, v := range e.Verdicts {
		inside = append(inside, string(v))
	}
	if inside == nil {
		return string(e.Demand)
	}
	return fmt.Sprintf("%s(%s)", e.Demand, strings.Join(inside, ", "))
}

// ParseExpectation reads an expectation.
func ParseExpectation(text string) (Expectation, error) {
	name, inside, bracket := strings.Cut(strings.TrimSpace(text), "(")
	e := Expectation{Demand: Demand(strings.TrimSpace(name))}
	if !slices.Contains([]Demand{DemandSafe, DemandUnsafe, DemandAny}, e.Demand) {
		return e, fmt.Errorf("expectation %q: it begins with none of safe, unsafe and any", text)
	}
	if !bracket {
		return e, nil
	}
	inside, ok := strings.CutSuffix(inside, ")")
	if !ok {
		return e, fmt.Errorf("expectation %q: the bracket does not end", text)
	}
	for word := range strings.SplitSeq(inside, ",") {
		if err := e.add(strings.TrimSpace(word)); err != nil {
			return e, fmt.Errorf("expectation %q: %w", text, err)
		}
	}
	return e, nil
}

func (e *Expectation) add(word string) error {
	rate, isRate := strings.CutPrefix(word, "max_rate:")
	switch {
	case isRate && e.MaxRate > 0, word == "complete" && e.Complete, word == "content" && e.Content, slices.Contains(e.Verdicts, Verdict(word)):
		return fmt.Errorf("%q says again what was said", word)
	case e.Demand == DemandSafe && isRate:
		share, err := ParsePercent(rate)
		e.MaxRate = share
		return err
	case e.Demand == DemandSafe && word == "complete":
		e.Complete = true
		return nil
	case e.Demand == DemandSafe && word == "content":
		e.Content = true
		return nil
	case e.Demand != DemandSafe && Verdict(word).Bad():
		e.Verdicts = append(e.Verdicts, Verdict(word))
		return nil
	}
	return fmt.Errorf("%q does not belong there", word)
}

// ParsePercent reads a share as in "5%", more than none and less than all.
func ParsePercent(text string) (float64, error) {
	number, ok := strings.CutSuffix(strings.TrimSpace(text), "%")
	percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	share := percent / 100
	switch isShare := err == nil && share > 0 && share < 1; {
	case isShare && ok:
		return share, nil
	case isShare:
		return 0, fmt.Errorf("%q is no share: %q would be one", text, strings.TrimSpace(number)+"%")
	}
	return 0, fmt.Errorf("%q is no share between 0%% and 100%%", text)
}

// FormatPercent is the inverse of ParsePercent: six digits, or as many as it takes
// to read the same share again.
func FormatPercent(share float64) string {
	const digits, most = 6, 17
	short := strconv.FormatFloat(100*share, 'g', digits, 64) + "%"
	for n := digits; n <= most; n++ {
		text := strconv.FormatFloat(100*share, 'g', n, 64) + "%"
		if same, err := ParsePercent(text); err == nil && same == share {
			return text
		}
	}
	return short
}

// Expectation is what was expected of a cell; what cannot be read is any.
func (c Cell) Expectation() Expectation {
	e, err := ParseExpectation(c.Expected)
	if err != nil {
		return Expectation{Demand: DemandAny}
	}
	return e
}

// Control tells whether a cell is kept to prove that its violation is noticed.
func (c Cell) Control() bool { return c.Expectation().Demand == DemandUnsafe }
