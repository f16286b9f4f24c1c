package proxy

import "onceover/faults/wire"

// Request is a complete request of which no byte was passed on yet.
type Request struct {
	// Conn numbers the connections of a proxy from 1, in the order in which they were accepted.
	Conn uint64
	// Ordinal numbers the requests of a proxy from 1, in the order in which its rule is asked. MySQL's messages of the
	// connection phase count as well, and so do the commands that a Redis client sends of its own accord.
	Ordinal uint64

	wire.Request // valid during the call of the rule
}

// Rule decides about a request. It is called by one goroutine at a time, in the order of the ordinals, and must not
// block: holding a request is an action.
type Rule func(Request) Action

// Action is what becomes of a request. The zero Action is Forward.
type Action struct {
	kind    actionKind
	release <-chan bool
	half    bool // of the reply is passed on
	late    bool // its client is cut off before the request is sent
}

type actionKind uint8

const (
	forward actionKind = iota
	cutBefore
	cutAfter
	hold
)

var (
	// Forward passes the request on.
	Forward = Action{}
	// CutBefore passes on the replies to earlier requests, and then cuts the connection: the server never gets the
	// request. It is reported as Cut.
	CutBefore = Action{kind: cutBefore}
	// CutAfter passes the request on, reads its complete reply, and cuts the connection instead of passing that on. It
	// is reported as Withheld, or as Missed if the server went away before the reply was complete. A request that RESP
	// answers with an error changed nothing: its reply is passed on, which is reported as Spared. A silent request is
	// cut once it was sent.
	CutAfter = Action{kind: cutAfter}
	// CutWithin is CutAfter, but passes the first half of the reply on before it cuts the connection. It is reported as
	// Halved.
	CutWithin = Action{kind: cutAfter, half: true}
)

// CutLater is CutAfter, but the client learns of the cut only when release says something: until then it neither goes
// on nor gives up. The connection to the server ends at once.
func CutLater(release <-chan bool) Action {
	return Action{kind: cutAfter, release: release}
}

// Hold keeps the request until release says whether it is passed on; if not, the connection is cut. It is reported as
// Held, then as Released or as Dropped.
func Hold(release <-chan bool) Action {
	return Action{kind: hold, release: release}
}

// Late cuts the client off, and passes its request on when release says so. It is reported as Held, and then as
// Released or Dropped; after Released, Answered, Spared or Missed tells what the server made of the request.
func Late(release <-chan bool) Action {
	return Action{kind: hold, release: release, late: true}
}

// ask numbers a request and applies the rule.
func (p *Proxy) ask(conn uint64, req wire.Request) (ordinal uint64, action Action) {
	p.ruleMu.Lock()
	defer p.ruleMu.Unlock()
	p.ordinal++
	if p.rule == nil {
		return p.ordinal, Forward
	}
	return p.ordinal, p.rule(Request{Conn: conn, Ordinal: p.ordinal, Request: req})
}
