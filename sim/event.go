package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

// EventKind is what can happen next in a schedule: a request is executed, or a
// fault is injected in one of its ways. Its order is the canonical one.
type EventKind uint8

// The events that are no faults.
const (
	// Deliver executes a request and hands the reply to the worker. A reply
	// concerns only its own worker, so nothing is lost by not splitting the two.
	Deliver EventKind = iota
	// Arrive executes a request whose sender has given it up.
	Arrive
	// Vanish lets the servers learn that a worker's host is gone, and with it its connections.
	Vanish
)

// event describes a kind of event.
type event struct {
	name     string
	executes bool // the server executes the request that it is about

	// Only a fault's:
	forgets   bool               // Redis goes on without what it had not secured
	sequel    bool               // ends a fault that an event before it has begun, and takes nothing from the budget
	effectful bool               // not offered of requests that change nothing, where it is like an event before it
	waiting   bool               // offered also of requests that wait
	refused   int                // which command of the request the server refuses, counted from 1; 0: none
	key       string             // that Redis loses; "": none
	clock     Server             // whose clock jumps
	refusal   redismodel.Refusal // with which the server refuses the writes of the request
	inject    inject
	injector  int // index into injectors

	outcome reports.StepOutcome // of the request
	text    string              // what there is to say of it
}

// inject does what goes wrong. A fault of a request finds it out of its queue,
// and with its reply if the kind executes it.
//
// It may let time pass (advance), execute the request, deliver a reply, cut the
// connection, orphan the request or kill the worker, in any order: each does
// nothing where a connection or a life has ended by then. Other workers go on
// meanwhile, and what was looked up before may be gone: connection finds the
// connection anew. What it does may depend on the world and the choice alone.
type inject func(w *world, c Choice, reply []byte)

// FindEvent returns the kind of event of that name.
func FindEvent(name string) (EventKind, bool) {
	i := slices.IndexFunc(events, func(e event) bool { return e.name == name })
	return EventKind(max(i, 0)), i >= 0
}

func (k EventKind) String() string { return events[k].name }

// IsFault tells whether events of the kind are things that go wrong.
func (k EventKind) IsFault() bool { return k > Vanish }

// Fault is the fault that is injected; "" if nothing goes wrong.
func (k EventKind) Fault() faults.Kind {
	if !k.IsFault() {
		return ""
	}
	return injectors[events[k].injector].kind
}

// Outcome is what becomes of the request of an event of the kind.
func (k EventKind) Outcome() reports.StepOutcome { return events[k].outcome }

// Text says what happens, as far as the outcome leaves it open.
func (k EventKind) Text() string { return events[k].text }

// Forgets tells whether Redis goes on after an event of the kind without what it had not
// secured.
func (k EventKind) Forgets() bool { return events[k].forgets }

// executes tells whether the request of an event of the kind takes effect.
func (k EventKind) executes() bool { return events[k].executes }

// nobody is the worker of events of servers and of the clock.
const nobody = -1

// EventID names an event in a way that survives small changes to what comes
// before it: the kind, the worker, and the ordinal of the worker's operation.
// Events of servers and of the clock have the worker -1, and count their own kind; a life
// that vanishes is named by its number.
type EventID struct {
	Worker int
	Ord    int
	Kind   EventKind
}

// String writes an ID as ParseEventID reads it: w1:4:lose-reply, -:0:pause.
func (e EventID) String() string {
	who := "-"
	if e.Worker != nobody {
		who = "w" + strconv.Itoa(e.Worker)
	}
	return who + ":" + strconv.Itoa(e.Ord) + ":" + e.Kind.String()
}

// ParseEventID is the inverse of String.
func ParseEventID(text string) (EventID, error) {
	worker, rest, _ := strings.Cut(text, ":")
	ord, kind, _ := strings.Cut(rest, ":")
	id := EventID{Worker: nobody}
	if number, ok := strings.CutPrefix(worker, "w"); ok {
		id.Worker, _ = strconv.Atoi(number)
	}
	id.Ord, _ = strconv.Atoi(ord)
	id.Kind, _ = FindEvent(kind)
	if id.Ord < 0 || id.String() != text {
		return EventID{}, fmt.Errorf("sim: %q is not the name of an event", text)
	}
	return id, nil
}

// MarshalText writes an ID as String does.
func (e EventID) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads an ID as ParseEventID does.
func (e *EventID) UnmarshalText(text []byte) (err error) {
	*e, err = ParseEventID(string(text))
	return err
}

// compare is the canonical order of what is enabled.
func (e EventID) compare(o EventID) int {
	switch {
	case e.Worker != o.Worker:
		return e.Worker - o.Worker
	case e.Ord != o.Ord:
		return e.Ord - o.Ord
	}
	return int(e.Kind) - int(o.Kind)
}
