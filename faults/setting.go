package faults

import (
	"fmt"
	"slices"
	"time"
)

// Setting is a duration that a kind of fault takes beside its position.
type Setting struct {
	Name     string
	Of       func(*Fault) *time.Duration // where a fault holds it
	Default  time.Duration
	Required bool // there is no default
	OrNever  bool // the word "never" is a value, too
}

// setting finds a setting of the kind by its name.
func (s Spec) setting(name string) (Setting, bool) {
	i := slices.IndexFunc(s.Settings, func(set Setting) bool { return set.Name == name })
	if i < 0 {
		return Setting{}, false
	}
	return s.Settings[i], true
}

func (s Setting) format(f Fault) string {
	d := *s.Of(&f)
	if s.OrNever && d == Never {
		return never
	}
	return d.String()
}

func (s Setting) parse(f *Fault, text string) error {
	if s.OrNever && text == never {
		*s.Of(f) = Never
		return nil
	}
	d, err := parseDuration(text)
	*s.Of(f) = d
	return err
}

const never = "never"

func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, err
	}
	if d < 0 {
		return 0, fmt.Errorf("%s is negative", text)
	}
	return d, nil
}
