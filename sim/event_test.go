package sim

import (
	"testing"

	"pgregory.net/rapid"
)

// EventKinds lists all kinds of events in canonical order.
func EventKinds() []EventKind {
	all := make([]EventKind, len(events))
	for i := range all {
		all[i] = EventKind(i)
	}
	return all
}

func TestEventIDsAreReadAsTheyAreWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := EventID{
			Worker: rapid.IntRange(nobody, 12).Draw(t, "worker"),
			Ord:    rapid.IntRange(0, 1000).Draw(t, "ord"),
			Kind:   rapid.SampledFrom(EventKinds()).Draw(t, "kind"),
		}
		if got, err := ParseEventID(want.String()); err != nil || got != want {
			t.Fatalf("%v is read as %v, %v", want, got, err)
		}
	})
}

func TestBadEventIDsAreRefused(t *testing.T) {
	for _, text := range []string{"", "w0:1", "w0:1:deliver:x", "0:1:deliver", "w-1:1:deliver", "w0:-1:deliver", "w0:1:explode", "-:x:pause", "-1:0:pause", "w01:1:deliver", "w+1:1:deliver", ":0:pause"} {
		if id, err := ParseEventID(text); err == nil {
			t.Errorf("%q is read as %v", text, id)
		}
	}
}
