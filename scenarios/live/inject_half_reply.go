package live

import (
	"fmt"

	"onceover/faults"
	"onceover/faults/proxy"
)

var _ = register(faults.HalfReply, halfReply{})

type halfReply struct{ anywhere }

func (halfReply) Watches() string { return toRedis }

func (halfReply) Inject(i *injection) { i.expect() }

func (halfReply) action(<-chan bool) proxy.Action { return proxy.CutWithin }

func (halfReply) Observe(i *injection, e proxy.Event) { halved(i, e) }

// halved takes what became of a request whose reply is to be cut within.
func halved(i *injection, e proxy.Event) {
	switch e.Kind {
	case proxy.Halved:
		i.found()
		i.seen(fmt.Sprintf("%s was answered, the last %d bytes of its reply withheld, the connection cut", e.Request, e.Bytes))
		i.heal("")
	case proxy.Missed:
		i.found()
		i.abandon(e.Request + " was sent and not answered")
	case proxy.Withheld:
		i.found()
		i.abandon("the reply to " + e.Request + " has no half")
	}
}
