package live

import (
	"onceover/faults"
	"onceover/faults/proxy"
)

var _ = register(faults.Cut, cut{})

type cut struct{ anywhere }

func (cut) Watches() string { return toRedis }

func (cut) Inject(i *injection) { i.expect() }

func (cut) action(<-chan bool) proxy.Action { return proxy.CutBefore }

func (cut) Observe(i *injection, e proxy.Event) {
	if e.Kind == proxy.Cut {
		i.found()
		i.seen("the connection was cut before " + e.Request + " reached the server")
		i.heal("")
	}
}
