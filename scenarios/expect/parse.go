package expect

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/unknown"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// expectationVersion is that of the form of the file.
const expectationVersion = "1"

// Parse reads expectations, in the form that the head of
// [scenarios.StandardExpectations] documents. An unknown name and a repeated one
// are errors that name the line: a misspelt line would demand nothing.
//
// The text is taken as a tree of nodes, since those know their lines.
func Parse(source string, text []byte) (*Expectations, error) {
	var document yaml.Node
	if err := yaml.Load(text, &document); err != nil {
		return nil, unreadable(source, err)
	}
	e := &Expectations{Source: source, worlds: map[string]strategies{}}
	version := ""
	err := fields(&document, func(key, value *yaml.Node) error {
		switch key.Value {
		case "version":
			version = value.Value
			return e.checkVersion(value)
		case reports.WorldLive, reports.WorldSim:
			return e.addWorld(key.Value, value)
		}
		return at(key, "unknown field %q; known are version, live and sim", key.Value)
	})
	if err == nil && version == "" {
		err = errors.New("1: it has no version; this program reads version: " + expectationVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%w", source, err)
	}
	return e, nil
}

// unreadable says what is wrong with a text that is no YAML.
func unreadable(source string, err error) error {
	var one *yaml.LoadError
	if errors.As(err, &one) && one.Mark.Line > 0 {
		return fmt.Errorf("%s:%d: it is not YAML: %s (a text with a colon needs quotes)", source, one.Mark.Line, one.Message)
	}
	return fmt.Errorf("%s: it is not one YAML document: %w", source, err)
}

func (e *Expectations) checkVersion(value *yaml.Node) error {
	if value.Kind != yaml.ScalarNode || value.Value != expectationVersion {
		return at(value, "version %q; this program reads version %s", value.Value, expectationVersion)
	}
	return nil
}

func (e *Expectations) addWorld(world string, value *yaml.Node) error {
	e.worlds[world] = strategies{}
	return fields(value, func(strategy, value *yaml.Node) error {
		if known := strategyNames(world); !slices.Contains(known, strategy.Value) {
			return at(strategy, "%s", notKnown("strategy", strategy.Value, known, "see onceover list strategies, and list defects"))
		}
		of := cells{}
		e.worlds[world][strategy.Value] = of
		return fields(value, func(scenario, value *yaml.Node) error {
			if known := scenarioNames(world); !slices.Contains(known, scenario.Value) {
				return at(scenario, "%s", notKnown("scenario", scenario.Value, known, "known are "+strings.Join(known, ", ")))
			}
			what, err := expectation(world, value)
			of[scenario.Value] = what
			return err
		})
	})
}

// notKnown says of a name that it is not known, and which may have been meant, or else where to look.
func notKnown(kind, name string, known []string, look string) string {
	n := &unknown.Name{Kind: kind, Name: name, Known: known}
	if choice := n.Choice(); choice != "" {
		look = "perhaps " + choice
	}
	return n.Error() + "; " + look
}

// strategyNames are what can stand for a strategy in a world.
func strategyNames(world string) []string {
	names := []string{others}
	if world == reports.WorldLive {
		names = append(names, scenarios.External)
	}
	for _, s := range lock.All() {
		names = append(names, s.Name)
	}
	for _, d := range defects.All() {
		names = append(names, d.Name)
	}
	return names
}

// scenarioNames are what can stand for a scenario in a world.
func scenarioNames(world string) []string {
	names := []string{others, scenarios.OwnBudget}
	if world == reports.WorldLive {
		names = []string{others, scenarios.OwnPlan}
	}
	for _, s := range scenarios.Every() {
		names = append(names, s.Name)
	}
	return names
}

// expectation reads what is expected of a cell, and refuses what no cell of the
// world can show.
func expectation(world string, value *yaml.Node) (reports.Expectation, error) {
	if value.Kind != yaml.ScalarNode {
		return reports.Expectation{}, at(value, "an expectation is a text, such as safe")
	}
	what, err := reports.ParseExpectation(value.Value)
	switch {
	case err != nil:
		return what, at(value, "%w", err)
	case world == reports.WorldSim && what.MaxRate > 0:
		return what, at(value, "%s: a search is no sample and bounds no rate; safe(complete) can be asked of it", what)
	case world == reports.WorldLive && what.Complete:
		return what, at(value, "%s: runs on real servers are never complete; safe(max_rate: 5%%) can be asked of them", what)
	}
	return what, nil
}

// fields visits the fields of a mapping. None may be there twice.
func fields(n *yaml.Node, visit func(key, value *yaml.Node) error) error {
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n.Kind != yaml.MappingNode {
		return at(n, "here NAME: VALUE is to stand, each on a line of its own")
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || value.Kind == yaml.AliasNode || value.Anchor != "" {
			return at(key, "anchors, aliases and names that are no text are not taken")
		}
		if first := lines[key.Value]; first > 0 {
			return at(key, "%q is there twice, first in line %d", key.Value, first)
		}
		lines[key.Value] = key.Line
		if err := visit(key, value); err != nil {
			return err
		}
	}
	return nil
}

func at(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%d: %w", max(n.Line, 1), fmt.Errorf(format, args...))
}
