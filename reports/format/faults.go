package format

import (
	"fmt"
	"strings"

	"onceover/reports"
)

// FaultCount counts the faults of some runs, by kind.
type FaultCount struct {
	Planned, Confirmed int
	kinds              []string // in order of appearance
	byKind             map[string]int
}

// CountFaults counts the faults that were planned in some cells, and those that were
// seen to take effect.
func CountFaults(cells []reports.Cell) FaultCount {
	n := FaultCount{byKind: map[string]int{}}
	for _, c := range cells {
		for _, run := range c.Runs {
			for _, f := range run.Faults {
				n.Planned++
				if !f.Confirmed {
					continue
				}
				n.Confirmed++
				kind, _, _ := strings.Cut(Plain(f.Text), " ")
				if n.byKind[kind] == 0 {
					n.kinds = append(n.kinds, kind)
				}
				n.byKind[kind]++
			}
		}
	}
	return n
}

// Of is how many faults of a kind took effect.
func (n FaultCount) Of(kind string) int { return n.byKind[kind] }

// String says how many faults took effect, of how many, and which.
func (n FaultCount) String() string {
	parts := make([]string, len(n.kinds))
	for i, kind := range n.kinds {
		parts[i] = fmt.Sprintf("%d %s", n.byKind[kind], kind)
	}
	text := fmt.Sprintf("%d of %d faults were seen to take effect", n.Confirmed, n.Planned)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
