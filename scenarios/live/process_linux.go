package live

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// groupAttributes puts a worker in a group of its own, and has the kernel kill
// it should the harness die first.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// stopped tells whether a process stands still, by the kernel's word. The state
// follows the name of the program, which may hold anything but ends at the last
// parenthesis (proc(5)).
func stopped(pid int) (bool, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false, err
	}
	i := bytes.LastIndexByte(stat, ')')
	if i < 0 || i+2 >= len(stat) {
		return false, fmt.Errorf("/proc/%d/stat: %q", pid, stat)
	}
	return stat[i+2] == 'T', nil
}
