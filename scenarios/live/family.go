package live

import (
	"fmt"
	"slices"
	"syscall"
	"time"
)

// markName is the variable that a process hands down to whatever it starts, so
// that it is known wherever it goes.
const markName = "ONCEOVER_PROCESS"

// harnessName is the variable that says for which harness that was: what is left
// of a worker when its harness was killed is ended by the next one.
const harnessName = "ONCEOVER_HARNESS"

// member is a process as the kernel knows it.
type member struct {
	pid, parent, group int
	state              byte
	threads            int    // 0 where that is not known
	born               uint64 // when, by a clock of the kernel's; tells it from another that gets its number later
}

func (m member) stands() bool { return m.state == 'T' || m.state == 't' }

// lives tells whether the process may still do something. Its first thread may end
// before the others do, which keep its files open.
func (m member) lives() bool { return m.state != 'Z' && m.state != 'X' || m.threads > 1 }

// family returns the living processes of this life of a worker: its group, what
// descends from it, what carries its mark, and who was of it before.
func (p *process) family() ([]member, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	root := p.cmd.Process.Pid
	related := map[int]bool{}
	for _, m := range all {
		mine := !p.reaped && (m.pid == root || m.group == root)
		born, known := p.known[m.pid]
		related[m.pid] = mine || known && born == m.born || m.born >= p.born && marked(m.pid, p.mark)
	}
	for grown := true; grown; {
		grown = false
		for _, m := range all {
			if !related[m.pid] && related[m.parent] {
				related[m.pid], grown = true, true
			}
		}
	}
	family := slices.DeleteFunc(all, func(m member) bool { return !related[m.pid] || !m.lives() })
	for _, m := range family {
		p.known[m.pid] = m.born
	}
	return family, nil
}

// signal sends a signal to the group of the process, and to whoever of its family
// has left that.
func (p *process) signal(s syscall.Signal) error {
	family, err := p.family()
	p.mu.Lock()
	reaped := p.reaped
	p.mu.Unlock()
	if !reaped {
		err = syscall.Kill(-p.cmd.Process.Pid, s)
	}
	for _, m := range family {
		if (reaped || m.group != p.cmd.Process.Pid) && syscall.Kill(m.pid, s) == nil {
			err = nil
		}
	}
	return err
}

// freeze stops the group of the process at once, and leaves it to a kill to end it.
func (p *process) freeze() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGSTOP) // one that has ended is found to have
	}
}

// obey sends a signal that stops the family or lets it run again, and waits until
// all of it has. A process that has ended does not stand still.
func (p *process) obey(s syscall.Signal) error {
	for deadline := time.Now().Add(signalWait); ; time.Sleep(look) {
		if err := p.signal(s); err != nil {
			return err
		}
		family, err := p.family()
		if err != nil {
			return err
		}
		stop := s == syscall.SIGSTOP
		if len(family) == 0 && stop {
			return fmt.Errorf("process %d has ended", p.cmd.Process.Pid)
		}
		i := slices.IndexFunc(family, func(m member) bool { return m.stands() != stop })
		if i < 0 {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d did not obey the signal", family[i].pid)
		}
	}
}

// bury kills what is left of the family, and returns those that live on all the same.
func (p *process) bury() (left []member) {
	for deadline := time.Now().Add(signalWait); ; time.Sleep(look) {
		left, err := p.family()
		if err != nil || len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		_ = p.signal(syscall.SIGKILL) // what lives on is seen
	}
}
