package main

import (
	"bytes"
	"context"
	"testing"

	"onceover/reports/terminal"
)

func env(of map[string]string) func(string) string {
	return func(name string) string { return of[name] }
}

func TestColour(t *testing.T) {
	for name, c := range map[string]struct {
		flag string
		env  map[string]string
		want bool
	}{
		"no terminal":           {"auto", nil, false},
		"asked for":             {"always", map[string]string{"NO_COLOR": "1"}, true},
		"refused":               {"never", map[string]string{"FORCE_COLOR": "1"}, false},
		"forced":                {"auto", map[string]string{"FORCE_COLOR": "1", "TERM": "dumb"}, true},
		"forced, the other way": {"auto", map[string]string{"CLICOLOR_FORCE": "1"}, true},
		"refused and forced":    {"auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, false},
	} {
		if got := coloured(c.flag, &bytes.Buffer{}, env(c.env)); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

func TestProgressWithoutATerminalIsLines(t *testing.T) {
	s := streams{stderr: &bytes.Buffer{}, getenv: env(nil)}
	for given, want := range map[string]terminal.ProgressMode{
		"auto": terminal.ProgressLines, "bar": terminal.ProgressBar, "lines": terminal.ProgressLines, "none": terminal.ProgressNone,
	} {
		c := cli{Progress: given, Color: "never"}
		if o := c.progressOptions(s); o.Mode != want || o.Colour || o.Width() != 100 {
			t.Errorf("%s: %s, colour %t, %d columns", given, o.Mode, o.Colour, o.Width())
		}
	}
}

func TestAnInterruptIsSaidBeforeTheEnd(t *testing.T) {
	var out bytes.Buffer
	ctx, interrupt := context.WithCancel(t.Context())
	said := onInterrupt(ctx, func() { out.WriteString(stopping) })
	interrupt()
	said()
	said()
	if out.String() != stopping {
		t.Errorf("said %q", out.String())
	}

	quiet := onInterrupt(t.Context(), func() { t.Error("said without an interrupt") })
	quiet()
}

// slowToTell is interrupted, and has not told anybody yet but those who ask.
type slowToTell struct{ context.Context }

func (slowToTell) Err() error                                { return context.Canceled }
func (slowToTell) Done() <-chan struct{}                     { return make(chan struct{}) }
func (slowToTell) AfterFunc(func()) (stop func() (was bool)) { return func() bool { return true } }

func TestAnInterruptIsSaidAlsoWhereTheWorkHearsOfItFirst(t *testing.T) {
	var out bytes.Buffer
	onInterrupt(slowToTell{t.Context()}, func() { out.WriteString(stopping) })()
	if out.String() != stopping {
		t.Errorf("said %q", out.String())
	}
}
