package lockstep

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"onceover/faults/wire"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
	"onceover/sim"
)

// process is one life of a worker. It is started before it is needed: until it has a part
// in a schedule, its first connection waits.
type process struct {
	hub    *hub
	worker int
	cmd    *exec.Cmd
	gates  []*gate
	log    tail
	ended  chan struct{} // closed when the process has ended, and its number is free

	// The hub's mutex guards these.
	active bool      // has a part in a schedule
	given  bool      // up: nobody needs it any more
	parked time.Time // when it first wanted something
	exited bool
	state  *os.ProcessState
	life   int
	killed bool
	noted  bool // that it has ended

	asleep sleep
}

// waitsSince notes when the process began to wait. The mutex is held.
func (p *process) waitsSince() {
	if p.parked.IsZero() {
		p.parked = time.Now()
	}
}

// launch starts a process behind gates of its own.
func (w *World) launch(h *hub, number int) (*process, error) {
	p := &process{hub: h, worker: number, ended: make(chan struct{})}
	p.log.secret = w.servers.MySQL.Passwd
	var err error
	for _, to := range []struct {
		server   sim.Server
		protocol wire.Protocol
		target   string
	}{{sim.Redis, wire.RESP, w.servers.RedisAddr}, {sim.MySQL, wire.MySQL, w.servers.MySQL.Addr}} {
		g, failure := openGate(p, to.server, to.protocol, to.target)
		if err = errors.Join(err, failure); failure == nil {
			p.gates = append(p.gates, g)
		}
	}
	if err != nil {
		p.close()
		return nil, err
	}
	told := w.contract(p)
	words := w.options.Command.With(told)
	p.cmd = exec.Command(words[0], words[1:]...)
	p.cmd.Env = append(slices.Clone(w.environ), told.Env()...)
	p.cmd.Env = append(p.cmd.Env, markName+"="+rand.Text())
	p.cmd.SysProcAttr = attributes()
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.WaitDelay = logWait
	if err := p.cmd.Start(); err != nil {
		p.close()
		return nil, fmt.Errorf("start a worker: %w", err)
	}
	go p.follow()
	return p, nil
}

// logWait is how long what a process has started may keep its output open.
const logWait = 100 * time.Millisecond

// contract tells a process where its servers are: behind its gates.
func (w *World) contract(p *process) worker.Contract {
	host, port, _ := net.SplitHostPort(p.gates[1].addr())
	number, _ := strconv.Atoi(port)
	my := w.servers.MySQL
	return worker.Contract{
		RedisURL: "redis://" + p.gates[0].addr() + "/0",
		MySQL:    worker.MySQL{Host: host, Port: number, User: my.User, Password: my.Passwd, Database: my.DBName},
		Table:    tableName, List: listName, ChunkSize: w.options.Rows, Chunks: w.options.Chunks,
		Worker: p.worker, Workers: w.options.Workers, Run: listName,
	}
}

func (p *process) follow() {
	_ = p.cmd.Wait()                                      // its state says how it ended
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // what it has started and left behind
	p.hub.mu.Lock()
	p.exited, p.state = true, p.cmd.ProcessState
	p.hub.tell()
	p.hub.mu.Unlock()
	close(p.ended)
}

// kill ends the process and all of its group.
func (p *process) kill() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if !p.exited {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // it may just have ended
	}
}

// activate gives the process a part in a schedule.
func (p *process) activate(life int) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.active, p.life = true, life
	p.wake()
}

// wake tells all connections that something is different. The mutex is held.
func (p *process) wake() {
	for _, g := range p.gates {
		for _, l := range g.links {
			l.wake.Broadcast()
		}
	}
}

// discard ends the process, and waits until nothing is left of it.
func (p *process) discard() {
	p.kill()
	<-p.ended
	p.close()
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.given = true
	for _, g := range p.gates {
		for _, l := range g.links {
			if r := l.waiting(); r != nil {
				r.decide(cutOff)
			}
			l.lose()
			l.wake.Broadcast()
		}
	}
}

// close takes no more connections.
func (p *process) close() {
	for _, g := range p.gates {
		g.listener.Close()
	}
}

// links are the connections that have not ended. The mutex is held.
func (p *process) links() (all []*link) {
	for _, g := range p.gates {
		g.links = slices.DeleteFunc(g.links, func(l *link) bool { return l.ended })
		all = append(all, g.links...)
	}
	return all
}

// ending says how a process ended.
func (p *process) ending() (done bool, text string) {
	if status, ok := p.state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return false, "signal: " + status.Signal().String()
	}
	if p.state.Success() {
		return true, "ends: nothing is left to do"
	}
	text = fmt.Sprintf("fails: exit status %d", p.state.ExitCode())
	if last := p.log.last(); last != "" {
		text += ": " + last
	}
	return false, text
}

// markName is the variable by which what a process left behind is found, see package live.
const markName = "ONCEOVER_PROCESS"

// harness says whose workers they are, for the next harness, should this one be killed.
func harness() string { return "ONCEOVER_HARNESS=" + servers.OwnerOf(os.Getpid()).String() }

// mostLog is how much is kept of what a process writes.
const mostLog = 4 << 10

// tail keeps the end of what is written.
type tail struct {
	mu     sync.Mutex
	text   []byte
	secret string
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - mostLog; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

// last is the last line, without secrets.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.text)), "\n")
	line := strings.TrimSpace(lines[len(lines)-1])
	if t.secret != "" {
		line = strings.ReplaceAll(line, t.secret, "…")
	}
	return line
}
