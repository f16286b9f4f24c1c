package live

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"onceover/faults/proxy"
	"onceover/reports/format"
	"onceover/scenarios/target"
)

// ear hears every request of the workers of a run, and changes none.
type ear struct {
	target target.Target

	mu           sync.Mutex
	requests     map[string]int // by server, without what clients send when they connect
	unreadable   map[string]error
	reads        int            // SELECTs
	writes       int            // requests, or transactions, that write to the target
	transactions int            // of them
	largest      int            // elements that one of them pushed, as far as they can be counted
	kinds        map[string]int // commands that name one of its keys and do not only look at it
}

func newEar(where target.Target) *ear {
	return &ear{target: where, requests: map[string]int{}, unreadable: map[string]error{}, kinds: map[string]int{}}
}

// greetings are commands of a client that connects.
var greetings = []string{"HELLO", "AUTH", "SELECT", "CLIENT", "READONLY"}

// rule hears the requests through one proxy; also decides about them, and may be nil.
func (e *ear) rule(server string, also proxy.Rule) proxy.Rule {
	writes := writesTo(e.target)
	pushed := map[uint64]int{} // by connections that are in a transaction
	return func(r proxy.Request) proxy.Action {
		e.mu.Lock()
		defer e.mu.Unlock()
		switch {
		case kindOf(server) == toMySQL && !r.Handshake:
			e.requests[toMySQL]++
			if reads(r) {
				e.reads++
			}
		case server == toRedis:
			if !slices.Contains(greetings, r.Verb()) {
				e.requests[toRedis]++
			}
			e.hear(r, writes(r), pushed)
		}
		if also == nil {
			return proxy.Forward
		}
		return also(r)
	}
}

// hear counts what a request to Redis writes.
func (e *ear) hear(r proxy.Request, writes bool, pushed map[uint64]int) {
	verb := r.Verb()
	n, names := 0, slices.ContainsFunc(r.Args, e.target.Is)
	if names && !slices.Contains(lookers, verb) {
		e.kinds[verb]++
		n = e.target.Pushes(verb, r.Args)
	}
	before, within := pushed[r.Conn]
	switch {
	case verb == "MULTI":
		pushed[r.Conn] = 0
	case verb == "EXEC" || verb == "DISCARD":
		delete(pushed, r.Conn)
		n = before
		if writes {
			e.transactions++
		}
	case within:
		pushed[r.Conn] = before + n
	}
	if writes {
		e.writes++
		e.largest = max(e.largest, n)
	}
}

// events hears of what the proxy cannot follow.
func (e *ear) events(server string, also func(proxy.Event)) func(proxy.Event) {
	return func(event proxy.Event) {
		if event.Kind == proxy.Unreadable {
			e.mu.Lock()
			e.unreadable[kindOf(server)] = event.Err
			e.mu.Unlock()
		}
		if also != nil {
			also(event)
		}
	}
}

// most is how many elements one write pushed at least; elements are those that are there.
func (e *ear) most(elements int64) int {
	if e.writes == 0 {
		return e.largest
	}
	return max(e.largest, int((elements+int64(e.writes)-1)/int64(e.writes)))
}

// said is how the target was written.
func (e *ear) said() string {
	var all []string
	for _, verb := range slices.Sorted(maps.Keys(e.kinds)) {
		all = append(all, fmt.Sprintf("%s %s", format.Thousands(int64(e.kinds[verb])), verb))
	}
	switch text := strings.Join(all, ", "); {
	case e.writes == 0:
		return "nothing"
	case e.transactions == 0:
		return text + ", outside of transactions"
	case e.transactions < e.writes:
		return fmt.Sprintf("%s, in %s and outside", text, format.Plural(e.transactions, "transaction", "transactions"))
	default:
		return fmt.Sprintf("%s, in %s", text, format.Plural(e.transactions, "transaction", "transactions"))
	}
}
