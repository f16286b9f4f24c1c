package live

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// groupAttributes puts a worker in a group of its own, and has the kernel kill
// it should the harness die first.
func groupAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// processes lists those of the machine.
func processes() (all []member, err error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || len(folders) == 0 {
		return nil, errors.Join(errors.New("/proc names no process"), err)
	}
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			return nil, err
		}
		m, err := inspect(pid)
		switch {
		case err == nil:
			all = append(all, m)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH): // it has not just ended
			return nil, err
		}
	}
	return all, nil
}

// inspect reads what the kernel says of a process. The state follows the name of
// the program, which may hold anything but ends at the last parenthesis (proc(5)).
func inspect(pid int) (member, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return member{}, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 {
		return member{}, fmt.Errorf("/proc/%d/stat: %q", pid, stat)
	}
	parent, err1 := strconv.Atoi(fields[1])
	group, err2 := strconv.Atoi(fields[2])
	born, err3 := strconv.ParseUint(fields[19], 10, 64)
	return member{pid: pid, parent: parent, group: group, state: fields[0][0], born: born}, errors.Join(err1, err2, err3)
}

// marked tells whether a process was started with a variable in its environment.
// Of a process of somebody else's nobody knows.
func marked(pid int, variable string) bool { return slices.Contains(environ(pid), variable) }

// harnessOf is the text of the harness for whose worker a process was started, or "".
func harnessOf(pid int) string {
	for _, variable := range environ(pid) {
		if text, ok := strings.CutPrefix(variable, harnessName+"="); ok {
			return text
		}
	}
	return ""
}

func environ(pid int) []string {
	all, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return strings.Split(string(all), "\x00")
}
