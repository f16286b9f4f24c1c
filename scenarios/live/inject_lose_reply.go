package live

import (
	"fmt"

	"onceover/faults"
	"onceover/faults/proxy"
)

var _ = register(faults.LoseReply, loseReply{})

type loseReply struct{ anywhere }

func (loseReply) Watches() string { return toRedis }

func (loseReply) Inject(i *injection) { i.expect() }

func (loseReply) action(<-chan bool) proxy.Action { return proxy.CutAfter }

func (loseReply) Observe(i *injection, e proxy.Event) {
	switch e.Kind {
	case proxy.Withheld:
		i.found()
		i.seen(fmt.Sprintf("%s was answered, its reply of %d bytes withheld, the connection cut", e.Request, e.Bytes))
		i.heal("")
	case proxy.Missed:
		i.found()
		i.abandon(e.Request + " was sent and not answered")
	}
}
