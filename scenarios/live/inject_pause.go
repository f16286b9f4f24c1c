package live

import (
	"fmt"
	"syscall"
	"time"

	"onceover/faults"
	"onceover/reports/format"
)

// signalWait is the time within which a signal takes effect, or is taken for ineffective.
const signalWait = 2 * time.Second

var _ = register(faults.Pause, pause{})

type pause struct {
	offWire
	anywhere
}

// Inject stops the process and its family, and lets them run again. That they
// stand still, and that nothing comes from the worker meanwhile, is what shows
// that it was paused.
func (pause) Inject(i *injection) {
	lasts := i.outlast()
	var had connections
	stop := func() (string, error) {
		text := fmt.Sprintf("process %d stopped", i.process.cmd.Process.Pid)
		if lasts > i.For {
			text += fmt.Sprintf(" for %s, since leases of %s were seen", lasts, i.leases.longest())
		}
		err := i.process.obey(syscall.SIGSTOP)
		had = i.connections()
		return text, err
	}
	if i.For > i.ttl && i.leases.longest() > longestPause {
		i.goOn()
		i.abandon(fmt.Sprintf("the workers take leases of %s, too long for a pause to outlast", i.leases.longest()))
		return
	}
	i.attempt(stop, func(evidence string) {
		i.seen(evidence)
		if !i.keeps {
			i.goOn() // it finds the permit when it wakes up
		}
		i.later(func() func() {
			sent := i.worker.proxies.sentWithin(lasts, i.quit)
			return func() {
				i.attempt(i.resume, func(evidence string) {
					i.goOn()
					i.paused(sent, had, evidence)
				})
			}
		})
	})
}

// outlast is how long the pause lasts. One that is longer than the workers' leases
// by their settings is made longer than those that were seen.
func (i *injection) outlast() time.Duration {
	if i.For <= i.ttl {
		return i.For
	}
	return max(i.For, i.leases.longest()*3/2)
}

// paused ends a pause in which the worker, which had these connections, has sent some
// bytes all the same.
func (i *injection) paused(sent int64, had connections, evidence string) {
	why := had.elsewhere()
	switch {
	case sent > 0:
		why = format.Plural(sent, "byte", "bytes") + " came from the worker while it stood still"
	case why == "":
		i.heal(evidence)
		return
	}
	i.worker.elsewhere = true
	i.abandon(fmt.Sprintf("process %d stopped, but %s%s", i.process.cmd.Process.Pid, why, elsewhere))
}

func (i *injection) resume() (evidence string, err error) {
	if err := i.process.obey(syscall.SIGCONT); err != nil {
		return "", fmt.Errorf("resume: %w", err)
	}
	return "and runs again", nil
}
