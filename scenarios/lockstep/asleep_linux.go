package lockstep

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// attributes put a process in a group of its own, and have the kernel kill it should this
// one die first.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// sleep is what was seen of a process when it was last looked at.
type sleep struct {
	sign string
	seen bool
}

// sleeps tells whether all threads of the process, and of its descendants, sleep and have
// not run since the last look.
func (p *process) sleeps() bool {
	sign, all := familySign(p.pid)
	still := all && p.asleep.seen && p.asleep.sign == sign
	p.asleep = sleep{sign, all}
	return still
}

// seesThreads says that it is known here which threads run.
const seesThreads = true

// runs tells whether a thread of the process, or of its descendants, runs. One that is alone
// and has asked for something waits for the answer.
func (p *process) runs(asked bool) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", p.pid))
	if len(threads) == 0 {
		return false
	}
	if asked && len(threads) == 1 {
		if children, err := os.ReadFile(threads[0] + "/children"); err == nil && len(children) == 0 {
			return false
		}
	}
	_, asleep := familySign(p.pid)
	return !asleep
}

// unheard tells whether the process has sent or opened something of which this side does not
// know yet: bytes that are not read, or a connection that is not accepted.
func (p *process) unheard() (something bool) {
	for _, g := range p.gates {
		look(g.listener, func(fd int) {
			info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
			something = something || err == nil && info.Unacked > 0 // of a listener: how many wait to be accepted
		})
		for _, l := range g.links {
			look(l.client, func(fd int) {
				n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
				something = something || err == nil && n > 0
			})
		}
	}
	return something
}

func look(at syscall.Conn, with func(fd int)) {
	if raw, err := at.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { with(int(fd)) }) // fails only of one that is closed
	}
}

// familySign sums up how often the threads of a process and of its descendants have run, and
// tells whether all of them sleep. The forms are those of proc_pid_stat(5) and
// proc_tid_children(5).
func familySign(pid int) (sign string, asleep bool) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
	for _, thread := range threads {
		stat, err := os.ReadFile(thread + "/stat")
		at := bytes.LastIndexByte(stat, ')')
		if err != nil || at < 0 || len(stat) < at+3 {
			return "", false
		}
		if stat[at+2] != 'S' { // one that has ended is about to be missed
			return "", false
		}
		status, _ := os.ReadFile(thread + "/status")
		sign += filepath.Base(thread) + switches(status)
		children, _ := os.ReadFile(thread + "/children")
		for child := range strings.FieldsSeq(string(children)) {
			number, _ := strconv.Atoi(child)
			more, asleep := familySign(number)
			if !asleep && !ended(number) {
				return "", false
			}
			sign += more
		}
	}
	return sign, sign != ""
}

// ended tells whether a process has ended, and nobody has asked how.
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	at := bytes.LastIndexByte(stat, ')')
	return err != nil || at >= 0 && len(stat) > at+2 && stat[at+2] == 'Z'
}

// switches are how often a thread has waited and was made to.
func switches(status []byte) (text string) {
	for line := range strings.Lines(string(status)) {
		if strings.Contains(line, "ctxt_switches:") {
			text += " " + strings.TrimSpace(line[strings.IndexByte(line, ':')+1:])
		}
	}
	return text
}
