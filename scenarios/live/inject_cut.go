package live

import "onceover/faults/proxy"

type cut struct{ anywhere }

func (cut) Watches() string { return toRedis }

func (cut) Inject(i *injection) { i.expect(nextWrite(proxy.CutBefore)) }

func (cut) Observe(i *injection, e proxy.Event) {
	if e.Kind == proxy.Cut {
		i.found()
		i.seen("the connection was cut before " + e.Request + " reached the server")
		i.heal("")
	}
}
