package sim

import (
	"fmt"
	"slices"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

// injector injects one kind of fault. One file, inject_KIND.go, holds it.
type injector struct {
	kind  faults.Kind
	where servers // that it concerns
	// between says that it matters whether it strikes while a worker reads from MySQL: it
	// breaks connections on which nothing is under way, and what the worker sends next
	// may go out on another. Then there is an event between two requests to Redis if
	// the worker reads there.
	between bool
	// events are the ways to inject it, in canonical order. Their names
	// begin with the kind.
	events []event
	// offer adds what can happen now: next, if that concerns no worker. Without
	// it, each pending request is offered with each of the events.
	offer func(w *world, next EventID, into []Choice) []Choice
	// lesser lists the kinds that do less harm to a request. Shrinking tries
	// them instead.
	lesser []faults.Kind
	plan   plan // nil: no fault of a plan does the same
}

// plan says an event as a fault of a plan; ok is false if it has no place there. The worker is
// that of the event, or the last that acted before an event of nobody.
type plan func(e event, worker int, where Where) (f faults.Fault, ok bool)

// servers is a set of servers.
type servers uint8

const (
	onRedis servers = 1 << Redis
	onMySQL servers = 1 << MySQL
	onLocks servers = 1 << firstLock // all of them
)

// injectors are in the order of the catalogue of faults. Each is registered
// where it is defined.
var injectors []injector

// events is the table of all kinds of events.
var events []event

func register(in injector) injector {
	at, _ := slices.BinarySearchFunc(injectors, in, func(a, b injector) int { return faults.Ordinal(a.kind) - faults.Ordinal(b.kind) })
	setInjectors(slices.Insert(slices.Clone(injectors), at, in))
	return in
}

func setInjectors(all []injector) { injectors, events = all, eventsOf(all) }

// eventsOf lists the events that are no faults, and then those of injectors.
func eventsOf(injectors []injector) []event {
	all := []event{
		Deliver: {name: "deliver", executes: true, outcome: reports.StepAnswered},
		Arrive:  {name: "arrive", executes: true, outcome: reports.StepReplyLost, text: "the request that was given up arrives"},
		Vanish:  {name: "vanish", outcome: reports.StepNote, text: "the servers learn that it is gone"},
	}
	for i, in := range injectors {
		for _, e := range in.events {
			e.injector = i
			all = append(all, e)
		}
	}
	return all
}

// mostInjectors is how many there is room for in the counts of a world.
const mostInjectors = 32

// counts holds a number for each injector. Worlds are cloned often, and a
// budget is a map.
type counts [mostInjectors]uint16

// sum is a digest of all numbers.
func (c *counts) sum() uint64 {
	var sum uint64
	for _, n := range c[:len(injectors)] {
		sum = redismodel.Mix(sum + uint64(n))
	}
	return sum
}

// minus is the budget of what is in c and not in left.
func (c *counts) minus(left *counts) faults.Budget {
	var b faults.Budget
	for i := range injectors {
		if n := c[i] - left[i]; n > 0 {
			if b == nil {
				b = faults.Budget{}
			}
			b[injectors[i].kind] = int(n)
		}
	}
	return b
}

// scope is a budget in the form in which schedules look it up.
type scope struct {
	allowed  counts
	requests [firstLock + 1][]EventKind // that may happen to a request of each class of servers, in canonical order
	offers   []EventKind                // of injectors with an offer of their own
	refuses  int                        // index of the injector that has commands refused, or -1
	several  bool                       // faults of more than one kind are allowed
	mysql    bool                       // something that concerns MySQL alone may go wrong
	between  bool                       // something may go wrong between two requests to Redis
}

func newScope(b faults.Budget) (s scope) {
	s.refuses = -1
	kinds := 0
	for _, n := range b {
		if n > 0 {
			kinds++
		}
	}
	s.several = kinds > 1
	for k := range events {
		kind := EventKind(k)
		if !kind.IsFault() || b[kind.Fault()] == 0 {
			continue
		}
		in := &injectors[events[k].injector]
		s.allowed[events[k].injector] = uint16(b[in.kind])
		s.mysql = s.mysql || in.where == onMySQL
		s.between = s.between || in.between
		if events[k].refused > 0 {
			s.refuses = events[k].injector
		}
		if in.offer != nil {
			s.offers = append(s.offers, kind)
			continue
		}
		for _, server := range []Server{Redis, MySQL, firstLock} {
			if in.where&(1<<server) != 0 {
				s.requests[server] = append(s.requests[server], kind)
			}
		}
	}
	return s
}

// checkBudget refuses what cannot be simulated.
func checkBudget(b faults.Budget) error {
	for kind, n := range b {
		simulated := slices.ContainsFunc(injectors, func(in injector) bool { return in.kind == kind })
		if !simulated || n < 0 || n > faults.MostOfAKind {
			return fmt.Errorf("%w: %s x%d", ErrSetup, kind, n)
		}
	}
	return nil
}

// Loosened also allows the faults that do less harm than those that a budget
// allows, so that a schedule can be tried with them. It adds none of MySQL's:
// where nothing goes wrong there, its requests are no events.
func Loosened(b faults.Budget) faults.Budget {
	loose := faults.Budget{}
	for _, in := range injectors {
		if b[in.kind] == 0 {
			continue
		}
		loose[in.kind] += b[in.kind]
		for _, lesser := range injectors {
			if lesser.where != onMySQL && slices.Contains(in.lesser, lesser.kind) {
				loose[lesser.kind] += b[in.kind]
			}
		}
	}
	return loose
}

// Lesser lists what does less harm to a request than an event of the kind, the
// least first.
func (k EventKind) Lesser() []EventKind {
	if !k.IsFault() || injectors[events[k].injector].offer != nil {
		return nil
	}
	own := injectors[events[k].injector]
	lesser := []EventKind{Deliver}
	for other := range events {
		kind := EventKind(other)
		if kind < k && (kind.Fault() == own.kind || slices.Contains(own.lesser, kind.Fault())) {
			lesser = append(lesser, kind)
		}
	}
	return lesser
}
