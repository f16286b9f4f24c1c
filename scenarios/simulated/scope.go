package simulated

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/sim"
	"onceover/sim/search"
)

// Scope is one search of a cell: so many workers and chunks, and what may go
// wrong there. Small ones can be searched to the end, each for another mistake.
type Scope struct {
	Workers, Chunks int
	Rows            int // of each chunk; 0: those of the exploration
	Budget          faults.Budget
	Persistence     faults.Persistence // of Redis; "": faults.Nothing
	Sampled         bool               // too large to be searched to the end
}

// Usual are the scopes of a strategy of which nothing else was said: what people
// meet, each in a shape in which it shows. The large ones come last, since most
// mistakes show in the small ones.
func Usual() []Scope {
	return []Scope{
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.LoseReply: 1, faults.Crash: 1}}, // to the end, which takes long with more chunks
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.Pause: 1, faults.Crash: 1}},
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.Consume: 1, faults.Kill: 1}},
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.LateRequest: 1}},
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.RedisKill: 1}, Persistence: faults.Always},
		{Workers: 2, Chunks: 1, Rows: 9, Budget: faults.Budget{faults.MySQLCut: 1, faults.KillClient: 1}}, // what is read is an event too, and can end halfway
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.MySQLKill: 1}},
		{Workers: 3, Chunks: 1, Budget: faults.Budget{faults.Crash: 1}},
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.Kill: 3}}, // as many deaths as a dead-letter rule forgives
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.KillClient: 1, faults.HalfReply: 1}},
		{Workers: 1, Chunks: 1, Rows: 101, Budget: faults.Budget{faults.Kill: 1}}, // more rows than fit into a batch
		{Workers: 1, Chunks: 33, Budget: faults.Budget{faults.Kill: 1}},           // more chunks than bits in a word
		{Workers: 2, Chunks: 1, Budget: faults.Budget{faults.Pause: 2}},
		{Workers: 2, Chunks: 2, Budget: faults.Budget{faults.Pause: 1}},
		{Workers: 2, Chunks: 3, Budget: faults.Budget{faults.LoseReply: 1, faults.Crash: 1}},
		{Workers: 12, Chunks: 1, Budget: faults.Budget{faults.Crash: 1}, Sampled: true}, // 1 begins like 11
		{Workers: 2, Chunks: 12, Budget: faults.Budget{faults.Crash: 1}, Sampled: true}, // so do the names of chunks
	}
}

// How many schedules of each kind a scope gets that is only sampled, and each
// of the others before the first of them is searched to the end: most mistakes
// show themselves soon, in one scope or another.
const (
	sampleSize = 300
	glance     = 50
	brief      = 10_000 // positions: so many make a search to the end cheaper than many random schedules

	firsts = 3 // workers that get to go first while one fault after the other is tried
)

// look is one search of a scope.
type look struct {
	scope     int
	sample    int  // so many schedules of each kind; 0: to the end
	positions int  // to the end if there are no more than so many; 0: as many as there are
	last      bool // may use the time that is left
}

// whole tells whether nothing is left when the look was complete, and what is
// left otherwise is said.
func (l look) whole() bool { return l.sample == 0 && l.positions == 0 }

// looks are a glance at each scope, then those to the end that are soon there, and
// then the others. A single scope needs no glance: its search begins with the likely
// schedules anyway.
func looks(scopes []Scope) []look {
	var glances, samples, briefly, whole []look
	for i, s := range scopes {
		switch {
		case s.Sampled:
			samples = append(samples, look{scope: i, sample: sampleSize})
			continue
		case len(scopes) > 1:
			glances = append(glances, look{scope: i, sample: glance})
			briefly = append(briefly, look{scope: i, positions: brief})
		}
		whole = append(whole, look{scope: i})
	}
	all := slices.Concat(glances, samples, briefly, whole)
	all[len(all)-1].last = true
	return all
}

// options of the search that a look is.
func (l look) options(o search.Options) search.Options {
	switch {
	case l.sample > 0:
		return sampled(o, l.sample)
	case l.positions > 0 && o.Positions >= 0:
		o.Random, o.POS, o.PCT = -1, -1, -1
		if o.Positions == 0 || o.Positions > l.positions {
			o.Positions = l.positions
		}
	}
	return o
}

// sampled options are those of a search that is not to the end, and ends after so
// many schedules of each kind, or fewer if fewer were asked for.
func sampled(o search.Options, most int) search.Options {
	o.Positions = -1
	o.Smoke = firsts
	for _, n := range []*int{&o.Random, &o.POS, &o.PCT} {
		if *n == 0 || *n > most {
			*n = most
		}
	}
	return o
}

// Allowed is what may go wrong in any of the scopes.
func Allowed(scopes []Scope) faults.Budget {
	allowed := faults.Budget{}
	for _, s := range scopes {
		for kind, n := range s.Budget {
			allowed[kind] = max(allowed[kind], n)
		}
	}
	return allowed
}

// scopes of a cell.
func (x Exploration) scopes(s scenarios.Scenario) []Scope {
	if len(x.Scopes) > 0 {
		return x.Scopes
	}
	return []Scope{{Workers: x.Setup.Workers, Chunks: x.Setup.Chunks, Budget: s.Budget, Persistence: s.Persistence}}
}

// searched is what the searches of a cell came to, all in all.
type searched struct {
	search.Result
	scenes map[reports.Verdict]*sim.Scene // in which each violation was found
	faults faults.Budget
}

// search searches the scopes of a cell, until everything is found that is wanted.
func (x Exploration) search(ctx context.Context, p Program, s scenarios.Scenario) (all searched, err error) {
	scopes := x.scopes(s)
	setups := make([]sim.Setup, len(scopes))
	for i, scope := range scopes {
		setups[i] = x.setup(p, scope)
	}
	all = searched{scenes: map[reports.Verdict]*sim.Scene{}, faults: Allowed(scopes)}
	all.Bounds, all.Shard = bounds(scopes, setups), x.Search.Shard
	began := x.Clock()
	var left []string
	done := make([]bool, len(scopes)) // searched to the end
	for _, look := range looks(scopes) {
		if done[look.scope] {
			continue
		}
		o := x.options(ctx, began, p.Expected(s.Name))
		if all.enough(o.Want) {
			break
		}
		o.Want = slices.DeleteFunc(o.Want, all.has)
		o = look.options(o)
		if !look.last {
			now := x.Clock() - began
			o.Limit = now + (o.Limit-now)/shareOfRest
		}
		scene, err := sim.Prepare(setups[look.scope])
		if err != nil {
			return all, err
		}
		result, err := search.Explore(scene, o)
		if err != nil {
			return all, err
		}
		all.add(scene, result)
		done[look.scope] = result.Complete
		if look.whole() && !result.Complete && len(result.Found) == 0 {
			left = append(left, result.Left)
		}
	}
	switch {
	case len(all.Found) > 0:
		all.Left = "it ended with what it was to find"
	case len(left) > 0:
		all.Left = strings.Join(slices.Compact(left), "; ")
	default:
		all.Complete = true
	}
	return all, nil
}

// bounds says what is searched to the end, and apart from it what is sampled.
func bounds(scopes []Scope, setups []sim.Setup) string {
	var whole []sim.Setup
	sampled := ""
	for i, s := range scopes {
		if !s.Sampled {
			whole = append(whole, setups[i])
			continue
		}
		sampled += fmt.Sprintf("; only sampled: %d workers and %d chunks, %v", s.Workers, s.Chunks, s.Budget)
	}
	return sim.Bounds(whole...) + sampled
}

// shareOfRest of the time that is left goes to each scope but the last. Most
// need a small part of it.
const shareOfRest = 3

func (x Exploration) setup(p Program, scope Scope) sim.Setup {
	setup := x.Setup
	setup.Name, setup.Program, setup.Tables, setup.NamesOnly, setup.Locks = p.Name, p.Program, p.Tables, p.NamesOnly, p.Locks
	setup.Workers, setup.Chunks, setup.Budget, setup.Persistence = scope.Workers, scope.Chunks, scope.Budget, scope.Persistence
	if scope.Rows > 0 {
		setup.Rows = scope.Rows
	}
	return setup
}

func (a *searched) has(v reports.Verdict) bool { return a.scenes[v] != nil }

// enough tells whether everything is found that is wanted, or anything if nothing is.
func (a *searched) enough(want []reports.Verdict) bool {
	if len(want) == 0 {
		return len(a.Found) > 0
	}
	return !slices.ContainsFunc(want, func(v reports.Verdict) bool { return !a.has(v) })
}

// add adds one search: its stages to those of the same name, and what it found
// first.
func (a *searched) add(scene *sim.Scene, r search.Result) {
	a.Live += r.Live
	a.Checked += r.Checked
	for _, st := range r.Stages {
		i := slices.IndexFunc(a.Stages, func(s search.Stage) bool { return s.Name == st.Name })
		if i < 0 {
			a.Stages = append(a.Stages, st)
			continue
		}
		s := &a.Stages[i]
		s.Schedules += st.Schedules
		s.Traces += st.Traces
		s.Faulty += st.Faulty
		s.Positions += st.Positions
		s.Elapsed += st.Elapsed
	}
	for _, found := range r.Found {
		if !a.has(found.Verdict) {
			a.Found = append(a.Found, found)
			a.scenes[found.Verdict] = scene
		}
	}
}
