package catalogue

import (
	"testing"
	"time"

	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim/search"
)

// A wrong trial is found within the time that explore is given for it. For the right
// ones a part of that has to do here; onceover explore --trials takes all of it.
const (
	timeToFind   = 20 * time.Second
	timeToRefute = 2 * time.Second
)

// The usual search is told nothing of what it searches.
func TestEveryTrialIsJudgedRight(t *testing.T) {
	for _, trial := range defects.Trials() {
		t.Run(trial.Name, func(t *testing.T) {
			limit := timeToFind
			if trial.Right() || trial.Beyond != "" {
				limit = timeToRefute
			}
			program, _ := FindProgram(trial.Name)
			began := time.Now()
			verdict, result, err := simulated.Judge(t.Context(), program, search.Options{Seed: 1, Limit: limit}, func() time.Duration { return time.Since(began) })
			if err != nil || !trial.Accepts(verdict) {
				t.Errorf("%v: judged %s, want one of %v: %s", err, verdict, trial.Wants, result.Summary())
			}
			t.Logf("%s: %s, %d schedules, %s", trial.Name, verdict, result.Schedules(), time.Since(began).Round(time.Millisecond))
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
		began := time.Now()
		verdict, result, err := simulated.Judge(t.Context(), program, search.Options{Seed: 1, Limit: timeToFind}, func() time.Duration { return time.Since(began) })
		if err != nil || verdict != defect.Want {
			t.Errorf("%v: %s is judged %s, want %s: %s", err, name, verdict, defect.Want, result.Summary())
		}
	}
}
