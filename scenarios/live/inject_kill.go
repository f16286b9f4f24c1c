package live

import (
	"syscall"

	"onceover/faults"
	"onceover/reports"
)

const killSignal = syscall.SIGKILL

var _ = register(faults.Kill, kill{})

type kill struct {
	offWire
	anywhere
}

// Inject ends the process. Its end is what shows that it was killed.
func (kill) Inject(i *injection) {
	if i.worker.onExit != nil {
		i.abandon("the worker is dying already")
		return
	}
	i.worker.onExit = func(change reports.Change, text string) {
		i.drop()
		if change == reports.WorkerKilled {
			i.seen(text)
		} else {
			i.noEffect(text)
		}
		if i.Restart == faults.Never {
			i.worker.gone = true
			i.settle(i.pendingFault)
			return
		}
		i.workers.restart(i.worker, i.Restart, func() { i.heal("") })
	}
	if err := i.process.signal(killSignal); err != nil {
		i.worker.onExit = nil
		i.goOn()
		i.abandon(err.Error())
	}
}
