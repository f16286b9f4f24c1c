package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is what can happen next in a schedule.
type Kind uint8

// The kinds. All but Deliver and Arrive use up a part of the Budget.
const (
	// Deliver executes a request and hands the reply to the worker. A reply
	// concerns only its own worker, so nothing is lost by not splitting the two.
	Deliver Kind = iota
	// Arrive executes a request whose sender has given it up.
	Arrive
	// CutBefore breaks a connection before the server has seen the request.
	CutBefore
	// CutAfter breaks it when the request has been executed, and no byte of
	// the reply has left.
	CutAfter
	// CutMiddle breaks it in the middle of the reply.
	CutMiddle
	// GiveUp makes the client's read time out while the request is still on
	// its way. The server sees it later, see Arrive.
	GiveUp
	// CrashBefore kills a worker for good before its request is executed.
	CrashBefore
	// CrashAfter kills it for good when its request has been executed.
	CrashAfter
	// RestartBefore is CrashBefore, and the worker's program is started again.
	RestartBefore
	// RestartAfter is CrashAfter, and the worker's program is started again.
	RestartAfter
	// KillClient closes all Redis connections of a worker from the server's side.
	KillClient
	// Advance lets time pass to the next moment at which something is due,
	// although there are requests that could be executed.
	Advance
	// RedisCrash kills Redis and starts it again on what it had secured.
	RedisCrash
	// MySQLRestart stops MySQL and starts it again. Nothing committed is lost.
	MySQLRestart
)

var kindNames = []string{
	"deliver", "arrive", "cut-before", "cut-after", "cut-middle", "give-up",
	"crash-before", "crash-after", "restart-before", "restart-after",
	"kill-client", "advance", "redis-crash", "mysql-restart",
}

// Kinds lists all kinds.
func Kinds() []Kind {
	all := make([]Kind, len(kindNames))
	for i := range all {
		all[i] = Kind(i)
	}
	return all
}

func (k Kind) String() string { return kindNames[k] }

// MarshalText writes a kind by its name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind by its name.
func (k *Kind) UnmarshalText(name []byte) error {
	i := slices.Index(kindNames, string(name))
	if i < 0 {
		return fmt.Errorf("sim: unknown kind of event %q", name)
	}
	*k = Kind(i)
	return nil
}

// Fault tells whether events of the kind are things that go wrong.
func (k Kind) Fault() bool { return k != Deliver && k != Arrive }

// executes tells whether the request of an event of the kind takes effect.
func (k Kind) executes() bool {
	switch k {
	case Deliver, Arrive, CutAfter, CutMiddle, CrashAfter, RestartAfter:
		return true
	}
	return false
}

// nobody is the worker of events of servers and of the clock.
const nobody = -1

// EventID names an event in a way that survives small changes to what comes
// before it: the kind, and the how-manieth operation of which worker. Events
// of servers and of the clock have the worker -1, and count their own kind.
type EventID struct {
	Worker int
	Ord    int
	Kind   Kind
}

// String writes an ID as ParseEventID reads it: w1:4:cut-after, -:0:advance.
func (e EventID) String() string {
	who := "-"
	if e.Worker != nobody {
		who = "w" + strconv.Itoa(e.Worker)
	}
	return who + ":" + strconv.Itoa(e.Ord) + ":" + e.Kind.String()
}

// ParseEventID is the inverse of String.
func ParseEventID(text string) (EventID, error) {
	bad := func() (EventID, error) { return EventID{}, fmt.Errorf("sim: %q is not the name of an event", text) }
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return bad()
	}
	id := EventID{Worker: nobody}
	if parts[0] != "-" {
		n, err := strconv.Atoi(strings.TrimPrefix(parts[0], "w"))
		if err != nil || n < 0 || parts[0][0] != 'w' {
			return bad()
		}
		id.Worker = n
	}
	ord, err := strconv.Atoi(parts[1])
	if err != nil || ord < 0 {
		return bad()
	}
	id.Ord = ord
	if err := id.Kind.UnmarshalText([]byte(parts[2])); err != nil {
		return bad()
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
