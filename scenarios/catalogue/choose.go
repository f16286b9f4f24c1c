package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"onceover/loader/lock"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// UnknownName is the error of a name that is in no catalogue.
type UnknownName struct {
	Kind    string // strategy, scenario
	Name    string
	Nearest string // a name that is known and may have been meant
}

func (u *UnknownName) Error() string { return fmt.Sprintf("unknown %s %q", u.Kind, u.Name) }

// ChooseStrategies returns the named strategies, or all of the catalogue. The defects
// can be chosen by name only.
func ChooseStrategies(names []string, also ...defects.Defect) ([]string, error) {
	known := NamesOf(lock.All(), func(s lock.Strategy) string { return s.Name })
	if len(names) > 0 {
		known = append(known, NamesOf(also, func(d defects.Defect) string { return d.Name })...)
	}
	return choose("strategy", names, known)
}

// WrongStrategies are the defects that are strategies, and so can work on real servers.
func WrongStrategies() []defects.Defect {
	return slices.DeleteFunc(defects.All(), func(d defects.Defect) bool { return d.Strategy.Open == nil })
}

// ChooseScenarios returns the named scenarios, or all.
func ChooseScenarios(names []string) (chosen []scenarios.Scenario, err error) {
	names, err = choose("scenario", names, ScenarioNames(scenarios.All()))
	for _, name := range names {
		s, _ := scenarios.Find(name)
		chosen = append(chosen, s)
	}
	return chosen, err
}

// ScenarioNames lists the names of scenarios.
func ScenarioNames(all []scenarios.Scenario) []string {
	return NamesOf(all, func(s scenarios.Scenario) string { return s.Name })
}

// NamesOf lists the names of whatever has one.
func NamesOf[T any](all []T, name func(T) string) (names []string) {
	for _, one := range all {
		names = append(names, name(one))
	}
	return names
}

// choose returns the names, each once, or all known ones if there are none.
func choose(kind string, names, known []string) (chosen []string, err error) {
	if len(names) == 0 {
		return known, nil
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, &UnknownName{kind, name, nearest(name, known)}
		}
		if !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return chosen, nil
}

// nearest returns the known name that begins so, or else the one that takes the fewest
// edits to write.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	for _, k := range known {
		if name != "" && strings.HasPrefix(k, name) {
			return k
		}
	}
	distance := func(k string) int { return levenshtein.ComputeDistance(name, k) }
	return slices.MinFunc(known, func(a, b string) int { return distance(a) - distance(b) })
}
