package faults

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"onceover/loader"
	"onceover/reports/unknown"
)

// String writes the plan, one fault a line.
func (p Plan) String() string {
	lines := make([]string, len(p))
	for i, f := range p {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// String writes the fault with every setting that its kind takes.
func (f Fault) String() string {
	words := []string{string(f.Kind)}
	set := func(name, value string) { words = append(words, name+"="+value) }
	spec, _ := Find(f.Kind)
	if !spec.Server() || f.At.Worker != Any {
		set("worker", wildcard(f.At.Worker))
	}
	switch {
	case f.At.Progress > 0:
		set("progress", strconv.Itoa(f.At.Progress)+"%")
	case f.At.Answered:
		set("reply", f.At.Request)
	case f.At.Request != "":
		set("request", f.At.Request)
	default:
		set("chunk", wildcard(f.At.Chunk))
		set("at", f.At.Step.String())
	}
	if f.At.Progress == 0 && f.At.Nth > 1 {
		set("nth", strconv.Itoa(f.At.Nth))
	}
	if f.At.Progress == 0 && f.At.Hold > 0 {
		set("hold", f.At.Hold.String())
	}
	for _, setting := range spec.Settings {
		set(setting.Name, setting.format(f))
	}
	return strings.Join(words, " ")
}

func wildcard(n int) string {
	if n == Any {
		return "*"
	}
	return strconv.Itoa(n)
}

// Parse reads a plan: one fault a line, or several separated by semicolons.
// Blank lines and what follows a # are passed over.
func Parse(text string) (Plan, error) {
	var plan Plan
	for number, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		for _, part := range strings.Split(line, ";") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			f, err := parseFault(part)
			if err != nil {
				return nil, fmt.Errorf("line %d: %q: %w", number+1, strings.TrimSpace(part), err)
			}
			plan = append(plan, f)
		}
	}
	return plan, nil
}

func parseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	spec, ok := Find(Kind(words[0]))
	switch {
	case !ok:
		return Fault{}, &unknown.Name{Kind: "fault", Name: words[0], Known: kinds(func(s Spec) bool { return s.NotLive == "" })}
	case spec.NotLive != "":
		return Fault{}, fmt.Errorf("%s is simulated only: %s", spec.Kind, spec.NotLive)
	}
	f := spec.At(Position{Worker: Any, Chunk: Any, Nth: 1})
	var given []string
	for _, word := range words[1:] {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			return Fault{}, fmt.Errorf("%q is not name=value", word)
		}
		if slices.Contains(given, name) {
			return Fault{}, fmt.Errorf("%s is set twice", name)
		}
		given = append(given, name)
		if err := f.set(spec, name, value); err != nil {
			return Fault{}, err
		}
	}
	return f, f.check(spec, given)
}

// places are the ways to say where a fault strikes, and what goes with each.
var places = map[string][]string{
	"at":       {"chunk", "nth", "hold"},
	"request":  {"nth", "hold"},
	"reply":    {"nth"},
	"progress": nil,
}

func (f Fault) check(spec Spec, given []string) error {
	has := func(name string) bool { return slices.Contains(given, name) }
	at := slices.DeleteFunc(slices.Clone(given), func(name string) bool { _, place := places[name]; return !place })
	if len(at) != 1 {
		return errors.New("it needs a position, one of at=STEP, request=COMMAND, reply=COMMAND and progress=N%")
	}
	for _, name := range places["at"] {
		if has(name) && !slices.Contains(places[at[0]], name) {
			return fmt.Errorf("%s does not go with %s", name, at[0])
		}
	}
	switch {
	case f.At.Answered && spec.Kind == HalfOpen:
		return fmt.Errorf("%s keeps connections open, and reply=%s cuts one", spec.Kind, f.At.Request)
	case f.At.Request == "" || spec.Class != Wire:
	case f.At.ToMySQL() != (spec.Kind == MySQLCut):
		return fmt.Errorf("%s strikes no request %s, which goes to the other server", spec.Kind, f.At.Request)
	case f.At.Answered || has("hold"):
		return fmt.Errorf("%s strikes at the request itself: request=%s without hold", spec.Kind, f.At.Request)
	}
	for _, setting := range spec.Settings {
		if setting.Required && !has(setting.Name) {
			return fmt.Errorf("%s needs %s", spec.Kind, setting.Name)
		}
	}
	return nil
}

func (f *Fault) set(spec Spec, name, value string) (err error) {
	switch name {
	case "worker":
		f.At.Worker, err = parseOrdinal(value)
	case "chunk":
		f.At.Chunk, err = parseOrdinal(value)
	case "at":
		f.At.Step, err = loader.ParseStep(value)
	case "nth":
		f.At.Nth, err = parseCount(value)
	case "hold":
		f.At.Hold, err = parseDuration(value)
	case "request", "reply":
		f.At.Answered = name == "reply"
		f.At.Request, err = parseRequest(value)
	case "progress":
		f.At.Progress, err = parsePercent(value)
	default:
		setting, ok := spec.setting(name)
		if !ok {
			return fmt.Errorf("%s has no setting %q", spec.Kind, name)
		}
		err = setting.parse(f, value)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func parseOrdinal(text string) (int, error) {
	if text == "*" {
		return Any, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%q is neither a number from 0 nor *", text)
	}
	return n, nil
}

func parseCount(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a number from 1", text)
	}
	return n, nil
}

func parseRequest(text string) (string, error) {
	switch lower := strings.ToLower(text); {
	case lower == Write || lower == Read:
		return lower, nil
	case text == "" || strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz.") != "":
		return "", fmt.Errorf("%q is neither write nor read nor the name of a command", text)
	}
	return strings.ToUpper(text), nil
}

func parsePercent(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
	if err != nil || n < 1 || n > 99 {
		return 0, fmt.Errorf("%q is not a percentage from 1%% to 99%%", text)
	}
	return n, nil
}

// kinds names some kinds of the catalogue.
func kinds(some func(Spec) bool) (names []string) {
	for _, s := range catalogue {
		if some(s) {
			names = append(names, string(s.Kind))
		}
	}
	return names
}

// Setting is what a kind of fault takes beside its position: a duration, or a word.
type Setting struct {
	Name     string
	Words    []string                    // those that can be given, the default first; a fault holds one as Word. nil: it is a duration
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
	if s.Words != nil {
		return f.Word
	}
	d := *s.Of(&f)
	if s.OrNever && d == Never {
		return never
	}
	return d.String()
}

func (s Setting) parse(f *Fault, text string) error {
	if s.Words != nil {
		f.Word = text
		if !slices.Contains(s.Words, text) {
			return fmt.Errorf("%q is none of %s", text, strings.Join(s.Words, ", "))
		}
		return nil
	}
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
