package sim

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/loader/lock"
)

func TestCauseOfADuplicate(t *testing.T) {
	const early = "w0:0:deliver w1:0:deliver w1:1:deliver w1:2:deliver w1:3:deliver w0:1:deliver w0:2:deliver"
	for name, c := range map[string]struct {
		strategy lock.Strategy
		budget   faults.Budget
		events   string
		want     *Cause
	}{
		"a look at the bit, and a name that is gone": {
			lock.ConnectionName, faults.Budget{}, early,
			&Cause{Before: 3, Again: 5, Looked: 0, Had: 2, Claimed: 4, Freed: 3},
		},
		"a look at the bit": {
			lock.BitmapOnly, faults.Budget{}, "w0:0:deliver w0:1:deliver w1:0:deliver w1:1:deliver w1:2:deliver w0:2:deliver",
			&Cause{Before: 4, Again: 5, Looked: 1, Had: Unknown, Claimed: Unknown, Freed: Unknown},
		},
		"a lease that is let go": {
			lock.SetNX, faults.Budget{}, "w0:0:deliver w0:1:deliver w1:0:deliver w1:1:deliver w1:2:deliver w1:3:deliver w1:4:deliver w1:5:deliver w0:2:deliver w0:3:deliver",
			&Cause{Before: 5, Again: 9, Looked: 1, Had: 4, Claimed: 8, Freed: 6},
		},
		"nothing that was looked at": {
			lock.None, faults.Budget{}, "w0:0:deliver w1:0:deliver",
			&Cause{Before: 0, Again: 1, Looked: Unknown, Had: Unknown, Claimed: Unknown, Freed: Unknown},
		},
		"no duplicate": {lock.ConnectionName, faults.Budget{}, "", nil},
	} {
		scene, err := Prepare(Setup{Name: c.strategy.Name, Program: Bare(c.strategy), Workers: 2, Chunks: 1, Rows: 1, Budget: c.budget})
		if err != nil {
			t.Fatal(err)
		}
		var log []EventID
		for text := range strings.FieldsSeq(c.events) {
			id, err := ParseEventID(text)
			if err != nil {
				t.Fatal(err)
			}
			log = append(log, id)
		}
		run, err := scene.Run(Tolerant(log), true)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, run.Cause); d != "" {
			t.Errorf("%s: %s\n%v", name, d, run.Trace)
		}
	}
}
