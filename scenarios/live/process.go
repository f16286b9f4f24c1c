package live

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"onceover/reports"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

// process is one life of a worker.
type process struct {
	cmd    *exec.Cmd
	permit *os.File // a byte lets it go on from a stop; nil for external workers
	logged func()   // waits until what it wrote is in the log
	mark   string   // a variable that its whole family has in its environment
	born   uint64   // no member of the family was born earlier

	mu     sync.Mutex
	known  map[int]uint64 // of its family, with when each was born
	reaped bool           // its number may be that of another process
	left   []member       // of the family that live on; for those who were told of its end
}

// command says what is started.
type command struct {
	argv   []string
	env    []string
	log    func() (theirs *os.File, copied func(), err error)
	pipes  bool                          // the worker reports its steps
	report func(worker.Report)           // called for each step
	exited func(*os.ProcessState, error) // called once, after the last report

	survivors *atomic.Int64 // of those that it started and that go on when it has ended by itself; may be nil
}

// launch starts a worker in a process group of its own, with a mark, so that
// whatever it starts dies with it.
func launch(c command) (*process, error) {
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	mark := markName + "=" + rand.Text()
	cmd.Env = append(slices.Clone(c.env), mark, harnessName+"="+servers.OwnerOf(os.Getpid()).String())
	cmd.SysProcAttr = groupAttributes()
	log, copied, err := c.log()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	p := &process{cmd: cmd, logged: copied, mark: mark, known: map[int]uint64{}}
	var steps *os.File
	if c.pipes {
		var theirs []*os.File
		if steps, p.permit, theirs, err = pipes(); err != nil {
			return nil, err
		}
		cmd.ExtraFiles = theirs
		defer closeAll(theirs...)
	}
	if err := cmd.Start(); err != nil {
		closeAll(steps, p.permit)
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	first, _ := inspect(cmd.Process.Pid) // it may have ended already
	p.born = first.born
	go p.follow(c, steps)
	return p, nil
}

// pipes makes the two pipes of a worker; theirs are its ends, in order of their numbers.
func pipes() (steps, permit *os.File, theirs []*os.File, err error) {
	steps, stepsEnd, err := os.Pipe()
	if err != nil {
		return nil, nil, nil, err
	}
	permitEnd, permit, err := os.Pipe()
	if err != nil {
		closeAll(steps, stepsEnd)
		return nil, nil, nil, err
	}
	return steps, permit, []*os.File{stepsEnd, permitEnd}, nil
}

// closeAll passes over files that are nil.
func closeAll(files ...*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// follow passes on what the process reports, and then its end.
func (p *process) follow(c command, steps *os.File) {
	var failure error
	if steps != nil {
		lines := bufio.NewScanner(steps)
		for lines.Scan() {
			r, err := worker.ParseReport(lines.Text())
			if err != nil {
				failure = errors.Join(failure, err)
				continue
			}
			c.report(r)
		}
	}
	err := p.cmd.Wait()
	if c.survivors != nil && p.cmd.ProcessState.Exited() {
		c.survivors.Add(p.outlived())
	}
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // whatever it started and left behind; mostly nothing
	p.mu.Lock()
	p.reaped = true
	p.mu.Unlock()
	p.left = p.bury()
	closeAll(steps, p.permit)
	p.logged()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		failure = errors.Join(failure, err)
	}
	c.exited(p.cmd.ProcessState, failure)
}

// outlived counts what goes on of the family of a process that has ended, beyond a moment.
func (p *process) outlived() int64 {
	for deadline := time.Now().Add(logWait); ; time.Sleep(look) {
		family, err := p.family()
		if err != nil || len(family) == 0 || time.Now().After(deadline) {
			return int64(len(family))
		}
	}
}

// goOn lets the process leave the stop at which it waits.
func (p *process) goOn() {
	_, _ = p.permit.Write([]byte{'\n'}) // fails only when the process is gone
}

// ending says how a process ended.
func ending(state *os.ProcessState) (change reports.Change, text string) {
	if state == nil {
		return reports.WorkerFailed, "unknown"
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	switch {
	case ok && status.Signaled() && status.Signal() == syscall.SIGKILL:
		change = reports.WorkerKilled
	case state.Success():
		change = reports.WorkerDone
	default:
		change = reports.WorkerFailed
	}
	if ok && status.Signaled() {
		return change, "signal: " + status.Signal().String()
	}
	return change, fmt.Sprintf("exit status %d", state.ExitCode())
}
