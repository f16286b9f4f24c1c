package reports

import (
	"cmp"
	"fmt"
	"strings"
)

// Interruption says how far interrupted results came. Of merged ones it says also
// which invocations it was: they stay interrupted, whatever is added to them, since
// nobody knows what they had still to do.
func (r *Results) Interruption() string {
	text := fmt.Sprintf("%d of %d runs done", r.Run.Done, r.Run.Planned)
	var parts []string
	for _, p := range r.Parts {
		if p.Run.Status != Complete {
			parts = append(parts, fmt.Sprintf("%s (%d of %d)", cmp.Or(p.Run.ID, p.Folder), p.Run.Done, p.Run.Planned))
		}
	}
	if len(parts) == 0 {
		return text
	}
	return fmt.Sprintf("%s; interrupted: %s. Leave that out if the others have its runs, or do it again", text, strings.Join(parts, ", "))
}
