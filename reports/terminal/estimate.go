package terminal

import "time"

// Work is a part of what is to be done: runs that take about as long as each other.
type Work struct {
	Kind   string
	Runs   int
	AtOnce int           // how many go on at a time; 0 is one
	Guess  time.Duration // how long one takes, until one has shown it; 0: as long as others
}

// estimate tells from the runs that have ended how long the others will take. One mean of all would not do: kinds take
// from one second to twenty, and come one after the other.
type estimate struct {
	left  []Work
	kind  func(cell string) string
	took  map[string]*mean // of each kind
	all   mean
	began time.Time // of the first run
	last  time.Time // when a run ended
	spent float64   // seconds that the runs themselves account for
	lanes float64   // how many runs ended, each shared by those that went on beside it
}

type mean struct{ n, sum float64 }

func (m *mean) add(seconds float64) { m.n, m.sum = m.n+1, m.sum+seconds }

func newEstimate(work []Work, kind func(string) string) estimate {
	e := estimate{kind: kind, took: map[string]*mean{}}
	for _, w := range work {
		w.AtOnce = max(w.AtOnce, 1)
		e.left = append(e.left, w)
		e.took[w.Kind] = new(mean)
	}
	return e
}

// start says that a cell begins. The servers were made ready before: that is no part of the speed.
func (e *estimate) start(now time.Time) {
	if e.began.IsZero() {
		e.began, e.last = now, now
	}
}

// done says that a run has ended.
func (e *estimate) done(cell string, took time.Duration, now time.Time) {
	kind := e.kind(cell)
	for i := range e.left {
		if w := &e.left[i]; w.Kind == kind && w.Runs > 0 {
			w.Runs--
			e.took[kind].add(took.Seconds())
			e.all.add(took.Seconds())
			e.spent += took.Seconds() / float64(w.AtOnce)
			e.lanes += 1 / float64(w.AtOnce)
			e.last = now
		}
	}
}

// remaining is about how long the rest takes; 0 if nothing is known of it. It is sure if a run of each kind that is left
// has ended already.
func (e *estimate) remaining(now time.Time) (left time.Duration, sure bool) {
	if e.began.IsZero() {
		return 0, false
	}
	going, runs, sure := 0, 0, true
	for _, w := range e.left {
		if w.Runs > 0 && (going == 0 || w.AtOnce < going) {
			going = w.AtOnce // what has the machine to itself comes first
		}
		runs += w.Runs
		if w.Runs > 0 && w.Guess == 0 && e.all.n == 0 {
			return 0, false
		}
	}
	if runs == 0 {
		return 0, true
	}
	going = min(going, runs)
	between := e.between(going)
	type phase struct{ sum, longest float64 }
	phases := map[int]phase{} // by how many runs go on at a time
	for _, w := range e.left {
		if w.Runs > 0 {
			seconds, known := e.seconds(w)
			sure = sure && known
			p := phases[w.AtOnce]
			phases[w.AtOnce] = phase{p.sum + (seconds+between)*float64(w.Runs), max(p.longest, seconds+between)}
		}
	}
	total := 0.0
	for atOnce, p := range phases {
		total += max(p.sum/float64(atOnce), p.longest)
	}
	// Those that go on have had their time since the last one ended, or more than that: then the others are left.
	others := total * float64(runs-going) / float64(runs)
	total = max(total-now.Sub(e.last).Seconds(), others)
	return time.Duration(total * float64(time.Second)), sure
}

// between is how much time passes beside each run. Where one goes on at a time, that is known. Else those that went on beside
// the one that ended last are taken to have been half of their way, and the less is believed the fewer runs there were.
func (e *estimate) between(going int) float64 {
	if e.all.n == 0 {
		return 0
	}
	passed, average := e.last.Sub(e.began).Seconds(), e.all.sum/e.all.n
	if going == 1 {
		return max(0, (passed-e.spent)/e.lanes)
	}
	beside := average / 2 * float64(going-1) / float64(going)
	return max(0, min((passed-e.spent-beside)/e.lanes, average*e.all.n/10))
}

// seconds is how long a run takes.
func (e *estimate) seconds(w Work) (seconds float64, known bool) {
	switch took := e.took[w.Kind]; {
	case took.n > 0:
		return took.sum / took.n, true
	case w.Guess > 0:
		return w.Guess.Seconds(), false
	}
	return e.all.sum / e.all.n, false
}
