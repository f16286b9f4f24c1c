package live

import (
	"fmt"
	"syscall"
	"time"

	"onceover/faults"
)

// signalWait is the time within which a signal takes effect, or is taken for ineffective.
const signalWait = 2 * time.Second

var _ = register(faults.Pause, pause{})

type pause struct {
	offWire
	anywhere
}

// Inject stops the process, and lets it run again. The state of the process is
// what shows that it stands still.
func (pause) Inject(i *injection) {
	lasts := i.outlast()
	stop := func() (string, error) {
		text := fmt.Sprintf("process %d stopped", i.process.cmd.Process.Pid)
		if lasts > i.For {
			text += fmt.Sprintf(" for %s, since leases of %s were seen", lasts, i.leases.longest())
		}
		return text, i.process.obey(syscall.SIGSTOP)
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
		i.after(lasts, func() {
			i.attempt(i.resume, func(evidence string) {
				i.goOn()
				i.heal(evidence)
			})
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

func (i *injection) resume() (evidence string, err error) {
	if err := i.process.obey(syscall.SIGCONT); err != nil {
		return "", fmt.Errorf("resume: %w", err)
	}
	return "and runs again", nil
}

// obey sends a signal that stops a process or lets it run again, and waits until
// it has. A process that has ended does not stand still.
func (p *process) obey(s syscall.Signal) error {
	if err := p.signal(s); err != nil {
		return err
	}
	pid, still := p.cmd.Process.Pid, s == syscall.SIGSTOP
	for deadline := time.Now().Add(signalWait); ; time.Sleep(look) {
		is, err := stopped(pid)
		switch {
		case err != nil && still:
			return err
		case is == still:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("process %d did not obey the signal", pid)
		}
	}
}
