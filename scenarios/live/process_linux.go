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
	threads, err3 := strconv.Atoi(fields[17])
	born, err4 := strconv.ParseUint(fields[19], 10, 64)
	return member{pid: pid, parent: parent, group: group, state: fields[0][0], threads: threads, born: born}, errors.Join(err1, err2, err3, err4)
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

// heldTo counts the connections to some ports whose client side a process of this
// machine holds. The kernel closes those of a process that ends before anybody is
// told of its end.
func heldTo(ports ...string) int { return len(socketsTo(ports)) }

// socketsTo lists the sockets of these connections by their inodes. The form is that of
// proc_net_tcp(5), the states those of include/net/tcp_states.h.
func socketsTo(ports []string) (inodes []string) {
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, _ := os.ReadFile(table) // one protocol may not be there
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) < 10 || !slices.Contains([]string{"01", "02", "08"}, fields[3]) { // established, being opened, closed by the other side
				continue
			}
			_, hex, _ := strings.Cut(fields[2], ":")
			port, err := strconv.ParseUint(hex, 16, 16)
			if err == nil && slices.Contains(ports, strconv.FormatUint(port, 10)) {
				inodes = append(inodes, fields[9])
			}
		}
	}
	return inodes
}

// heldByOthers counts the connections to some ports that processes of this machine hold
// which are not of the family. A connection counts that was there before the family was
// asked for its files, and still is. The first process is taken to hold them all if it has as
// many sockets as there are connections, whatever these are: a fault must not wait for
// the kernel's table of connections, which may be long.
func (p *process) heldByOthers(connections int, ports ...string) int {
	if len(socketsOf(p.cmd.Process.Pid)) >= connections {
		return 0
	}
	open := socketsTo(ports)
	family, err := p.family()
	if err != nil {
		return 0 // what the connections do shows it still
	}
	for _, m := range family {
		open = without(open, socketsOf(m.pid))
	}
	still := socketsTo(ports)
	return len(slices.DeleteFunc(open, func(inode string) bool { return !slices.Contains(still, inode) }))
}

func without(all, some []string) []string {
	return slices.DeleteFunc(all, func(one string) bool { return slices.Contains(some, one) })
}

// socketsOf lists the sockets that a process has open by their inodes, see proc_pid_fd(5).
func socketsOf(pid int) (inodes []string) {
	folder := fmt.Sprintf("/proc/%d/fd", pid)
	files, _ := os.ReadDir(folder) // it may have ended
	for _, f := range files {
		target, _ := os.Readlink(filepath.Join(folder, f.Name()))
		if inode, ok := strings.CutPrefix(target, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(inode, "]"))
		}
	}
	return inodes
}
