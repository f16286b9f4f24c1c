package live

import (
	"fmt"

	"onceover/faults"
	"onceover/faults/proxy"
)

var _ = register(faults.LateRequest, lateRequest{})

type lateRequest struct{ anywhere }

func (lateRequest) Watches() string { return toRedis }

// Inject keeps the request back, and delivers it when the sender has given it up.
func (lateRequest) Inject(i *injection) { i.expect() }

func (lateRequest) action(release <-chan bool) proxy.Action { return proxy.Late(release) }

func (lateRequest) Observe(i *injection, e proxy.Event) {
	switch e.Kind {
	case proxy.Held:
		i.found()
		i.after(i.For, func() { i.release <- true })
	case proxy.Answered:
		i.seen(fmt.Sprintf("the connection was cut before %s, which reached the server %s later and was executed", e.Request, i.For))
		i.heal("")
	case proxy.Spared:
		i.abandon(e.Request + " was refused when it arrived")
	case proxy.Missed, proxy.Dropped:
		i.abandon(e.Request + " was kept back, and never answered")
	}
}
