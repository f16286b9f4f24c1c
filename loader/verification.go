package loader

import (
	"fmt"
	"strings"

	"onceover/loader/multiset"
)

// Verification is how a list differs from its table.
type Verification struct {
	Rows     uint64 `json:"rows"`     // of the table
	Elements int64  `json:"elements"` // of the list, without those that it held before the job
	Equal    bool   `json:"equal"`    // each row is there once, and nothing else

	// Of is 1 if all that differs was found. If that was too much for the memory, it was
	// looked for among one in so many rows and elements: counts are of these.
	Of       int       `json:"of"`
	Changed  Differing `json:"changed"`  // rows in whose place the list has another element with their key
	Missing  Differing `json:"missing"`  // other rows that are not in the list, or less often than in the table
	Repeated Differing `json:"repeated"` // elements that are rows, and too many
	Foreign  Differing `json:"foreign"`  // other elements that are no rows of the table

	table, list, meant string
}

// Differing is one kind of differences.
type Differing struct {
	Count    int64     `json:"count"`
	Examples []Example `json:"examples,omitempty"`
}

// Example is a row by its key, an element that is no row, or both.
type Example struct {
	Key     string `json:"key,omitempty"`     // empty without a key
	Times   int64  `json:"times"`             // how often a row is in the list
	Element string `json:"element,omitempty"` // its beginning, if it is long
	At      *int64 `json:"at,omitempty"`      // the index of that element

	hash multiset.Hash
}

// add counts, and tells whether an example is wanted.
func (d *Differing) add(times int64, examples int) bool {
	d.Count += times
	return len(d.Examples) < examples
}

// longest is how much of an element is shown.
const longest = 200

func shortened(element []byte) string {
	if len(element) <= longest {
		return string(element)
	}
	return strings.ToValidUTF8(string(element[:longest]), "") + "…"
}

// Problem is what differs, or nil.
func (v Verification) Problem() error {
	if v.Equal {
		return nil
	}
	return &Error{
		Problem: Differs,
		What:    fmt.Sprintf("list %s is not what table %s holds%s: %s", v.list, v.table, v.meant, v.Differences()),
		Try:     "if the table has changed since it was loaded, or somebody else uses the list, that may be all; otherwise " + Job{}.startAnew() + " (--reset), with a strategy that is safe",
	}
}

// Differences says how many there are of each kind.
func (v Verification) Differences() string {
	var parts []string
	for _, kind := range v.Kinds() {
		parts = append(parts, kind.Said)
	}
	return strings.Join(parts, ", ")
}

// Kind is one kind of differences, and how it is said.
type Kind struct {
	Differing
	Said string
}

// Kinds are those in which there are differences.
func (v Verification) Kinds() (kinds []Kind) {
	for _, kind := range []struct {
		Differing
		one, more string
	}{
		{v.Changed, "row has other values", "rows have other values"},
		{v.Missing, "row is missing", "rows are missing"},
		{v.Repeated, "element is too many", "elements are too many"},
		{v.Foreign, "element is no row", "elements are no rows"},
	} {
		said := fmt.Sprintf("%d %s", kind.Count, kind.more)
		switch {
		case kind.Count == 0:
			continue
		case v.Of > 1:
			said = fmt.Sprintf("at least %s (about %d)", said, kind.Count*int64(v.Of))
		case kind.Count == 1:
			said = "1 " + kind.one
		}
		kinds = append(kinds, Kind{kind.Differing, said})
	}
	return kinds
}
