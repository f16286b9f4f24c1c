package live

import (
	"fmt"
	"syscall"
	"time"

	"onceover/reports"
)

// signalWait is the time within which a signal takes effect, or is taken for ineffective.
const signalWait = 2 * time.Second

type pause struct {
	offWire
	anywhere
}

// Inject stops the process, and lets it run again. The state of the process is
// what shows that it stands still.
func (pause) Inject(i *injection) {
	pid := i.process.cmd.Process.Pid
	if err := i.process.signal(syscall.SIGSTOP); err != nil {
		i.abandon(err.Error())
		return
	}
	i.later(func() func() {
		err := await(pid, true)
		return func() {
			if err != nil {
				i.abandon(err.Error())
				return
			}
			i.seen(reports.WorkerSuspended, fmt.Sprintf("process %d stopped", pid))
			i.goOn() // it finds the permit when it wakes up
			i.after(i.For, func() { resume(i, pid) })
		}
	})
}

func resume(i *injection, pid int) {
	if err := i.process.signal(syscall.SIGCONT); err != nil {
		i.abandon("resume: " + err.Error())
		return
	}
	i.later(func() func() {
		err := await(pid, false)
		return func() {
			if err != nil {
				i.abandon("resume: " + err.Error())
				return
			}
			i.heal("and runs again")
		}
	})
}

// await waits until a process stands still, or does not any more. A process
// that has ended does not stand still.
func await(pid int, still bool) error {
	for deadline := time.Now().Add(signalWait); ; {
		is, err := stopped(pid)
		if err != nil && still {
			return err
		}
		if is == still {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d did not obey the signal", pid)
		}
		time.Sleep(look)
	}
}
