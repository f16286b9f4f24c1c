package terminal

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// campaign is runs of several kinds, as chaos makes them: of each strategy first what has the machine to itself, then the
// others, so many at a time.
type campaign struct {
	work       []Work
	takes      map[string]time.Duration
	between    time.Duration // from one run to the next
	strategies int
}

// moment is what was said, and what came true.
type moment struct {
	at, said, left time.Duration
	sure           bool
}

// carryOut lets all runs take their time, and asks each second how much is left.
func (c campaign) carryOut() (moments []moment) {
	began := newClock().at
	work := slices.Clone(c.work)
	for i := range work {
		work[i].Runs *= c.strategies
	}
	e := newEstimate(work, func(cell string) string { return cell })
	type end struct {
		at   time.Duration
		kind string
	}
	var ends []end
	free := []time.Duration{0}
	for _, atOnce := range []int{1, 3} {
		begins := slices.Max(free)
		free = slices.Repeat([]time.Duration{begins}, atOnce)
		for range c.strategies {
			for _, w := range c.work {
				for range w.Runs {
					if w.AtOnce != atOnce {
						break
					}
					i := slices.Index(free, slices.Min(free))
					free[i] += c.takes[w.Kind] + c.between
					ends = append(ends, end{free[i], w.Kind})
				}
			}
		}
	}
	slices.SortFunc(ends, func(a, b end) int { return int(a.at - b.at) })
	whole := ends[len(ends)-1].at
	e.start(began)
	for at := time.Duration(0); at < whole; at += time.Second {
		for len(ends) > 0 && ends[0].at <= at {
			e.done(ends[0].kind, c.takes[ends[0].kind], began.Add(ends[0].at))
			ends = ends[1:]
		}
		said, sure := e.remaining(began.Add(at))
		moments = append(moments, moment{at, said, whole - at, sure})
	}
	return moments
}

func (c campaign) longest() (longest time.Duration) {
	for _, took := range c.takes {
		longest = max(longest, took+c.between)
	}
	return longest
}

func TestTheTimeLeftIsHonest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := campaign{takes: map[string]time.Duration{}, strategies: rapid.IntRange(1, 6).Draw(t, "strategies")}
		c.between = time.Duration(rapid.IntRange(0, 500).Draw(t, "between")) * time.Millisecond
		for i := range rapid.IntRange(1, 8).Draw(t, "kinds") {
			kind := fmt.Sprint("kind-", i)
			c.work = append(c.work, Work{Kind: kind, Runs: rapid.IntRange(1, 4).Draw(t, "runs"), AtOnce: rapid.SampledFrom([]int{1, 3}).Draw(t, "at once")})
			c.takes[kind] = time.Duration(rapid.IntRange(1000, 20_000).Draw(t, "takes")) * time.Millisecond
		}
		for _, m := range c.carryOut() {
			// One run more or less may still go on, and where three go on at a time only two may.
			off := math.Abs((m.said - m.left).Seconds())
			if allowed := 2*c.longest().Seconds() + 0.35*m.left.Seconds(); m.sure && off > allowed {
				t.Errorf("after %s: %s left was said, and it was %s: %+v", m.at, m.said, m.left, c)
				return
			}
		}
	})
}

// TestWhatHasNotBeenSeenIsNotSure has short runs first: after them the old way, a mean of all, said 2 s where 39 were left.
func TestWhatHasNotBeenSeenIsNotSure(t *testing.T) {
	c := campaign{
		strategies: 1, between: 200 * time.Millisecond,
		work:  []Work{{Kind: "calm", Runs: 7, AtOnce: 1}, {Kind: "kill", Runs: 4, AtOnce: 1}, {Kind: "outage", Runs: 2, AtOnce: 1, Guess: 15 * time.Second}},
		takes: map[string]time.Duration{"calm": time.Second, "kill": 1500 * time.Millisecond, "outage": 18 * time.Second},
	}
	for _, m := range c.carryOut() {
		off := (m.said - m.left).Abs()
		switch {
		case m.at < 2*time.Second && m.said != 0:
			t.Errorf("after %s, before the first run has ended, %s are said", m.at, m.said)
		case m.at > 2*time.Second && m.at < 9*time.Second && (m.sure || m.said < 15*time.Second):
			t.Errorf("after %s %s, sure %t, and %s were left", m.at, m.said, m.sure, m.left)
		case m.sure && off > 2*time.Second:
			t.Errorf("after %s, with all kinds seen, %s, and %s were left", m.at, m.said, m.left)
		}
	}
}

func TestTheTimeLeftIsNotSaidOfARunThatIsLate(t *testing.T) {
	began := newClock().at
	e := newEstimate([]Work{{Kind: "a", Runs: 3}}, func(string) string { return "a" })
	e.start(began)
	e.done("a", 10*time.Second, began.Add(10*time.Second))
	for _, c := range []struct{ at, want time.Duration }{{10, 20}, {15, 15}, {20, 10}, {25, 10}, {60, 10}} {
		if got, _ := e.remaining(began.Add(c.at * time.Second)); got != c.want*time.Second {
			t.Errorf("after %d s %s, want %d s", c.at, got, c.want)
		}
	}
	e.done("a", 50*time.Second, began.Add(60*time.Second))
	if got, _ := e.remaining(began.Add(100 * time.Second)); got != 0 {
		t.Errorf("the last run is late, and %s are said", got)
	}
}

func TestAGuessServesUntilARunHasEnded(t *testing.T) {
	began := newClock().at
	e := newEstimate([]Work{{Kind: "a", Runs: 2, Guess: 30 * time.Second}}, func(string) string { return "a" })
	if got, sure := e.remaining(began); got != 0 || sure {
		t.Errorf("before anything has begun: %s, %t", got, sure)
	}
	e.start(began)
	if got, sure := e.remaining(began.Add(13 * time.Second)); got != 47*time.Second || sure {
		t.Errorf("%s, %t", got, sure)
	}
}

func TestTheTimeBetweenRunsCounts(t *testing.T) {
	c := campaign{strategies: 10, between: time.Second, work: []Work{{Kind: "a", Runs: 1, AtOnce: 1}}, takes: map[string]time.Duration{"a": time.Second}}
	for _, m := range c.carryOut()[2:] {
		if (m.said - m.left).Abs() > time.Second {
			t.Errorf("after %s %s, and %s were left", m.at, m.said, m.left)
		}
	}
}
