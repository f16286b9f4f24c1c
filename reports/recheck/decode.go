package recheck

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"onceover/reports"
)

// schemaForm is the form of the schemas that this program reads: its own and all before,
// but none after. A field that it does not know could be the one that fails the gate.
var schemaForm = regexp.MustCompile(`^onceover\.results/1\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$`)

// Decode reads the text of a results.json; name is where it comes from.
func Decode(name string, text []byte) (*reports.Results, error) {
	var r reports.Results
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: it holds no results: %w", name, err)
	}
	if err := readable(r.Schema); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := unrepeated(json.NewDecoder(bytes.NewReader(text)), ""); err != nil {
		return nil, fmt.Errorf("%s: it holds no results: %w", name, err)
	}
	if negative(&r) {
		return nil, fmt.Errorf("%s: it holds no results: a duration or a count is below zero", name)
	}
	return &r, nil
}

// negative tells whether something is less than nothing, which no invocation writes.
func negative(r *reports.Results) bool {
	for _, of := range append([]reports.Part{{Run: r.Run}}, r.Parts...) {
		if of.Run.DurationMS < 0 || min(of.Run.Planned, of.Run.Done, of.Run.Spared) < 0 {
			return true
		}
	}
	return slices.ContainsFunc(r.Cells, func(c reports.Cell) bool {
		return slices.ContainsFunc(c.Runs, func(run reports.Run) bool { return run.DurationMS < 0 })
	})
}

func readable(schema string) error {
	minor := func(schema string) int {
		if parts := schemaForm.FindStringSubmatch(schema); parts != nil {
			if n, err := strconv.Atoi(parts[1]); err == nil {
				return n
			}
		}
		return -1
	}
	known := strings.TrimSuffix(reports.Schema, ".0")
	switch n := minor(schema); {
	case n < 0:
		return fmt.Errorf("its schema is %q, and this program reads onceover.results/1.x.y", schema)
	case n > minor(reports.Schema):
		return fmt.Errorf("its schema is %q, and this program reads no later one than %s; a later version of Onceover reads it", schema, known)
	}
	return nil
}

// unrepeated refuses an object that has a field twice: all but the last would be
// ignored. at is where the value stands.
func unrepeated(in *json.Decoder, at string) error {
	token, err := in.Token()
	if err != nil {
		return err
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for i := 0; in.More(); i++ {
		inside := fmt.Sprintf("%s[%d]", at, i)
		if open == '{' {
			if token, err = in.Token(); err != nil {
				return err
			}
			field, _ := token.(string)
			inside = strings.TrimPrefix(at+"."+field, ".")
			if seen[folded(field)] {
				return fmt.Errorf("the field %s is there twice", inside)
			}
			seen[folded(field)] = true
		}
		if err := unrepeated(in, inside); err != nil {
			return err
		}
	}
	_, err = in.Token()
	return err
}

// folded is what all spellings have in common that encoding/json takes for the same
// field.
func folded(field string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, field)
}
