package steps

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"onceover/reports/format"
)

// Deed is what somebody does in a story about one chunk, which it calls "it".
type Deed struct {
	At   int // orders the deeds
	Who  string
	Does string
}

var chunk = regexp.MustCompile(`\bit\b`)

// Line tells a story in one line, for a reader who has not seen its steps. It ends with what came of it, or
// with the last deed if that is empty.
func Line(deeds []Deed, end string) string {
	slices.SortStableFunc(deeds, func(a, b Deed) int { return cmp.Compare(a.At, b.At) })
	var clauses []string
	for i := 0; i < len(deeds); {
		who, does := deeds[i].Who, []string{}
		for ; i < len(deeds) && deeds[i].Who == who; i++ {
			does = append(does, deeds[i].Does)
		}
		clauses = append(clauses, who+" "+format.Listed(does, "and"))
	}
	if end != "" {
		clauses = append(clauses, end)
	}
	text := strings.Join(clauses, "; ")
	if at := chunk.FindStringIndex(text); at != nil {
		text = text[:at[0]] + "a chunk" + text[at[1]:]
	}
	return text
}
