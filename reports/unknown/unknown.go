// Package unknown finds what somebody may have meant by a name that no catalogue has.
package unknown

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"

	"onceover/reports"
)

// Name is the error of a name that a catalogue does not have.
type Name struct {
	Kind  string // strategy, scenario, fault
	Name  string
	Known []string
}

func (n *Name) Error() string { return fmt.Sprintf("unknown %s %q", n.Kind, n.Name) }

// Meant lists the known names that may have been meant: all those of which the name is a word or the beginning of
// words, and those that one slip of the hand makes of it; or else those that take the fewest edits, at most half of
// the name.
func (n *Name) Meant() []string {
	given := strings.ToLower(strings.ReplaceAll(n.Name, "_", "-"))
	if given == "" {
		return nil
	}
	edits := func(k string) int { return levenshtein.ComputeDistance(given, k) }
	meant := reports.Those(n.Known, func(k string) bool {
		return strings.Contains("-"+k, "-"+given) || len(given) > 1 && edits(k) <= 1
	})
	if len(meant) > 0 {
		return meant
	}
	fewest := len(given) / 2
	for _, k := range n.Known {
		fewest = min(fewest, edits(k))
	}
	return reports.Those(n.Known, func(k string) bool { return edits(k) == fewest })
}

// Choice is what may have been meant, in words; "" if nothing comes near.
func (n *Name) Choice() string {
	meant := n.Meant()
	if len(meant) < 2 {
		return strings.Join(meant, "")
	}
	last := len(meant) - 1
	return strings.Join(meant[:last], ", ") + " or " + meant[last]
}
