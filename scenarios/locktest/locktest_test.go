package locktest

import (
	"errors"
	"strings"
	"testing"

	"onceover/loader/lock"
	"onceover/scenarios"
)

// Not as far as Safe goes: the default is searched to the end elsewhere.
func TestTheDefaultPasses(t *testing.T) {
	suite(t, lock.Default(), depth{schedules: 15, positions: 800})
}

func TestControlsAreSeen(t *testing.T) {
	Unsafe(t, named(t, "bitmap"), "calm", "pause-long")
	Unsafe(t, named(t, "connection-name"), "calm", "kill-skipped")
	Unsafe(t, named(t, "set-nx"), "lost-reply")
	Unsafe(t, named(t, "redlock"), "pause-long")
}

// What goes wrong is drawn, and a strategy that is safe is no control.
func TestAFailureShowsItsCounterexample(t *testing.T) {
	calm, _ := scenarios.Find("calm")
	err := try(t.Context(), named(t, "none"), under(calm), usual)
	if !errors.As(err, new(violation)) || !strings.Contains(err.Error(), "DUPLICATED: Row 1 is pushed in step") {
		t.Errorf("it says %v", err)
	}
	if err := try(t.Context(), lock.Default(), under(calm), usual); err != nil {
		t.Errorf("the default: %v", err)
	}
}

func named(t *testing.T, name string) lock.Strategy {
	t.Helper()
	s, known := lock.Find(name)
	if !known {
		t.Fatalf("there is no strategy %s", name)
	}
	return s
}
