package live

import (
	"fmt"
	"slices"
	"syscall"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
)

const killSignal = syscall.SIGKILL

// lastBytes is how long what a process has sent may still be on its way when it
// does not run any more.
const lastBytes = 500 * time.Millisecond

// elsewhere is why a fault that struck a worker may have had no effect.
const elsewhere = ": the loader runs elsewhere; start it with exec"

var _ = register(faults.Kill, kill{})

type kill struct {
	offWire
	anywhere
}

// Inject ends the process and its family. That these have ended, and the
// connections that the worker had, is what shows that it was killed. It does nothing
// more while it is asked for these.
func (kill) Inject(i *injection) {
	if i.worker.onExit != nil {
		i.abandon("the worker is dying already")
		return
	}
	i.process.freeze()
	had := i.connections()
	i.worker.onExit = func(change reports.Change, text string) {
		i.drop()
		if change != reports.WorkerKilled {
			i.noEffect(text)
			i.follow()
			return
		}
		i.later(func() func() {
			lives := i.livesOn(had)
			return func() {
				i.sent = i.worker.proxies.received()
				switch {
				case lives != "":
					i.reachedNobody(lives)
				case len(had.open) == 0:
					i.seen(text + "; it had no connection open, and none of its processes is left")
				default:
					i.seen(text)
				}
				i.follow()
			}
		})
	}
	if err := i.process.signal(killSignal); err != nil {
		i.worker.onExit = nil
		i.goOn()
		i.abandon(format.OneLine(err))
	}
}

// follow has another life follow the one that was ended, unless it was the last.
func (i *injection) follow() {
	if i.Restart == faults.Never {
		i.worker.gone, i.worker.last = true, i
		i.settle(i.pendingFault)
		return
	}
	i.workers.restart(i.worker, i.Restart, func() {
		i.lookAgain()
		i.heal("")
	})
}

// lookAgain takes back a kill after which somebody opened a connection of the worker.
func (i *injection) lookAgain() {
	p := i.worker.proxies
	if i.result.Confirmed && (len(p.clients()) > 0 || p.received() > i.sent) {
		i.reachedNobody(openedLater)
	}
}

// reachedNobody records that the loader lives on.
func (i *injection) reachedNobody(why string) {
	i.worker.elsewhere = true
	i.noEffect(fmt.Sprintf("process %d was killed, but %s%s", i.process.cmd.Process.Pid, why, elsewhere))
}

const openedLater = "a connection of the worker was opened after that"

// connections are those that a worker has when a fault strikes its processes.
type connections struct {
	open     []connection
	byOthers int // that processes hold which the fault does not strike
}

func (i *injection) connections() connections {
	p := i.worker.proxies
	open := p.clients()
	return connections{open, i.process.heldByOthers(len(open), p.ports()...)}
}

// elsewhere says that others held connections of the worker, or "". A loader that is not
// struck may end of its own right afterwards, and leave no other trace.
func (c connections) elsewhere() string {
	if c.byOthers == 0 {
		return ""
	}
	return format.Plural(c.byOthers, "connection", "connections") + " of the worker belonged to other processes"
}

// livesOn says what is left of a worker that was killed, which had these
// connections, or "".
func (i *injection) livesOn(had connections) string {
	if n := len(i.process.left); n > 0 {
		return format.Plural(n, "process", "processes") + " of the worker cannot be killed"
	}
	p, died := i.worker.proxies, time.Now()
	if n := p.held(); n > 0 { // it may do all that is left before anything else shows that
		return elsewhereOpen(n, len(had.open) == 0)
	}
	if had.byOthers > 0 {
		return had.elsewhere()
	}
	received := int64(-1)
	for ; ; time.Sleep(look) {
		left := p.clients() // also what it opened while it died
		switch since := time.Since(died); {
		case len(left) == 0:
			return ""
		case since > signalWait, received >= 0 && p.received() > received:
			return elsewhereOpen(len(left), slices.ContainsFunc(left, func(c connection) bool { return !slices.Contains(had.open, c) }))
		case since > lastBytes && received < 0:
			received = p.received()
		}
	}
}

// elsewhereOpen says that there are connections of a worker that has ended.
func elsewhereOpen(n int, later bool) string {
	if later {
		return openedLater
	}
	return format.Plural(n, "connection", "connections") + " of the worker stayed open"
}
