package modeltest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"onceover/reports/format"
)

// Units are what a tally counts: what is compared, such as a command, and the run
// that it is part of, such as a conversation.
type Units struct {
	Server         string
	One, Many      string
	Run, Runs      string
	EnoughIsOfRuns bool // -verify counts runs
}

func (u Units) enough() string {
	if u.EnoughIsOfRuns {
		return u.Runs
	}
	return u.Many
}

// Class is a kind of input, and in what the answers to it differ.
type Class struct{ Of, Difference string }

// Tally counts what was compared, what differed and what the model refused.
type Tally struct {
	units    Units
	compared int
	runs     int
	seed     uint64 // of the run under way
	classes  map[Class]*found
	refused  map[string]int
}

// found is what there is of a class.
type found struct {
	count   int
	seed    uint64 // of the run with the example
	example string
}

func (t *Tally) done() int {
	if t.units.EnoughIsOfRuns {
		return t.runs
	}
	return t.compared
}

// Compare counts what was compared.
func (t *Tally) Compare(n int) { t.compared += n }

// Refuse counts what the model refuses, by name.
func (t *Tally) Refuse(name string) {
	if t.refused == nil {
		t.refused = map[string]int{}
	}
	t.refused[name]++
}

// Differ counts a difference. The shortest example of a class is kept.
func (t *Tally) Differ(c Class, example string) {
	if t.classes == nil {
		t.classes = map[Class]*found{}
	}
	f := t.classes[c]
	if f == nil {
		f = &found{}
		t.classes[c] = f
	}
	if f.count++; f.count == 1 || len(example) < len(f.example) {
		f.seed, f.example = t.seed, example
	}
}

// Report lists the classes, the most frequent first, a line each, and ends with what was
// refused and the totals.
func (t *Tally) Report() string {
	var b strings.Builder
	for _, c := range t.sorted() {
		f := t.classes[c]
		fmt.Fprintf(&b, "DIFFERS  %s: %s, %s, e.g. with seed %d: %s\n", c.Of, c.Difference, format.Plural(f.count, "time", "times"), f.seed, oneLine(f.example))
	}
	for _, name := range slices.Sorted(maps.Keys(t.refused)) {
		fmt.Fprintf(&b, "refused  %s: %s\n", oneLine(name), format.Plural(t.refused[name], "time", "times"))
	}
	return b.String() + t.Totals() + "\n"
}

func (t *Tally) sorted() []Class {
	return slices.SortedFunc(maps.Keys(t.classes), func(a, b Class) int {
		return cmp.Or(t.classes[b].count-t.classes[a].count, strings.Compare(a.Of, b.Of), strings.Compare(a.Difference, b.Difference))
	})
}

// Totals says in one line what came of it.
func (t *Tally) Totals() string {
	outcome := "no difference"
	if n := len(t.classes); n > 0 {
		outcome = format.Plural(n, "class", "classes") + " of differences"
	}
	if t.compared == 0 {
		outcome = "nothing was compared"
	}
	refused := 0
	for _, n := range t.refused {
		refused += n
	}
	u := t.units
	return fmt.Sprintf("%s: %s in %s: %s; %s refused as unsupported", u.Server, amount(t.compared, u.One, u.Many),
		amount(t.runs, u.Run, u.Runs), outcome, amount(refused, u.One, u.Many))
}

func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return format.Thousands(n) + " " + many
}

// Around shows of two answers where they begin to differ.
func Around(a, b string) (string, string) {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	return excerpt(a, at), excerpt(b, at)
}

// excerptLength is how much of an answer an example shows.
const excerptLength = 120

func excerpt(s string, at int) string {
	from := max(0, at-excerptLength/3)
	to := min(len(s), from+excerptLength)
	text := strconv.Quote(s[from:to])
	if from > 0 {
		text = "…" + text
	}
	if to < len(s) {
		text += "…"
	}
	return text
}

// longestLine is how much there is of an example in all.
const longestLine = 600

func oneLine(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > longestLine {
		text = text[:longestLine] + "…"
	}
	return text
}
