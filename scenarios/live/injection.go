package live

import (
	"bytes"
	"context"
	"database/sql"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/faults/proxy"
	"onceover/loader"
	"onceover/reports/format"
	"onceover/scenarios/target"
)

// injections are the faults of a run, and what they are injected into.
type injections struct {
	ear *ear // nil: nobody listens
	*loop
	*recorder
	plan        faultPlan
	aims        *aims
	leases      *leases       // that workers took, as far as it is known
	ttl         time.Duration // of the leases that a pause is to outlast
	list        string        // that workers are told of
	target      target.Target // that they fill
	workers     *supervisor
	redis       *watched
	mysql       *watched
	locks       []*watched         // the lock servers
	lockMeters  []*lockMeter       // of each
	persistence faults.Persistence // of Redis
	turns       int                // how many workers were taken in turn
	refused     *refusal           // that Redis is under; nil: it accepts writes
	admin       func(context.Context) (*redis.Client, error)
	replica     *replica // of Redis; nil: no fault needs one
	synced      *synced  // how far Redis has synced what it wrote; nil: nothing depends on it
	db          *sql.DB  // MySQL, for the harness itself
	clocked     bool     // the workers take leases, as far as is known
	meter       *meter   // is told which commands Redis executed for the injections
}

// injection is a fault of the plan that is injected at one life of a worker.
type injection struct {
	*pendingFault
	*injections
	worker  *workerProcess
	life    int
	process *process // of that life
	chunk   int      // that the worker has in hand, -1: none
	server  string   // of that request
	aim     *aim     // that met a request of the worker; nil: the fault strikes elsewhere
	holds   bool     // the worker waits for the fault at its step
	keeps   bool     // its request is kept back for the fault

	awaits  bool          // it waits for a request on a connection of the worker
	request atomic.Uint64 // the ordinal of the last request that its rule chose
	release chan bool     // says of a request that is kept back whether it is passed on
	killed  []uint64      // connections that the server says to have killed
	lost    []uint64      // connections that the server has ended
	sent    int64         // bytes that the worker had sent when it was found dead
}

// holding returns the fault for which a worker has to wait at a step, or nil.
func (in *injections) holding(w *workerProcess, step loader.Step, chunk int) *injection {
	if f := in.plan.at(w.number, step, chunk); f != nil {
		i := in.begin(f, w, chunk)
		i.holds = true
		return i
	}
	return nil
}

// begin prepares a fault for a worker that has a chunk in hand, -1: none.
func (in *injections) begin(f *pendingFault, w *workerProcess, chunk int) *injection {
	f.start(w, chunk)
	return &injection{pendingFault: f, injections: in, worker: w, life: w.life, process: w.process, chunk: chunk, release: make(chan bool, 1)}
}

// hold keeps a worker at its step, or its request, for as long as the plan says,
// and then injects the fault.
func (i *injection) hold() {
	i.after(i.At.Hold, func() {
		late := i.worker.life != i.life
		switch {
		case i.aim != nil && (late || i.worker.dying()):
			i.drop()
			i.aims.again(i.aim)
		case late:
			i.abandon("the worker died before")
		default:
			i.inject()
		}
	})
}

func (i *injection) inject() {
	i.recorder.injected(i.pendingFault, i.chunk)
	if i.worker.process == nil {
		i.abandon("the worker was gone")
		return
	}
	i.injector.Inject(i)
}

// attempt runs work elsewhere and then, in the loop, what follows when it succeeds.
// A fault whose work fails is abandoned.
func (i *injection) attempt(work func() (evidence string, err error), then func(evidence string)) {
	i.later(func() func() {
		evidence, err := work()
		return func() {
			if err != nil {
				i.goOn()
				i.abandon(format.OneLine(err))
				return
			}
			then(evidence)
		}
	})
}

// goOn lets the worker leave the step at which it waits for the fault, or its
// request reach the server; drop keeps the request from it.
func (i *injection) goOn() {
	i.pass(true)
	if i.holds {
		i.holds = false
		i.workers.leave(i.process, true, i.At.Step, i.chunk)
	}
}

func (i *injection) drop() { i.pass(false) }

func (i *injection) pass(on bool) {
	if i.keeps {
		i.keeps = false
		i.release <- on
	}
}

func (i *injection) seen(evidence string) {
	i.recorder.seen(i.pendingFault, evidence)
}

func (i *injection) noEffect(why string) { i.recorder.noEffect(i.pendingFault, why) }

// heal ends the fault, whose effect was seen, and abandon one that had none or of
// which nobody knows.
func (i *injection) heal(evidence string) {
	i.recorder.heal(i.pendingFault, evidence)
	i.worker.forget(i)
}

func (i *injection) abandon(why string) {
	i.drop() // a request that is kept back for ever looks like a client that lives
	i.recorder.abandon(i.pendingFault, why)
	i.worker.forget(i)
}

// expect sets the rule that finds the fault's request on the connections of the
// worker, its next write or read, and lets the worker go on.
func (i *injection) expect() {
	p := i.worker.proxies.to(i.injector.Watches())
	if slices.ContainsFunc(i.worker.watching, func(o *injection) bool { return o.awaits && o.injector.Watches() == i.injector.Watches() }) {
		i.abandon("another fault waits for a request of the worker")
	} else {
		is := reads
		if i.injector.Watches() == toRedis {
			is = writesTo(i.target)
		}
		rule, others := next(is, i.injector.(striker).action(i.release)), i.worker.aimed[i.injector.Watches()]
		i.awaits = true
		i.worker.watching = append(i.worker.watching, i)
		p.SetRule(func(r proxy.Request) proxy.Action {
			action := rule(r)
			switch {
			case action != proxy.Forward:
				i.request.Store(r.Ordinal)
			case others != nil:
				return others(r)
			}
			return action
		})
	}
	i.goOn()
}

// found says that the fault has met its request, so that no other is looked for.
func (i *injection) found() {
	i.awaits = false
	i.worker.proxies.to(i.injector.Watches()).SetRule(i.worker.aimed[i.injector.Watches()])
}

// ofTheJob tells whether something of the job is in what a server has lost.
func (in *injections) ofTheJob(lost []byte) bool {
	return bytes.Contains(lost, []byte(in.list)) || in.target.In(lost)
}

// progressed takes a look at the share of the rows that has arrived.
func (in *injections) progressed(percent int) {
	for _, f := range in.plan.due(percent) {
		w := in.victim(f.At.Worker)
		if w == nil {
			continue
		}
		in.begin(f, w, w.chunk).inject()
	}
}

// victim returns a living worker: the one that is meant, or each in turn. A worker
// that another fault has in hand is passed over: one fault would hide the other.
func (in *injections) victim(number int) *workerProcess {
	living := slices.DeleteFunc(slices.Clone(in.workers.all), func(w *workerProcess) bool {
		return w.dying() || in.plan.strikes(w.number) || number != faults.Any && w.number != number
	})
	if len(living) == 0 {
		return nil
	}
	in.turns++
	return living[in.turns%len(living)]
}

// injector carries out the faults of one kind.
type injector interface {
	// Unable says why a world with these options cannot have the fault, or "".
	Unable(Options) string
	// Watches names the server whose protocol the proxies of the workers have to
	// follow for the fault, redis or mysql, or "".
	Watches() string
	// Inject injects a fault at a worker that stands at its position, and lets
	// the worker go on if it still lives. Each fault is in the end either seen
	// and healed, or abandoned.
	Inject(*injection)
	// Observe takes what happened to a connection of the worker to the server
	// that the fault watches, or to the request that the fault was injected into.
	Observe(*injection, proxy.Event)
}

// injectors are the kinds of faults that this world has. Each is registered
// where it is defined.
var injectors = map[faults.Kind]injector{}

func register(kind faults.Kind, in injector) (remove func()) {
	injectors[kind] = in
	return func() { delete(injectors, kind) }
}

// offWire is embedded by injectors that do not look at connections.
type offWire struct{}

func (offWire) Watches() string                 { return "" }
func (offWire) Observe(*injection, proxy.Event) {}

// anywhere is embedded by injectors that work in every world.
type anywhere struct{}

func (anywhere) Unable(Options) string { return "" }
