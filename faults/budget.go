package faults

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"onceover/reports/unknown"
)

// Budget bounds how much goes wrong in one schedule of the simulated world, and
// counts what went wrong. A kind that it does not hold does not strike.
type Budget map[Kind]int

// MostOfAKind is the largest count in a budget.
const MostOfAKind = 1000

// nothing is the text of a budget without faults.
const nothing = "no faults"

// Total is how many faults the budget allows.
func (b Budget) Total() int {
	total := 0
	for _, n := range b {
		total += n
	}
	return total
}

// String writes the budget in canonical order, as ParseBudget reads it:
// "lose-reply x1, kill x2", or "no faults".
func (b Budget) String() string {
	var parts []string
	for _, kind := range slices.SortedFunc(maps.Keys(b), canonical) {
		if b[kind] != 0 {
			parts = append(parts, fmt.Sprintf("%s x%d", kind, b[kind]))
		}
	}
	if parts == nil {
		return nothing
	}
	return strings.Join(parts, ", ")
}

func canonical(a, b Kind) int { return Ordinal(a) - Ordinal(b) }

// ParseBudget reads a budget: kinds with their counts, separated by commas. A
// kind alone counts once.
func ParseBudget(text string) (Budget, error) {
	if strings.TrimSpace(text) == nothing {
		return nil, nil
	}
	b := Budget{}
	for _, part := range strings.Split(text, ",") {
		kind, count, err := parseShare(part)
		if err != nil {
			return nil, err
		}
		if b[kind] > 0 {
			return nil, fmt.Errorf("%s is counted twice", kind)
		}
		b[kind] = count
	}
	return b, nil
}

// parseShare reads one kind and its count.
func parseShare(text string) (Kind, int, error) {
	words := strings.Fields(text)
	if len(words) == 0 {
		return "", 0, errors.New(`a kind of fault is missing; a budget is "kill x1, pause x2" or "no faults"`)
	}
	spec, known := Find(Kind(words[0]))
	simulated := func(s Spec) bool { return s.NotSimulated == "" }
	switch {
	case !known:
		return "", 0, &unknown.Name{Kind: "fault", Name: words[0], Known: kinds(simulated)}
	case !simulated(spec):
		return "", 0, fmt.Errorf("%s is not simulated: %s", spec.Kind, spec.NotSimulated)
	case len(words) == 1:
		return spec.Kind, 1, nil
	}
	digits, ok := strings.CutPrefix(words[1], "x")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 1 || n > MostOfAKind || len(words) > 2 {
		return "", 0, fmt.Errorf("%q is not a count of %s, from x1 to x%d", strings.Join(words[1:], " "), spec.Kind, MostOfAKind)
	}
	return spec.Kind, n, nil
}

// MarshalText writes the budget as String does.
func (b Budget) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads a budget as ParseBudget does.
func (b *Budget) UnmarshalText(text []byte) (err error) {
	*b, err = ParseBudget(string(text))
	return err
}
