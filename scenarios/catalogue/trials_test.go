package catalogue

import (
	"sync/atomic"
	"testing"
	"time"

	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim/search"
)

// With seed 1, a wrong trial is found after 8,184 looks at most. For the right ones a part of that
// has to do here; onceover explore --trials goes on for as long as it is told.
const (
	looksToFind   = 10_000
	looksToRefute = 300
)

// counted is a clock that a search moves on itself: by one each time it looks whether its
// time is over, which it does after a schedule, or after some hundred positions. So a slow
// machine searches as far as a fast one.
func counted() func() time.Duration {
	var looks atomic.Int64
	return func() time.Duration { return time.Duration(looks.Add(1)) }
}

// The usual search is told nothing of what it searches.
func TestEveryTrialIsJudgedRight(t *testing.T) {
	for _, trial := range defects.Trials() {
		t.Run(trial.Name, func(t *testing.T) {
			limit := looksToFind
			if trial.Right() || trial.Beyond != "" {
				limit = looksToRefute
			}
			program, _ := FindProgram(trial.Name)
			clock := counted()
			verdict, result, err := simulated.Judge(t.Context(), program, search.Options{Seed: 1, Limit: time.Duration(limit)}, clock)
			if err != nil || !trial.Accepts(verdict) {
				t.Errorf("%v: judged %s, want one of %v: %s", err, verdict, trial.Wants, result.Summary())
			}
			t.Logf("%s: %s, %d schedules, %d looks", trial.Name, verdict, result.Schedules(), clock())
		})
	}
}

// A connection that is lost between two requests, a server that forgets its locks, and
// a result that ends halfway: the usual search comes upon them only if what is read
// from MySQL is an event, and long enough.
func TestTheUsualSearchFindsWhatReadingBringsToLight(t *testing.T) {
	for _, name := range []string{"name-lost-on-reconnect", "get-lock-connection-lost", "rows-err-ignored"} {
		defect, _ := defects.Find(name)
		program, _ := FindProgram(name)
		verdict, result, err := simulated.Judge(t.Context(), program, search.Options{Seed: 1, Limit: looksToFind}, counted())
		if err != nil || verdict != defect.Want {
			t.Errorf("%v: %s is judged %s, want %s: %s", err, name, verdict, defect.Want, result.Summary())
		}
	}
}
