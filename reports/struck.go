package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// struck counts the faults of some runs, by kind.
type struck struct {
	planned, confirmed int
	kinds              []string // in order of appearance
	byKind             map[string]int
}

func countStruck(cells []Cell) struck {
	n := struck{byKind: map[string]int{}}
	for _, c := range cells {
		for _, run := range c.Runs {
			for _, f := range run.Faults {
				n.planned++
				if !f.Confirmed {
					continue
				}
				n.confirmed++
				kind, _, _ := strings.Cut(plain(f.Text), " ")
				if n.byKind[kind] == 0 {
					n.kinds = append(n.kinds, kind)
				}
				n.byKind[kind]++
			}
		}
	}
	return n
}

// String says how many faults took effect, of how many, and which.
func (n struck) String() string {
	parts := make([]string, len(n.kinds))
	for i, kind := range n.kinds {
		parts[i] = fmt.Sprintf("%d %s", n.byKind[kind], kind)
	}
	text := fmt.Sprintf("%d of %d faults were seen to take effect", n.confirmed, n.planned)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}

// writeFaults writes a line for each strategy that was to be struck: a verdict is
// worth no more than the faults that it withstood.
func writeFaults(w io.Writer, cells []Cell) {
	var names []string
	of := map[string][]Cell{}
	for _, c := range cells {
		if !slices.Contains(names, c.Strategy) {
			names = append(names, c.Strategy)
		}
		of[c.Strategy] = append(of[c.Strategy], c)
	}
	first := true
	for _, strategy := range names {
		n := countStruck(of[strategy])
		if n.planned == 0 {
			continue
		}
		if first {
			fmt.Fprintln(w)
		}
		first = false
		fmt.Fprintf(w, "%s: %s\n", name(strategy), n)
	}
}
