//go:build !linux

package live

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// groupAttributes puts a worker in a group of its own.
func groupAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// stopped tells whether a process stands still, by the word of ps.
func stopped(pid int) (bool, error) {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return false, fmt.Errorf("ps: %w", err)
	}
	return strings.HasPrefix(strings.TrimSpace(string(state)), "T"), nil
}
