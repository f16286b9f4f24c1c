package sim

import (
	"fmt"
	"time"

	"onceover/faults"
	"onceover/loader"
)

// What a plan says in real time, where the simulation counts events. Leases of
// the live world last half a second unless it is told otherwise.
const (
	othersPass  = time.Second             // until the other workers have gone by
	pastLease   = 1500 * time.Millisecond // until the lease has run out
	comesBackIn = faults.DefaultRestart
)

// PlanOf says what goes wrong in a run as a plan of faults, so that the same
// can be tried on real servers. The order of the other events is not in a plan.
// What has no counterpart there is returned in words. The run must have been
// traced, and carried out by the real clients.
func PlanOf(run Run) (plan faults.Plan, left []string) {
	for i, e := range run.Log {
		if !e.Kind.Fault() {
			continue
		}
		var where Where
		if i < len(run.Where) {
			where = run.Where[i]
		}
		f, ok := faultOf(e, where)
		if !ok {
			left = append(left, fmt.Sprintf("event %d, %v, has no counterpart among the faults", i+1, e))
			continue
		}
		plan = append(plan, f)
	}
	return plan, left
}

func faultOf(e EventID, where Where) (faults.Fault, bool) {
	place := where.Of(e.Worker)
	f := faults.Fault{At: faults.Position{Worker: faults.Any, Chunk: place.Chunk, Step: place.Step, Nth: 1}}
	switch e.Kind {
	case CrashBefore, CrashAfter:
		f.Kind, f.Restart, f.At.Hold = faults.Kill, faults.Never, othersPass
	case RestartBefore, RestartAfter:
		f.Kind, f.Restart = faults.Kill, comesBackIn
	case CutAfter:
		f.Kind = faults.LoseReply
	case Advance:
		f.Kind, f.For = faults.Pause, pastLease
		place = between(where)
		f.At.Chunk, f.At.Step = place.Chunk, loader.Committing
	case RedisCrash:
		f.Kind, f.For = faults.RedisKill, faults.DefaultAway
		f.At = faults.Position{Worker: faults.Any, Progress: 50}
		return f, true
	case MySQLRestart:
		f.Kind, f.For = faults.MySQLKill, faults.DefaultAway
		f.At = faults.Position{Worker: faults.Any, Progress: 50}
		return f, true
	default:
		return f, false
	}
	if e.Kind == CrashAfter || e.Kind == RestartAfter {
		f.At.Step = following(f.At.Step)
	}
	return f, place.Known
}

// following is the step at which a worker is when its request was answered.
func following(s loader.Step) loader.Step { return min(s+1, loader.Released) }

// between finds a worker that has a chunk and has not committed it.
func between(where Where) Place {
	for _, p := range where {
		if p.Known && p.Step >= loader.Claimed && p.Step <= loader.Committing {
			return p
		}
	}
	return Place{}
}
