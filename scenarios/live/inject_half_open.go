package live

import (
	"fmt"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
)

// forgetWait is the time within which a server notices that a connection was reset.
const forgetWait = 10 * time.Second

var _ = register(faults.HalfOpen, halfOpen{})

type halfOpen struct{ offWire }

func (halfOpen) Unable(o Options) string {
	if o.Redis != nil {
		return "the Redis server was not started here, so it is not asked which clients it has"
	}
	return ""
}

// Inject silences the connections of the worker and kills it. That had effect when the worker
// is gone, and the servers still list its connections. It is over when they do not any more,
// and the worker was started again.
func (halfOpen) Inject(i *injection) {
	if i.worker.onExit != nil {
		i.abandon("the worker is dying already")
		return
	}
	i.process.freeze()
	had, quiet := i.connections(), i.worker.proxies.silence("", false)
	known := i.worker.sessions(quiet)
	i.worker.onExit = func(change reports.Change, text string) {
		i.keeps = false // a request that is kept back ends with the silence, and not before
		if change != reports.WorkerKilled {
			quiet.drop()
			i.noEffect(text)
			i.follow()
			return
		}
		i.later(func() func() {
			lives := i.livesOn(had)
			listed, err := i.listSessions(known)
			return func() { i.stranded(text, lives, quiet, known, listed, err) }
		})
	}
	if err := i.process.signal(killSignal); err != nil {
		i.worker.onExit = nil
		quiet.end()
		i.goOn()
		i.abandon(format.OneLine(err))
	}
}

// stranded takes what was found of a worker that was killed, and of its connections.
func (i *injection) stranded(text, lives string, quiet silence, known, listed sessions, err error) {
	i.sent = i.worker.proxies.received()
	switch {
	case lives != "":
		i.reachedNobody(lives)
	case err != nil:
		i.noEffect("the servers were asked for their clients: " + format.OneLine(err))
	case known.count() == 0:
		i.noEffect("the worker had no connection open")
	case !listed.each(known):
		i.noEffect(fmt.Sprintf("%s, and the servers know: %s", text, listed.of(known)))
	default:
		i.seen(fmt.Sprintf("%s; the servers still list its connections: %s", text, listed.of(known)))
		i.outlive(quiet, known)
		return
	}
	quiet.drop()
	i.follow()
}

// outlive starts the worker again, and ends its old connections when their time is over.
// The fault is over with both.
func (i *injection) outlive(quiet silence, known sessions) {
	left, ended := 2, ""
	done := func() {
		if left--; left == 0 {
			i.heal(ended)
		}
	}
	if i.Restart == faults.Never {
		i.worker.gone, i.worker.last = true, i
		done()
	} else {
		i.workers.restart(i.worker, i.Restart, func() {
			i.lookAgain()
			done()
		})
	}
	i.after(i.For, func() {
		quiet.drop()
		i.later(func() func() {
			err := i.awaitForgotten(known)
			return func() {
				if err != nil {
					i.noEffect("its connections were reset: " + format.OneLine(err))
				}
				ended = "and list them no more"
				done()
			}
		})
	})
}
