//go:build !linux

package live

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
)

// groupAttributes puts a worker in a group of its own.
func groupAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// processes lists those of the machine, by the word of ps.
func processes() (all []member, err error) {
	out, err := exec.Command("ps", "-axo", "pid=,ppid=,pgid=,stat=").Output()
	if err != nil {
		return nil, fmt.Errorf("ps: %w", err)
	}
	for line := range strings.Lines(string(out)) {
		var m member
		var state string
		if _, err := fmt.Sscan(line, &m.pid, &m.parent, &m.group, &state); err != nil {
			return nil, fmt.Errorf("ps: %q: %w", line, err)
		}
		m.state = state[0]
		all = append(all, m)
	}
	return all, nil
}

// inspect tells nothing: when a process was born can be read only to the second.
func inspect(pid int) (member, error) { return member{pid: pid}, nil }

// marked would have to read the environment of another process, which systems forbid.
func marked(int, string) bool { return false }

// harnessOf would have to do the same.
func harnessOf(int) string { return "" }

// heldTo tells nothing: what connections do is all that is seen of them.
func heldTo(...string) int { return 0 }

// heldByOthers would have to know who holds a connection.
func (p *process) heldByOthers(int, ...string) int { return 0 }
