package scenarios

import (
	_ "embed"
	"slices"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
)

// StandardExpectations is the file of the expectations that come with the
// program, for package expect to read. Its head documents the form.
//
//go:embed expect.yaml
var StandardExpectations string

// Findings are the disagreements between what was believed of a cell and what is true,
// for package truth to read. Its head documents the form.
//
//go:embed findings.md
var Findings string

// Scenario is a workload and what goes wrong in it.
type Scenario struct {
	Name        string
	Summary     string
	Persistence faults.Persistence
	// Faults draws the plan of one run. It depends on its arguments alone.
	Faults planning
	// Consumers pop from the list during the load on real servers, if nobody asks for
	// more. The simulated ones are a fault of the budget.
	Consumers int
	// Budget is what goes wrong in the simulated world, where every place for it is tried.
	Budget faults.Budget
	// Needs is the fault that a world has to be able to inject, if not every one is; else "".
	Needs faults.Kind
	// Measured says that its costs and its recoveries are what strategies are compared by:
	// its runs have the machine to themselves.
	Measured bool
	// NeedsNoSteps says that it makes sense for workers that do not report steps.
	NeedsNoSteps bool
}

// Several is the class of faults of a user's own that are of more than one.
const Several faults.Class = "several"

// Class is what the faults of a scenario strike: the class of what it is about, where there
// are several; empty if nothing goes wrong. What a user allows is about nothing in particular.
func (s Scenario) Class() faults.Class {
	var struck []faults.Kind
	for kind, n := range s.Budget {
		if n > 0 {
			struck = append(struck, kind)
		}
	}
	if s.Faults != nil { // what the simulated world is spared
		for _, f := range s.Faults(1, faults.Limits{Chunks: 80, Steps: true}, time.Second) {
			struck = append(struck, f.Kind)
		}
	}
	all := reports.Those([]faults.Class{faults.Forgets, faults.Refuses, faults.Wire, faults.Process, faults.Data}, func(class faults.Class) bool {
		return slices.ContainsFunc(struck, func(kind faults.Kind) bool { spec, _ := faults.Find(kind); return spec.Class == class })
	})
	own := s.Name == OwnBudget || Known(s.Name) == OwnPlan
	switch {
	case len(all) == 0:
		return ""
	case len(all) > 1 && own:
		return Several
	}
	return all[0]
}

type planning = func(seed uint64, limits faults.Limits, ttl time.Duration) faults.Plan

// Every lists all scenarios in the order in which they are run: those of All, and those
// that are run only where they are named, or everything is asked for.
func Every() []Scenario {
	return append(All(),
		killing(faults.RedisKill, faults.EverySec, "redis-everysec", "Redis dies and comes back, synced each second"),
		Scenario{
			Name: "evict", Summary: "Redis loses one key of the job and keeps the others: the bitmap of the committed chunks, or in the simulated world any but the list",
			Persistence: faults.Nothing, NeedsNoSteps: true, Needs: faults.Evict,
			Budget: faults.Budget{faults.Evict: 1},
			Faults: drawn(1, evictBitmap),
		},
		Scenario{
			Name: "redis-full", Summary: "the memory of Redis is full for a while: it refuses all writes",
			Persistence: faults.Nothing, NeedsNoSteps: true, Needs: faults.Refuse,
			Budget: faults.Budget{faults.Refuse: 1},
			Faults: drawn(1, refuseWrites),
		},
		Scenario{
			Name: "half-open", Summary: "a worker's host is gone, for longer than a lease no server learns of it, and the worker is started again meanwhile",
			Persistence: faults.Nothing, NeedsNoSteps: true, Needs: faults.HalfOpen,
			Budget: faults.Budget{faults.HalfOpen: 1},
			Faults: drawn(1, hostGone),
		},
		Scenario{
			Name: "partition", Summary: "a worker and the servers hear nothing of each other for longer than a lease, and what was sent arrives late",
			Persistence: faults.Nothing, NeedsNoSteps: true,
			Budget: faults.Budget{faults.Partition: 1},
			Faults: drawn(1, cutOff),
		},
		killing(faults.Failover, faults.Nothing, "failover", "Redis dies and its replica takes its place, which had not received the last that was acknowledged"),
		Scenario{
			Name: "redis-clock", Summary: "the clock of Redis, or of one lock server, jumps ahead: leases run out before their time",
			Persistence: faults.Nothing, NeedsNoSteps: true, Needs: faults.RedisClock,
			Budget: faults.Budget{faults.RedisClock: 1},
			Faults: drawn(2, clockJumps),
		},
	)
}

// All lists the scenarios that a campaign runs unless it is told otherwise.
func All() []Scenario {
	return []Scenario{
		{
			Name: reports.Calm, Summary: "nothing goes wrong", Persistence: faults.Nothing, NeedsNoSteps: true, Measured: true,
			Faults: func(uint64, faults.Limits, time.Duration) faults.Plan { return nil },
		},
		{
			Name: "kill-steps", Summary: "workers die at each of the steps and are started again", Persistence: faults.Nothing,
			Budget: faults.Budget{faults.Kill: 1},
			Faults: killAtEachStep(),
		},
		{
			Name: "kill-random", Summary: "workers die at random and are started again", Persistence: faults.Nothing, NeedsNoSteps: true, Measured: true,
			Budget: faults.Budget{faults.Kill: 2},
			Faults: func(seed uint64, limits faults.Limits, _ time.Duration) faults.Plan {
				return faults.RandomKills(seed, limits, randomKills)
			},
		},
		{
			Name: "kill-skipped", Summary: "a worker stands still with its chunk for twice its lease, while the others go on without it, and dies for good", Persistence: faults.Nothing,
			Budget: faults.Budget{faults.Crash: 1},
			Faults: drawn(1, killAfterSkip),
		},
		{
			Name: "pause-short", Summary: "workers stand still for less than their lease", Persistence: faults.Nothing, NeedsNoSteps: true,
			Faults: pauses(0.25),
		},
		{
			Name: "pause-long", Summary: "workers stand still for longer than their lease", Persistence: faults.Nothing, NeedsNoSteps: true,
			Budget: faults.Budget{faults.Pause: 1},
			Faults: pauses(3),
		},
		{
			Name: "lost-reply", Summary: "a write is executed, and its reply never arrives, while consumers take from the list", Persistence: faults.Nothing, NeedsNoSteps: true,
			Consumers: 2,
			Budget:    faults.Budget{faults.LoseReply: 1, faults.Consume: 1},
			Faults:    drawn(2, loseReply),
		},
		measured(killing(faults.RedisKill, faults.Always, "redis-always", "Redis dies and comes back, every reply was on disk")),
		killing(faults.RedisPower, faults.EverySec, "redis-power", "Redis loses power: what it has acknowledged since it last synced is gone"),
		killing(faults.RedisKill, faults.Nothing, "redis-none", "Redis dies and comes back empty"),
		killing(faults.MySQLKill, faults.Nothing, "mysql-kill", "MySQL dies and comes back"),
	}
}

// killing is a scenario in which a server dies and comes back.
func killing(server faults.Kind, persistence faults.Persistence, name, summary string) Scenario {
	return Scenario{
		Name: name, Summary: summary, Persistence: persistence, NeedsNoSteps: true, Needs: server,
		Budget: faults.Budget{server: 1},
		Faults: serverKill(server),
	}
}

func measured(s Scenario) Scenario {
	s.Measured = true
	return s
}

// Filled is a workload with what the scenario adds to it.
func (s Scenario) Filled(w Workload) Workload {
	w.Consumers = max(w.Consumers, s.Consumers)
	return w
}

// Find returns the scenario of that name.
func Find(name string) (Scenario, bool) {
	all := Every()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

const (
	killsPerStep = 3
	randomKills  = 15
	soon         = 100 * time.Millisecond
	firstReads   = 3 // a worker that reports no steps may read all that it needs in few queries
)

// drawn is a plan of so many kills at random places, of which each is changed. An
// empty table has no place.
func drawn(kills int, change func(i int, f *faults.Fault, limits faults.Limits, ttl time.Duration)) planning {
	return func(seed uint64, limits faults.Limits, ttl time.Duration) faults.Plan {
		plan := faults.RandomKills(seed, limits, kills)
		for i := range plan {
			change(i, &plan[i], limits, ttl)
		}
		return plan
	}
}

func killAtEachStep() planning {
	steps := loader.Steps()
	return drawn(killsPerStep*len(steps), func(i int, f *faults.Fault, _ faults.Limits, _ time.Duration) {
		f.At.Step, f.Restart = steps[i%len(steps)], soon
	})
}

// killAfterSkip holds a worker that has read its rows until the others have
// gone over all chunks, and then lets it die. Where a lease holds, they have taken
// its chunk by then; where it does not, nobody may come back for it.
func killAfterSkip(_ int, f *faults.Fault, _ faults.Limits, ttl time.Duration) {
	f.At.Step, f.At.Hold, f.Restart = loader.Read, 2*ttl, faults.Never
}

// pauses lets workers stand still between reading and committing, where a lease
// has to hold, for so many leases.
func pauses(leases float64) planning {
	return drawn(2, func(_ int, f *faults.Fault, _ faults.Limits, ttl time.Duration) {
		f.Kind, f.Restart, f.For = faults.Pause, 0, time.Duration(leases*float64(ttl))
		f.At.Step, f.At.Answered = loader.Read, false
	})
}

func loseReply(_ int, f *faults.Fault, _ faults.Limits, _ time.Duration) {
	f.Kind, f.Restart, f.At.Step, f.At.Answered = faults.LoseReply, 0, loader.Committing, false
}

// evictBitmap strikes in the middle of the job, when every strategy has the bitmap.
func evictBitmap(_ int, f *faults.Fault, limits faults.Limits, _ time.Duration) {
	place := f.At.Chunk
	if !limits.Steps {
		place = f.At.Nth - 1
	}
	f.Kind, f.Restart, f.Word = faults.Evict, 0, faults.ChunksKey
	f.At = faults.Position{Worker: faults.Any, Progress: 20 + 60*place/limits.Chunks}
}

// refuseWrites strikes at a commit.
func refuseWrites(_ int, f *faults.Fault, _ faults.Limits, _ time.Duration) {
	f.Kind, f.Restart, f.For, f.Word = faults.Refuse, 0, faults.DefaultRefused, faults.OOM
	f.At.Step, f.At.Answered = loader.Committing, false
}

// clockJumps strikes while a worker holds a chunk, which others may take then.
func clockJumps(_ int, f *faults.Fault, _ faults.Limits, ttl time.Duration) {
	f.Kind, f.Restart, f.For = faults.RedisClock, faults.DefaultJump, max(faults.DefaultSpell, ttl)
	f.At.Step, f.At.Answered = loader.Read, false
}

// hostGone strikes at a worker that holds a chunk and has not committed it.
func hostGone(_ int, f *faults.Fault, _ faults.Limits, ttl time.Duration) {
	f.Kind, f.Restart, f.For = faults.HalfOpen, soon, 3*ttl
	f.At.Step, f.At.Answered = loader.Read, false
}

// cutOff strikes at a worker that has read its rows: the commit is under way meanwhile.
func cutOff(_ int, f *faults.Fault, _ faults.Limits, ttl time.Duration) {
	f.Kind, f.Restart, f.For, f.Word = faults.Partition, 0, 3*ttl, faults.BothServers
	f.At.Step, f.At.Answered = loader.Read, false
}

func serverKill(kind faults.Kind) planning {
	return func(seed uint64, limits faults.Limits, ttl time.Duration) faults.Plan {
		kills := 1
		if !limits.Steps && kind == faults.MySQLKill {
			kills = 2 // the first hits what is read, the second a lock that is held for a write
		}
		return drawn(kills, func(i int, f *faults.Fault, limits faults.Limits, _ time.Duration) {
			spec, _ := faults.Find(kind)
			*f = spec.At(f.At)
			f.At.Worker, f.At.Answered = faults.Any, f.At.Answered && kind != faults.MySQLKill
			switch {
			case kind == faults.Failover && limits.Steps: // whatever the order of the chunks, others have some left to write
				f.At.Step, f.At.Nth, f.At.Chunk = loader.Committing, 1+f.At.Chunk/2, faults.Any
			case kind == faults.Failover:
				f.At.Nth = 1 + (f.At.Nth-1)/2
			case !limits.Steps && kind == faults.MySQLKill && i == 0:
				f.At.Request, f.At.Nth = faults.Read, 1+f.At.Nth%firstReads
			case !limits.Steps:
			case kind == faults.MySQLKill:
				f.At.Step = loader.Reading
			default:
				f.At.Step = loader.Committing
			}
		})(seed, limits, ttl)
	}
}
