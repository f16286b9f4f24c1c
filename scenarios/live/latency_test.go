package live

import (
	"time"

	"onceover/faults"
	"onceover/faults/proxy"
)

// latency is all that a new kind of fault needs here: its value, an injector, and
// a line in each of two tables.
const latencyKind faults.Kind = "latency"

var latencySpec = faults.Spec{
	Kind: latencyKind, Class: faults.Wire, Summary: "a worker's next write takes longer",
	Example:      "latency worker=* chunk=5 at=committing for=200ms",
	Settings:     []faults.Setting{{Name: "for", Of: func(f *faults.Fault) *time.Duration { return &f.For }, Required: true}},
	NotSimulated: "time passes there by pause",
}

type latency struct{ anywhere }

func (latency) Watches() string { return toRedis }

func (latency) Inject(i *injection) { i.expect() }

func (latency) action(release <-chan bool) proxy.Action { return proxy.Hold(release) }

func (latency) Observe(i *injection, e proxy.Event) {
	switch e.Kind {
	case proxy.Held:
		i.found()
		i.seen(e.Request + " is kept back")
		i.after(i.For, func() { i.release <- true })
	case proxy.Released:
		i.heal("and was sent")
	case proxy.Dropped:
		i.abandon(e.Request + " was never sent")
	}
}

// AddLatency adds the two lines.
func AddLatency() (undo func()) {
	forget := faults.Add(latencySpec)
	remove := register(latencyKind, latency{})
	return func() {
		remove()
		forget()
	}
}
